"""A share and its uncertainty, as every report states it; nothing that knows a step."""

from dataclasses import dataclass

from pipeline.transforms.statistics import wilson_interval


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
        return wilson_interval(self.n, self.of)

    def as_json(self) -> dict[str, float | int]:
        """Return the figures under names that a script can read."""
        low, high = self.interval
        return {"n": self.n, "of": self.of, "share": self.value, "low": low, "high": high}

    def __str__(self) -> str:
        """Spell the share for people.

        >>> str(Share(98, 100))
        '98 of 100 = 98.00 % (95 % interval 93.00-99.45 %)'
        >>> str(Share(0, 0))
        '0 of 0'
        """
        if not self.of:
            return "0 of 0"
        low, high = (100 * end for end in self.interval)
        share = f"{self.n} of {self.of} = {100 * self.value:.2f} %"
        return f"{share} (95 % interval {low:.2f}-{high:.2f} %)"
