"""The catalogue of `sql/`: every model, its description beside it, what it reads.

What belongs here: loading the files below `sql/`. What does not: reading the SQL as a tree
(`dependencies`), running a model (`runner`), versions of code (`code_versions`).

Each table has one description, `sql/<layer>/<table>.yml`, and beside it one of

    <table>.sql              one SELECT; its rows are the table
    <table>.<argument>.sql   one SELECT for each argument of a Python function that the description
                             names (`python: module.function`): frames in, one frame out, no I/O;
                             with `by: column` pieces of frames in and out, by that key
    <table>.csv              reference data that people edit

A SELECT that several models use stands once, in `_<name>.sql`: models read it as a table of the
name `<layer>._<name>`, functions are given it where the description says which argument takes it
(`selects: {argument: _name}`). A check that is a SELECT stands in the description
(`fails`) or in a file of its own, `<table>.<check>.check.sql`, whose first comment says what must
hold, and `-- severity: warn` below it that it does not block.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import Field, ValidationError

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import LAST_VERSION, CheckSpec, Severity, Strict, TableSpec
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.beside import read_beside
from pipeline.models.components import ComponentPart, read_component
from pipeline.models.dependencies import parse_select
from pipeline.storage.engine import Beside
from pipeline.storage.package_data import package_data

SQL_DIR = package_data("sql")
_MODEL_LAYERS = ("reference", "linkage", "people", "marts")
_CHECK_SUFFIX = ".check"
# "-- severity: warn"
_SEVERITY = re.compile(r"^--[ \t]*severity\b[ \t:]*(?P<severity>.*?)[ \t]*$", re.MULTILINE)
# The given/expect tests of a description, up to the next line that begins with a letter.
_UNIT_TESTS = re.compile(r"^unit_tests:[^\n]*\n(?:(?:[ #-][^\n]*)?\n)*", re.MULTILINE)
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"\A(?:--[^\n]*\n)+")


class UnitTest(Strict):
    """A given/expect test: rows put into the inputs, rows that must come out.

    Attributes:
        given: `layer.table` to rows; columns left out are NULL, tables left out are empty.
        expect: rows of the model, in order; only the columns named are compared.
    """

    name: str
    given: dict[str, list[dict[str, Any]]]
    expect: list[dict[str, Any]]


Kind = TypeVar("Kind", bound=Strict)


class _Description(TableSpec):
    """A table's `<table>.yml`."""

    python: str | None = None
    by: str | None = None
    through: dict[str, str] = Field(default_factory=dict)
    beside: dict[str, str] = Field(default_factory=dict)
    components: dict[str, str] = Field(default_factory=dict)
    drift: float | None = None
    selects: dict[str, str] = Field(default_factory=dict)
    recalls: tuple[str, ...] = ()
    reference_check: str | None = None


@dataclass(frozen=True)
class Model:
    """A table of `sql/`, with the SELECTs it is made of.

    Attributes:
        spec: the table's description.
        selects: argument name to SQL; a plain SQL model has the one argument `""`.
        python: `module.function` that makes the table of the selects' rows, or None. If it has
            an argument `now`, it gets the time of the build (UTC).
        by: the key by which its rows hang together, or None (`models.keys`). A function with an
            argument `pieces` gets the rows of SELECTs that have it some keys at a time
            (`models.pieces`), and yields rows in turn.
        through: how the rows of inputs lead to keys, where their columns do not tell.
        beside: how rows that have no key, of what arguments, are found beside those that have one
            (`models.beside`): a function then makes of these the rows that it makes of all.
        components: how rows hang together where no key tells: what each argument says of it. A
            function then makes of those that do, directly or not, the rows that it makes of all.
        drift: None, or it counts what all rows share (a statistic), and is made anew only once
            more than this share of an input's rows has come, gone or changed.
        recalls: tables it reads as the last build left them, its own perhaps: what it makes is
            a function of its inputs and of what was there before. They are no dependencies.
        csv_file: the file of a reference table, or None.
        reference_check: `module.function` that looks for faults in a reference table, or None.
        raw_tests: the description's given/expect tests, as YAML.
        shared: the SELECTs that models may read as tables, by full name.
    """

    spec: TableSpec
    selects: Mapping[str, str]
    python: str | None = None
    by: str | None = None
    through: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Sequence[Beside]] = field(default_factory=dict)
    components: Mapping[str, ComponentPart] = field(default_factory=dict)
    drift: float | None = None
    recalls: frozenset[str] = frozenset()
    csv_file: Path | None = None
    reference_check: str | None = None
    raw_tests: str = field(default="", repr=False)
    shared: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The full name, `layer.table`."""
        return self.spec.full_name

    @property
    def unit_tests(self) -> list[UnitTest]:
        """The given/expect tests; read when asked for, since a build asks for none."""
        tests = yaml.load(self.raw_tests, Loader=_YAML)["unit_tests"] if self.raw_tests else []
        return [UnitTest.model_validate(raw) for raw in tests]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The full names of the tables that the SELECTs read, through shared ones, too."""
        return self._named - self.shared.keys()

    @cached_property
    def views(self) -> dict[str, str]:
        """The shared SELECTs that it reads, by full name, each after those it reads itself."""
        return {name: sql for name, sql in self.shared.items() if name in self._named}

    @cached_property
    def _named(self) -> frozenset[str]:
        """What the SELECTs name, and what the shared ones among it name in turn."""
        owner = f"the model {self.name}"
        found = {name for s in self.selects.values() for name in parse_select(s, owner).reads}
        for name in reversed(list(self.shared)):
            if name in found:
                found |= parse_select(self.shared[name], f"the SELECT {name}").reads
        return frozenset(found)

    @cached_property
    def checks_read(self) -> frozenset[str]:
        """The full names of the other tables that the checks read, the last version's aside."""
        found = frozenset(self.spec.looked_up)
        for check in self.spec.checks:
            found |= self._asked(check)
        current = {name for name in found if not name.startswith(f"{LAST_VERSION}.")}
        return frozenset(current - {self.name})

    @cached_property
    def compared(self) -> frozenset[str]:
        """The names of the tables of the last published version that its checks look at."""
        found = {name for check in self.spec.checks for name in self._asked(check)}
        versions = {name for name in found if name.startswith(f"{LAST_VERSION}.")}
        return frozenset(name.partition(".")[2] for name in versions)

    def _asked(self, check: CheckSpec) -> frozenset[str]:
        owner = f"the check {check.name} of {self.name}"
        return parse_select(check.fails, owner).reads if check.fails else frozenset()

    @cached_property
    def needs(self) -> frozenset[str]:
        """The full names of the tables that must be up to date before this one.

        Those it reads, and those its checks look things up in.
        """
        return (self.reads | self.checks_read) - self.recalls


# ---------------------------------------------------------------- loading


def load_models(sql_dir: Path | None = None) -> dict[str, Model]:
    """Return all models by full name, each after the models it reads.

    Args:
        sql_dir: the folder of models; `sql/` by default.

    Raises:
        PipelineError: a file without a description, a description without a file, a bad
            description, an unknown table in a SELECT, or models that read each other in a circle.
    """
    return _load_models(sql_dir or SQL_DIR, None, frozenset())


def models_for(tables: Collection[str], given: Collection[str] = ()) -> dict[str, Model]:
    """Return the models that some tables need, their own among them, each after those it reads.

    The files of other models are not read: that would take as long as reading a small table.

    Args:
        tables: full names of the tables to make.
        given: full names of tables that are there: what they need is left out.

    Raises:
        PipelineError: see `load_models`.
    """
    return _load_models(SQL_DIR, frozenset(tables), frozenset(given))


@cache
def _load_models(
    sql_dir: Path, tables: frozenset[str] | None, given: frozenset[str]
) -> dict[str, Model]:
    files = {name: parts for layer in _MODEL_LAYERS for name, parts in _files_of(sql_dir, layer)}
    shared = _load_shared(sql_dir)
    extracted = {spec.full_name for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    models: dict[str, Model] = {}
    due = list(files) if tables is None else sorted(tables)
    for name in due:
        if name not in models and name not in extracted:
            model = models[name] = replace(_load_model(sql_dir, name, files[name]), shared=shared)
            for table in sorted((model.needs | model.recalls) - extracted - files.keys()):
                raise PipelineError(f"{name} needs {table}, which no model or dump makes")
            due += sorted(model.needs) if name not in given else ()
    try:
        order = TopologicalSorter({m.name: sorted(m.needs) for m in models.values()})
        return {name: models[name] for name in order.static_order() if name in models}
    except CycleError as error:
        raise PipelineError(f"models read each other in a circle: {error.args[1]}") from None


def all_specs(sql_dir: Path | None = None) -> dict[str, TableSpec]:
    """Return the description of every table by full name: what is read, then models."""
    extracted = {spec.full_name: spec for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    return extracted | {name: model.spec for name, model in load_models(sql_dir).items()}


def _load_shared(sql_dir: Path) -> dict[str, str]:
    """Return the shared SELECTs by full name, each after those it reads."""
    found = {
        f"{layer}.{path.stem}": path.read_text("utf-8")
        for layer in _MODEL_LAYERS
        for path in sorted((sql_dir / layer).glob("_*.sql"))
    }
    reads = {
        name: parse_select(sql, f"the SELECT {name}").reads & found.keys()
        for name, sql in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(reads).static_order()}


def _files_of(sql_dir: Path, layer: str) -> Iterator[tuple[str, dict[str, Path]]]:
    """Yield the full name of each table of a layer, and its files by what follows its name."""
    tables: dict[str, dict[str, Path]] = {}
    for path in sorted((sql_dir / layer).iterdir()):
        table, _, part = path.name.partition(".")
        if path.suffix in (".sql", ".csv", ".yml") and not table.startswith("_"):
            tables.setdefault(f"{layer}.{table}", {})[part] = path
    yield from tables.items()


def _load_model(sql_dir: Path, full_name: str, files: Mapping[str, Path]) -> Model:
    layer, _, table = full_name.partition(".")
    folder = sql_dir / layer
    if "yml" not in files:
        place = folder / f"{table}.yml"
        raise PipelineError(f"{place} is missing: no description of the table {table}")
    others = {part: path for part, path in files.items() if part != "yml"}
    described, tests = read_description(files["yml"], _Description, layer=layer, name=table)
    return replace(_make_model(described, others, folder), raw_tests=tests)


def read_description(file: Path, kind: type[Kind], **known: object) -> tuple[Kind, str]:
    """Return what a description says, and its tests as YAML: there is more of these than of all.

    Args:
        file: a file `<name>.yml`.
        kind: the class that says what may stand in it.
        **known: what its place says already.

    Raises:
        PipelineError: it cannot be read, or says what it may not; names file and place.
    """
    try:
        text = file.read_text("utf-8") + "\n"
        tests = _UNIT_TESTS.search(text)
        raw = yaml.load(_UNIT_TESTS.sub("", text), Loader=_YAML)
        return kind.model_validate((raw or {}) | known), tests[0] if tests else ""
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PipelineError(f"{file}: {place}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise PipelineError(f"{file} cannot be read as a description: {error}") from None


def _make_model(described: _Description, files: dict[str, Path], folder: Path) -> Model:
    place = folder / f"{described.name}.yml"
    if not files and not described.selects:
        raise PipelineError(f"{place}: {described.name} has no .sql or .csv file")
    csv_file = files.pop("csv", None)
    selects = dict(_read_selects(described, files, folder))
    if not described.python and (others := sorted(set(selects) - {""})):
        raise PipelineError(f"{place}: there is {described.name}.{others[0]}.sql, but no python:")
    if not csv_file and bool(described.python) == ("" in selects):
        raise PipelineError(
            f"{place}: {described.name} needs either {described.name}.sql or python:"
        )
    if unknown := sorted(described.beside.keys() - selects.keys()):
        raise PipelineError(f"{place}: beside: there is no argument {unknown[0]}")
    values = {name: getattr(described, name) for name in TableSpec.model_fields}
    values["checks"] = (*described.checks, *_read_checks(files))
    twice = [name for name, n in Counter(c.name for c in values["checks"]).items() if n > 1]
    if twice:
        raise PipelineError(f"{place}: there are two checks of the name {twice[0]}")
    return Model(
        spec=TableSpec.model_construct(**values),
        selects=selects,
        python=described.python,
        by=described.by,
        through=described.through,
        beside={
            argument: read_beside(place, argument, said)
            for argument, said in described.beside.items()
        },
        components={
            argument: read_component(place, argument, said)
            for argument, said in described.components.items()
        },
        drift=described.drift,
        recalls=frozenset(described.recalls),
        csv_file=csv_file,
        reference_check=described.reference_check,
    )


def _read_selects(
    described: _Description, files: Mapping[str, Path], folder: Path
) -> Iterator[tuple[str, str]]:
    for part, path in files.items():
        argument = part.removesuffix("sql").removesuffix(".")
        if not f".{argument}".endswith(_CHECK_SUFFIX):
            yield argument, path.read_text("utf-8")
    for argument, name in described.selects.items():
        path = folder / f"{name}.sql"
        if not name.startswith("_") or not path.is_file():
            place = folder / f"{described.name}.yml"
            raise PipelineError(f"{place}: selects: {name}.sql is not there")
        yield argument, path.read_text("utf-8")


def _read_checks(files: Mapping[str, Path]) -> Iterator[CheckSpec]:
    for part, path in files.items():
        argument = part.removesuffix("sql").removesuffix(".")
        if argument == _CHECK_SUFFIX.lstrip("."):
            raise PipelineError(f"{path}: name the check: {path.stem}.<name>.check.sql")
        if argument.endswith(_CHECK_SUFFIX):
            yield _read_check(argument.removesuffix(_CHECK_SUFFIX), path)


def _read_check(name: str, path: Path) -> CheckSpec:
    """Read a check that is a file: what must hold as its first comment, then the SELECT."""
    text = path.read_text("utf-8-sig")
    comment = _COMMENT.match(text)
    head = comment[0] if comment else ""
    found = _SEVERITY.search(head)
    severity = found["severity"] if found else "error"
    if severity not in get_args(Severity):
        raise PipelineError(f"{path}: severity is {severity!r}; write error or warn")
    words = " ".join(
        line.removeprefix("--").strip() for line in _SEVERITY.sub("", head).split("\n")
    )
    try:
        description = words.strip().rstrip(".")
        given = {"name": name, "description": description, "fails": text, "severity": severity}
        return CheckSpec.model_validate(given)
    except ValidationError:
        raise PipelineError(f"{path}: the first comment must say what must hold") from None
