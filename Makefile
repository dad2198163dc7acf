# Two commands do all: `make run` builds, exports and reports, `make test` proves the project;
# `make slow` goes on with what takes servers, a browser, volume or kills. CI runs both, and there
# `make test` measures coverage as well.
# They need Python 3.11 or later, git and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/pytest -n auto --dist loadfile
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps
UV_INSTALL := .ci/uv pip install --quiet --python .venv --no-deps --compile-bytecode

.PHONY: help run test slow install spark dev bench fuzz chaos lock lint docs hooks clean

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

run: install ## Build the warehouse from data/raw (the sample while that is empty), export, report
	$(BIN)/papermart build
	$(BIN)/papermart export --to data/exports
	$(BIN)/papermart report
	$(BIN)/papermart report --to data/exports/report.html
	$(BIN)/python -m pipeline.defs.record
	$(BIN)/papermart query "select year, count(*) as papers, count(*) filter (where n_sources > 1) as on_several_sites from papers group by year order by year"
	$(BIN)/papermart query "select topic, sum(n_papers)::int as papers, max(trend) as trend from yearly_topic_trends group by topic order by papers desc, topic limit 10"
	@echo "The CSV marts and report.html are in data/exports. The warehouse is data/warehouse/warehouse.duckdb;"
	@echo "while data/raw is empty the sample is built instead, into data/sample-warehouse/warehouse.duckdb."

test: install lint ## Install, lint, check types, imports and SQL, run the tests
	$(PYTEST) -m "not slow" $(if $(CI),--cov --cov-report=term --cov-fail-under=90)

slow: install ## Test with servers, a browser, an empty environment, volume, killed builds
	$(PYTEST) -m slow

# sqlfluff's processes warn of their own semaphores when they end.
lint: install ## Lint, types, imports between packages and SQL lint only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	$(BIN)/lint-imports --no-logo
	PYTHONWARNINGS=ignore $(BIN)/sqlfluff lint --processes 0 --disable-progress-bar --nocolor -q sql pipeline/outputs/report/queries

install: .venv/installed ## Create .venv and install the pinned packages

# pip brings uv, uv brings the rest in a fraction of pip's time; where uv cannot, pip does.
# All is compiled at once, as pip does it: an environment may forbid Python to keep what it compiles.
.venv/installed: requirements.lock pyproject.toml .ci/uv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "papermart needs Python 3.11 or later; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	@awk '/^[^ #]/ { is_uv = /^uv==/ } is_uv' requirements.lock > .venv/uv.lock
	@if $(PIP_INSTALL) --require-hashes -r .venv/uv.lock && \
	  $(UV_INSTALL) --require-hashes -r requirements.lock && \
	  $(UV_INSTALL) --no-build-isolation --editable .; then :; else \
	  echo "uv could not install the packages, pip goes on"; \
	  $(PIP_INSTALL) --require-hashes -r requirements.lock && \
	  $(PIP_INSTALL) --no-build-isolation --editable .; fi
	@$(BIN)/python -m compileall -q pipeline
	@touch $@

# Sail comes with the packages; Spark is half a gigabyte, for tests that are skipped without it.
spark: install ## Install Apache Spark into .venv/spark, for the tests of builds on it (needs Java)
	$(PYTHON) -m venv .venv/spark
	.venv/spark/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .ci/spark.lock

# DAGSTER_HOME says where dagster.yaml is; without it Dagster speaks of a temporary folder.
dev: install ## Start Dagster's UI on http://localhost:3000
	DAGSTER_HOME=$(CURDIR) PYTHONWARNINGS=ignore $(BIN)/dagster dev

bench: install ## Measure speed and linkage against reference points
	$(BIN)/python benchmarks/run.py

fuzz: install ## Read 20,000 damaged pages and 5,000 odd tables, and check that nothing is lost
	$(BIN)/python tests/fuzz.py
	$(BIN)/python tests/fuzz_tables.py

chaos: install ## Kill 200 commands at their file operations, and compare what they recover to
	$(BIN)/python tests/chaos.py

# Only from the main index: hashes of the same release differ where another index rebuilt it.
lock: install ## Pin the dependencies of pyproject.toml anew; pins that still fit stay
	UV_INDEX= UV_FIND_LINKS= .ci/uv pip compile pyproject.toml --extra dev --extra cluster --extra store --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  -o requirements.lock

docs: install ## Write docs/tables.md anew from the descriptions of the tables
	$(BIN)/python docs/tables.py

hooks: install ## Have git run the lint before each commit
	$(BIN)/pre-commit install

clean: ## Remove what was built, not the saved pages
	rm -rf data/exports data/sample-warehouse data/warehouse/tables data/warehouse/versions \
	  data/warehouse/warehouse.duckdb data/warehouse/report.html data/warehouse/.build.lock dist
