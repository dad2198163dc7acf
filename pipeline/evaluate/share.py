"""A share and its uncertainty, as every report states it; nothing that knows a step."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: `n` of `of`."""

    n: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.n / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval (Wilson, 1927).

        >>> [round(end, 4) for end in Share(98, 100).interval]
        [0.93, 0.9945]
        """
        if not self.of:
            return (0.0, 1.0)
        spread = _Z95**2 / self.of
        middle = self.value + spread / 2
        width = math.sqrt(self.value * (1 - self.value) * spread + spread**2 / 4)
        # At the ends the formula meets 0 and 1 up to rounding.
        low = (middle - width) / (1 + spread) if self.n else 0.0
        high = (middle + width) / (1 + spread) if self.n < self.of else 1.0
        return (low, high)

    def as_json(self) -> dict[str, float | int]:
        """Return the figures under names that a script can read."""
        low, high = self.interval
        return {"n": self.n, "of": self.of, "share": self.value, "low": low, "high": high}

    def __str__(self) -> str:
        """Spell the share for people.

        >>> str(Share(98, 100))
        '98 of 100 = 98.00 % (95 % interval 93.00-99.45 %)'
        """
        low, high = (100 * end for end in self.interval)
        share = f"{self.n} of {self.of} = {100 * self.value:.2f} %"
        return f"{share} (95 % interval {low:.2f}-{high:.2f} %)"
