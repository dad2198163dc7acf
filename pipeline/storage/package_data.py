"""Files that come with the package: `sql/`, the sample, Dagster's settings of a new project.

What belongs here: where they lie: inside an installed package, or beside it in a checkout. What
does not: what is in them.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
# Name inside the package → place in a checkout; pyproject.toml says so to who builds a wheel.
_IN_CHECKOUT = {"sql": "sql", "sample": "data/sample", "dagster.yaml": "dagster.yaml"}


def package_data(name: str) -> Path:
    """Return a file or folder that comes with the package.

    Args:
        name: `sql`, `sample` or `dagster.yaml`.
    """
    inside = _PACKAGE / "data" / name
    return inside if inside.exists() else _PACKAGE.parent / _IN_CHECKOUT[name]
