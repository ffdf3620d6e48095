# Kentongan. Each verb does its own set-up into .venv and is quick when nothing changed.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SOURCES := app jobs connectors media tests
# Many tests wait for a process or a time-out: three workers a core keep two cores busy all the time, two do not.
WORKERS ?= 6

# Many processes are started: each would compile our sources anew where the environment forbids to keep the result.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench

help:  ## what there is
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' $(MAKEFILE_LIST)

# The stamps are newer than the lock files exactly when what is installed is what the lock files say.
$(VENV)/.running: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 atau yang lebih baru diperlukan."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 atau yang lebih baru diperlukan."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# facebook-sdk 3.1.0 warns when it is first compiled; that is not news for a log.
	$(BIN)/python -W ignore -m compileall -q $(VENV)/lib >/dev/null || true
	@touch $@

$(VENV)/.testing: $(VENV)/.running requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -W ignore -m compileall -q $(VENV)/lib >/dev/null || true
	@touch $@

setup: $(VENV)/.running  ## install what running needs; then .venv/bin/kentongan is there

demo: $(VENV)/.running  ## the whole loop on the practice platform: http://127.0.0.1:8000/
	$(BIN)/kentongan demo --port $(PORT)

run: $(VENV)/.running  ## the real thing: web and jobs, data in ./data
	$(BIN)/kentongan db upgrade
	$(BIN)/kentongan serve --port $(PORT)

test: $(VENV)/.testing  ## every test, PostgreSQL ones included
	@# Once here rather than in each of the workers, which all begin by reading the same files.
	$(BIN)/python -m compileall -q -j 2 app jobs connectors media
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.testing  ## linter, format, types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

bench: $(VENV)/.testing  ## ratios, measured side by side in one run
	$(BIN)/python -m tests.bench
