# Yaam. `make` alone lists what there is. Needs Python 3.11–3.13, make and git; installs nothing outside this folder.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip -qq
CODE := bot handlers nlp db simulator tests bench
# A tool is only shown the rooms that are there.
ROOMS = $(wildcard $(CODE) wsgi.py gunicorn.conf.py)
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile

# Set PYTHON=… to choose; else the first of these that is 3.11–3.13 and can make a virtual environment.
PYTHON ?=
FIND_PYTHON = for p in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if "$$p" -c 'import ensurepip, ssl, sqlite3, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    >/dev/null 2>&1; then echo "$$p"; exit 0; fi; done; \
	echo 'Python 3.11, 3.12 or 3.13 with venv is needed (Debian: python3 and python3-venv); PYTHON=… names one.' >&2; exit 1

# The stamp's name carries the pins: unchanged pins make a repeated call instant, changed ones make it install again.
HASH = $(shell cat $(1) | cksum | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call HASH,requirements.txt)
DEV_STAMP := $(VENV)/.dev-$(call HASH,requirements.txt requirements-dev.txt)

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(RUN_STAMP) ## Make .venv with what the program needs
	@:

.PHONY: setup-dev
setup-dev: $(DEV_STAMP) ## … and what tests and checks need
	@:

.PHONY: run
run: setup ## Start everything; with no LINE account, on the simulator
	@exec $(BIN)/python -m bot.supervisor

.PHONY: test
test: setup-dev ## All tests but the slow ones, on SQLite and PostgreSQL, and in Chromium
	@$(PYTEST) -m "not slow"

.PHONY: test-slow
test-slow: setup-dev ## The tests that take more than ten seconds each
	@$(PYTEST) -m slow

.PHONY: bench
bench: setup-dev ## Measure the speed as ratios in one run (some 20 to 30 minutes; wants wrk)
	@command -v wrk >/dev/null || apt-get install -y -qq wrk >/dev/null
	@$(BIN)/python -m bench

.PHONY: check
check: setup-dev ## Format, lint, types, layers, and the unit tests on SQLite: about three minutes
	@$(BIN)/ruff format --quiet --check $(ROOMS)
	@$(BIN)/ruff check --quiet $(ROOMS)
	@$(BIN)/mypy --no-error-summary $(ROOMS)
	@out=$$($(BIN)/lint-imports 2>&1) || { echo "$$out"; exit 1; }
	@$(PYTEST) -m "not slow and not browser" --database=sqlite --ignore tests/proof --ignore tests/integration

.PHONY: audit
audit: setup-dev ## Ask PyPI for known faults in what the program needs; silent where there are none
	@$(BIN)/python .ci/audit.py

.PHONY: format
format: setup-dev ## Put the code into its form
	@$(BIN)/ruff check --quiet --fix $(ROOMS) || true
	@$(BIN)/ruff format --quiet $(ROOMS)

.PHONY: train
train: setup-dev ## Train the model anew from nlp/'s examples [EXTRA=FILE]
	@$(BIN)/python -m nlp.train $(if $(EXTRA),--extra $(EXTRA))

.PHONY: evaluate
evaluate: setup-dev ## How well the model understands the messages that it never saw
	@$(BIN)/python -m nlp.evaluate

.PHONY: pins
pins: ## Choose the newest versions that pyproject.toml allows and write requirements*.txt
	@rm -rf .pins && $(PYTHON_FOR_PINS) -m venv .pins
	@$(call LIST,d["project"]["dependencies"]) > .pins/run.in
	@$(call LIST,d["dependency-groups"]["dev"]) > .pins/dev.in
	@.pins/bin/python -m pip -qq install -r .pins/run.in
	@{ $(call HEADER,what the program needs); .pins/bin/python -m pip freeze | $(MARK); } > requirements.txt
	@.pins/bin/python -m pip -qq install -r .pins/dev.in -c requirements.txt
	@{ $(call HEADER,what tests$(comma) checks and training need beside it); echo '-r requirements.txt'; \
	  .pins/bin/python -m pip freeze | $(MARK) | grep -vxFf requirements.txt; } > requirements-dev.txt
	@rm -rf .pins

comma := ,
# The oldest Python decides: what it needs more than the newer ones does them no harm.
PYTHON_FOR_PINS := python3.11
LIST = .pins/bin/python -c 'import tomllib; d = tomllib.load(open("pyproject.toml", "rb")); print(*$(1), sep="\n")'
HEADER = echo '\# Pinned: $(1). Written by `make pins` from pyproject.toml; change it there.'
MARK = cat

.PHONY: clean
clean: ## Remove what tools and tests left; var/ (data, keys) and .env stay
	@rm -rf $(VENV) .pins build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(RUN_STAMP) $(DEV_STAMP): | $(BIN)/python
	@echo 'Installing into $(VENV), about a minute … / กำลังติดตั้งลงใน $(VENV) ประมาณหนึ่งนาที …'
	@rm -f $(VENV)/.$(if $(findstring dev,$@),dev,run)-*
	@$(PIP) install -r $(if $(findstring dev,$@),requirements-dev.txt,requirements.txt)
	@touch $@ $(if $(findstring dev,$@),$(RUN_STAMP))

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); "$$python" -m venv --clear $(VENV)
