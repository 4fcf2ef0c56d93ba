# Two commands are all that a newcomer needs: `make run` and `make test`. Both install first what is missing.
# What is installed is exactly what the lock files name, with hashes; `make lock` renews them.

VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-all check lock messages clean

help:
	@echo "make run          everything on this machine, with five demo companies (FRESH=1 starts over)"
	@echo "make test         all tests but the slow ones"
	@echo "make test-all     the slow ones too"
	@echo "make check        format, lint, types, imports, migrations, tests"
	@echo "make lock         renew the lock files after a change of pyproject.toml"
	@echo "make messages     compile the translations after a change of a .po file"

run: $(VENV)/.runtime
	@$(call daemons,)
	@exec $(BIN)/servanda up $(if $(FRESH),--fresh) $(if $(PORT),--port $(PORT))

# Modules are compiled once and kept, whatever the shell says: each test process, and each program that tests start, reads them.
test test-all check: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.dev
	@$(call daemons,--with-trials)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

test-all: $(VENV)/.dev
	@$(call daemons,--with-trials)
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	@$(call daemons,--with-trials)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --group build --group dev $(LOCK_OPTIONS) --output-file requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --group build $(LOCK_OPTIONS) \
		--constraint requirements-dev.lock --output-file requirements.lock

LOCK_OPTIONS := --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade

messages: $(VENV)/.dev
	for catalogue in $$(find src -name '*.po'); do \
		$(BIN)/pybabel compile --input-file "$$catalogue" --output-file "$${catalogue%.po}.mo"; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Two processes, each with a database of its own; the one that is done first takes over from the other.
SIDE_BY_SIDE := -n 2 --dist worksteal

# Any of these will do; the first that runs, is in range and can make environments is taken.
$(BIN)/python:
	@for python in python3 python3.13 python3.12 python3.11; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
		then echo "Making $(VENV) with $$($$python --version)"; umask 022; exec $$python -m venv --clear $(VENV); fi; \
	done; \
	echo "No suitable Python was found: Servanda needs 3.11, 3.12 or 3.13 with its venv module." >&2; \
	echo "On Debian and Ubuntu: apt-get install python3 python3-venv. On macOS: brew install python@3.13" >&2; \
	exit 1

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(call install,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

# The daemons of a node come from the system's packages. Where they cannot be had, all else goes on: `make run` has no
# node, and the tests of a node are skipped and say why. Any other failure stops.
define daemons
	code=0; tools/install_daemons.sh $(1) || code=$$?; [ $$code -eq 0 ] || [ $$code -eq 3 ]
endef

# The build backend is in the lock too, so that installing ourselves downloads nothing that has no hash.
define install
	umask 022; \
	echo "Installing what $(1) names (once, and again when it changes)"; \
	if ! $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement $(1) | grep --line-buffered -v "already satisfied"; then \
		if ! $(BIN)/python -m pip --version >/dev/null; then echo "The environment in $(VENV) is broken. Remove it: make clean" >&2; \
		else echo "The packages were not installed; the lines above say which one failed." >&2; \
		echo "They come from the Python package registry: check the connection (and pip's own settings) and run it again." >&2; fi; \
		exit 1; \
	fi; \
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
endef
