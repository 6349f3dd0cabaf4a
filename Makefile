# Two commands on a fresh machine with Python 3.11 or newer: make demo, make test.
# Everything is installed into .venv from the locks, with their hashes.

VENV ?= .venv
BIN := $(VENV)/bin
# the first of these that is new enough; or say which: make demo PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO ?= demo-organisation
# processes that run tests: one for each processor
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo serve test check fix docs setup locks clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1 \t\2/' | expand -t 14

demo: $(VENV)/.ready ## Make the demo organisation, score it, say where its report lies
	$(BIN)/mainstem demo $(DEMO)

serve: $(VENV)/.ready ## Serve the demo organisation at http://127.0.0.1:8000/
	$(BIN)/mainstem serve --demo

setup: $(VENV)/.ready-dev ## Install Mainstem and all that its tests need into .venv

test: $(VENV)/.ready-dev ## Run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(VENV)/.ready-dev ## Format, lint, strict types, import contracts, docs
	$(BIN)/ruff format --check src tests docs bench
	$(BIN)/ruff check src tests docs bench
	MAINSTEM_DATA=.mypy_cache/data $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs tests/challenge/test_rule_pages.py

fix: $(VENV)/.ready-dev ## Put format and imports right, write the generated docs again
	$(BIN)/ruff format src tests docs bench
	$(BIN)/ruff check --fix src tests docs bench
	$(BIN)/python docs/generate.py

docs: $(VENV)/.ready-dev ## Write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

locks: ## Choose versions anew (needs uv)
	@command -v uv >/dev/null || { echo "make locks needs uv: pip install uv"; exit 1; }
	sh .ci/locks

clean: ## Remove .venv, caches and the demo organisation
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache $(DEMO) mainstem-demo

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Mainstem needs Python 3.11 or newer; none was found. Name one: make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# a stamp holds when neither lock nor pyproject.toml changed since; then make goes straight on
$(VENV)/.ready: requirements.lock requirements-build.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --require-hashes -r requirements-build.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
