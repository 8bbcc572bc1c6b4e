# make run: set everything up and serve the site.  make test: set up and run all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: run test check bench shots setup setup-test lock clean python

run: setup
	$(BIN)/openliaison serve --host $(HOST) --port $(PORT)

test: setup-test
	$(BIN)/python -m pytest -n 2 --dist loadscope -q

check: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy openliaison/engine $$(find openliaison -path '*services*' -name '*.py')
	$(BIN)/openliaison manage makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/test_translations.py tests/test_templates.py

bench: setup-test $(VENV)/.bench
	$(BIN)/python -m bench

bench-%: setup-test $(VENV)/.bench
	$(BIN)/python -m bench $*

shots: setup-test
	$(BIN)/python -m tests.shots

setup: python $(VENV)/.run node_modules/.done
	@$(BIN)/python -m openliaison.core.translations

setup-test: setup $(VENV)/.test

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version 2>&1) was found. Say PYTHON=python3.11 make run."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 2; }

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python scripts/link.py
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

node_modules/.done: package-lock.json | $(VENV)/.run
	$(BIN)/python scripts/front.py
	@touch $@

lock:
	cd requirements && for group in run test bench; do \
	  uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header \
	    --no-emit-index-url --no-emit-find-links $$group.in -o $$group.txt; done

clean:
	rm -rf $(VENV) node_modules .pytest_cache .ruff_cache .mypy_cache
