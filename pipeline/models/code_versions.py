"""What code and which libraries decide the rows of a table.

What belongs here: the modules that a function's module imports inside this package, one from the
other, each with a fingerprint of what it does: comments, docstrings and layout do not count. And
the versions of the libraries among them whose output is stored. What does not: comparing versions
(`storage.stamps`), what follows (`builds`).
"""

import ast
import importlib.util
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.contract import ids
from pipeline.contract.ids import fingerprint
from pipeline.models.catalogue import Model
from pipeline.models.dependencies import parse_select
from pipeline.storage.by_content import ByContent
from pipeline.storage.duckdb_engine import LIBRARY_VERSION as DUCKDB_VERSION
from pipeline.storage.stamps import Origin

_PACKAGE = __name__.partition(".")[0]
# The libraries whose output ends up in rows. Others (pydantic, pyarrow, PyYAML …) carry values or
# check them: another version of theirs makes no other row.
STORED_OUTPUT = frozenset(
    {"anyascii", "duckdb", "ftfy", "nameparser", "numpy", "polars", "scipy", "selectolax"}
)
NO_STORED_OUTPUT = frozenset({"filelock", "pyarrow", "pydantic", "pydantic_core", "yaml"})
# What reads reference tables.
_CSV_READERS = (f"{_PACKAGE}.models.reference",)
# Describes tables in words and checks; of it the columns count, which whoever asks adds.
_DESCRIPTIONS = frozenset({f"{_PACKAGE}.contract.tables"})


@cache
def closure(module: str) -> frozenset[str]:
    """Return a module and all modules of this package that it imports, directly or not."""
    found, due = set(), [module]
    while due:
        name = due.pop()
        if name not in found:
            found.add(name)
            due += _module(name).own
    return frozenset(found)


def code_of(modules: Iterable[str]) -> dict[str, str]:
    """Return a fingerprint of each module and of all that they import, by module name.

    Modules of nothing but a docstring, and descriptions of tables, are left out.
    """
    names = sorted(frozenset().union(*map(closure, modules)) - _DESCRIPTIONS)
    return {name: _module(name).version for name in names if _module(name).version}


def libraries_of(modules: Iterable[str]) -> dict[str, str]:
    """Return the versions of the libraries with stored output that modules use, by name.

    Unicode's is among them: it decides what is a letter, and what its small form is.
    """
    names = frozenset().union(*map(closure, modules))
    used = {library for name in names for library in _module(name).libraries}
    found = {library: library_version(library) for library in sorted(used & STORED_OUTPUT)}
    return found | {"unicode": unicodedata.unidata_version}


@cache
def library_version(name: str) -> str:
    """Return the version of an installed library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


# ---------------------------------------------------------------- models


def code_origin(model: Model) -> Origin:
    """Return what decides a model's rows besides the rows it reads."""
    owner = f"the model {model.name}"
    code = {
        f"SQL {argument}".strip(): parse_select(sql, owner).version
        for argument, sql in model.selects.items()
    }
    code |= {f"SQL {name}": parse_select(sql, name).version for name, sql in model.views.items()}
    spec = model.spec
    code |= {"columns": fingerprint(spec.shape, spec.key, spec.content_columns)}
    libraries = {"duckdb": DUCKDB_VERSION} if model.selects else {}
    if model.by:
        # Rows that were made while it was said wrongly may be wrong.
        code["by"] = fingerprint(model.by, sorted(model.through.items()))
    if model.components:
        code["components"] = fingerprint(
            sorted((name, part.columns, part.condition) for name, part in model.components.items())
        )
    if model.recalls:
        code["recalls"] = fingerprint(sorted(model.recalls))
    if model.csv_file:
        code[model.csv_file.name] = fingerprint(model.csv_file.read_text("utf-8"))
        code |= code_of(_CSV_READERS)
    if model.reference_check:
        code |= code_of([model.reference_check.rpartition(".")[0]])
    if model.python:
        module = model.python.rpartition(".")[0]
        code |= {"python": fingerprint(model.python)} | code_of([module])
        libraries |= libraries_of([module])
    return Origin(code, libraries, {})


# ---------------------------------------------------------------- reading modules


class _Module:
    """What a module does and imports.

    Attributes:
        version: a fingerprint of its syntax tree without docstrings; empty if that is all.
        own: modules of this package that it imports.
        libraries: libraries that it imports.
    """

    def __init__(self, name: str, source: bytes) -> None:
        has_columns = name == _FINDINGS
        self.version, names = _TREES.of(
            f"{has_columns} ".encode() + source, lambda: _read_tree(source, has_columns=has_columns)
        )
        inside = {name for name in names if name.partition(".")[0] == _PACKAGE}
        # `from pipeline.text import keys` may name a module or something in one.
        self.own = {module for name in inside for module in _modules(name)}
        roots = {name.partition(".")[0] for name in names if name not in inside}
        self.libraries = frozenset(roots - sys.stdlib_module_names)


# Reading the trees of all modules takes longer than all else in a build that has nothing to do.
_TREES = ByContent("modules", [__file__, ids.__file__])
# What a field means as a column (`contract.findings`), and bounds that checks ask for.
_FINDINGS, _DESCRIPTION = f"{_PACKAGE}.contract.findings", "Column"
_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _read_tree(source: bytes, *, has_columns: bool) -> tuple[str, list[str]]:
    """Return a module's version, and the names it imports, for `_Module`."""
    tree = ast.parse(source)
    names: list[str] = []
    spelled = _spell(tree, names, has_columns=has_columns)
    return fingerprint(spelled) if _without_docstring(tree.body) else "", names


def _spell(node: ast.AST, imported: list[str], *, has_columns: bool) -> str:
    """Return a syntax tree as text, like `ast.dump`, without docstrings; notes what it imports.

    One pass, for all modules that decide rows are read at every build. Imports are absolute: ruff
    refuses others.

    Args:
        node: the tree.
        imported: takes the names that are imported.
        has_columns: what fields mean as columns stands in it, and is left out.
    """
    # Most nodes are these; whether a name is read or written shows by where it stands.
    if isinstance(node, ast.Name | ast.Constant):
        return node.id if isinstance(node, ast.Name) else repr(node.value)
    if isinstance(node, ast.Import):
        imported += [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported += [f"{node.module}.{alias.name}" for alias in node.names]
    elif has_columns and isinstance(node, ast.Call) and _is_named(node.func, _DESCRIPTION):
        return _DESCRIPTION
    parts = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if name == "body" and isinstance(node, _WITH_DOCSTRING):
                value = _without_docstring(value)
            spelled = [
                _spell(item, imported, has_columns=has_columns)
                if isinstance(item, ast.AST)
                else repr(item)
                for item in value
            ]
            parts.append(f"[{','.join(spelled)}]")
        elif isinstance(value, ast.AST) and name != "ctx":
            parts.append(_spell(value, imported, has_columns=has_columns))
        elif name != "ctx":
            parts.append(repr(value))
    return f"{type(node).__name__}({','.join(parts)})"


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text and isinstance(first.value.value, str) else body


@cache
def _module(name: str) -> _Module:
    file = _file(name)
    return _Module(name, file.read_bytes() if file else b"")


def _modules(name: str) -> Iterator[str]:
    """Yield the modules that an imported name stands for: itself if it is one, and its package."""
    while "." in name:
        if _file(name):
            yield name
        name = name.rpartition(".")[0]


@cache
def _root() -> Path | None:
    found = importlib.util.find_spec(_PACKAGE)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


@cache
def _file(module: str) -> Path | None:
    root = _root()
    if root is None:
        return None
    place = Path(root, *module.split(".")[1:])
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None
