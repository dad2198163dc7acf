# Two commands do all: `make run` builds and exports from data/raw, `make test` proves the project.
# They need Python 3.11 or later, git and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run test install dev bench fuzz lock lint clean

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

run: install ## Build the warehouse from data/raw, export the CSV marts, write the report
	$(BIN)/papermart build
	$(BIN)/papermart export --to data/exports
	$(BIN)/papermart report --to data/exports/report.html
	$(BIN)/papermart query "select year, count(*) as papers, count(*) filter (where n_sources > 1) as on_several_sites from papers group by year order by year"
	$(BIN)/papermart query "select topic, sum(n_papers)::int as papers, max(trend) as trend from yearly_topic_trends group by topic order by papers desc, topic limit 10"
	@echo "The CSV marts and report.html are in data/exports, the warehouse is data/warehouse/warehouse.duckdb."

test: install lint ## Install, lint, check types and SQL, run all tests
	$(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term --cov-fail-under=90

lint: install ## Lint, types and SQL lint only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check pipeline
	$(BIN)/sqlfluff lint --disable-progress-bar --nocolor -q sql pipeline/report/queries

install: .venv/installed ## Create .venv and install the pinned packages

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "papermart needs Python 3.11 or later; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

dev: install ## Start Dagster's UI on http://localhost:3000
	$(BIN)/dagster dev

bench: install ## Measure speed and linkage against reference points
	$(BIN)/python benchmarks/run.py

fuzz: install ## Read 20,000 damaged pages and check that nothing is lost (some minutes)
	$(BIN)/python tests/fuzz.py

lock: ## Pin the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

clean: ## Remove what was built, not the saved pages
	rm -rf data/exports data/warehouse/tables data/warehouse/versions \
	  data/warehouse/warehouse.duckdb data/warehouse/report.html
