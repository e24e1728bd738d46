# Each target sets up what it needs: a virtual environment from requirements.lock, and for the tests
# the servers. PYTHON may be any Python from 3.11 on.
PYTHON ?= python3
ARGS ?=
VENV := .venv
VENV_NEW := .venv-new
RUN := $(VENV)/bin
STEP := .ci/step
# Two workers: every fixture is private to its worker, and each has its own servers.
PYTEST := -m pytest -n 2 --dist worksteal
SERVERLESS := not soak and not dovecot and not cyrus and not postgresql and not nginx and not parsers

.PHONY: help demo test lint unit test-new bench soak lock servers clean venv
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: venv ## krmd against an embedded mail server; ARGS=--once runs one round
	@$(RUN)/krmd demo $(ARGS)

test: venv lint servers ## everything: lint, all tests, and the newest Python at hand
	@$(STEP) "tests" $(RUN)/python $(PYTEST) $(ARGS)
	@$(MAKE) --no-print-directory test-new

lint: venv ## format, ruff, mypy, layers
	@$(STEP) "ruff format" $(RUN)/ruff format --check .
	@$(STEP) "ruff check" $(RUN)/ruff check .
	@$(STEP) "mypy" $(RUN)/mypy
	@$(STEP) "import-linter" $(RUN)/lint-imports

# Where Pythons differ: what reads and what computes. All of it again would take twice as long.
NEW_PYTHON := tests/intake tests/ledger tests/formats tests/outputs tests/settings tests/store

test-new: venv ## what reads and computes, without servers, on the newest Python at hand
	@newest=$$(.ci/newest-python $(RUN)/python); \
	if [ -z "$$newest" ]; then echo "== no Python newer than this one at hand"; exit 0; fi; \
	.ci/venv $(VENV_NEW) "$$newest" && \
	$(STEP) "tests without servers on $$($$newest --version)" \
	  $(VENV_NEW)/bin/python $(PYTEST) -m "$(SERVERLESS)" -p no:cacheprovider $(NEW_PYTHON)

bench: venv servers ## the figures of tests/bench/README.md
	@$(RUN)/python -m tests.bench $(ARGS)
	@$(RUN)/python -m tests.bench.people
	@tests/servers/install.sh bench
	@$(RUN)/python -m tests.bench.feeds

soak: venv servers ## the long tests, marked soak
	@$(STEP) "soak" $(RUN)/python -m pytest -m soak --timeout 0 $(ARGS)

servers: ## Dovecot, PostgreSQL, Cyrus, nginx, and who reads calendars: libical, ical.js
	@$(STEP) "servers" tests/servers/install.sh

lock: ## renew requirements.lock, on the oldest Python supported
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "make PYTHON=python3.11 lock: the oldest Python needs the most packages" >&2; exit 1; }
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[dev]'
	@{ sed -n '/^#/p' requirements.lock; \
	  build/lock/bin/python -m pip --disable-pip-version-check freeze --exclude-editable | LC_ALL=C sort -f; \
	} > build/requirements.lock && mv build/requirements.lock requirements.lock
	@rm -rf build/lock && git --no-pager diff --stat requirements.lock

clean: ## remove all that the targets made
	@rm -rf $(VENV) $(VENV_NEW) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find krmd tests -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@.ci/venv $(VENV) $(PYTHON)
