"""What a check of a table found.

What belongs here: the result as a value. What does not: asking (`storage.audit`), wording it for
a surface (`cli`, `defs`).
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of a table found.

    Attributes:
        name: the check, unique within its table.
        passed: it found nothing wrong.
        severity: `error` blocks the table, `warn` is reported.
        n_failed: rows at fault.
        description: what must hold.
        rows: up to 20 of the rows at fault.
    """

    name: str
    passed: bool
    severity: str
    n_failed: int
    description: str
    rows: tuple[dict[str, Any], ...] = ()

    @property
    def blocks(self) -> bool:
        """The table must not replace the old one."""
        return not self.passed and self.severity == "error"

    @staticmethod
    def is_summary(value: object) -> bool:
        """Tell whether a value is what `summary` gives."""
        names = {"name", "passed", "severity", "n_failed", "description"}
        return isinstance(value, dict) and value.keys() == names

    def summary(self) -> dict[str, Any]:
        """Return what a stamp keeps: everything but the rows."""
        return {name: value for name, value in asdict(self).items() if name != "rows"}
