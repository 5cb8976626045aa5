# Run `make help` for the targets.

CARGO  ?= cargo
PYTHON ?= python3

# The virtual environment holds what only the reference vectors and the benchmarks need: PyTorch.
# PIP_FLAGS reaches pip, for example to choose an index that offers the smaller CPU build.
VENV           ?= .venv
VENV_PYTHON    := $(VENV)/bin/python
PIP_FLAGS      ?=
TORCH          := torch==2.15.*

REFERENCE := crates/tidegate-cells/tests/reference

.DEFAULT_GOAL := help
.PHONY: help test lint format format-check clippy test-rust test-python vectors bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: lint test-rust test-python ## everything that must hold: format, lints, Rust tests, Python checks

lint: format-check clippy ## formatting and clippy, warnings are errors

format: ## format the Rust sources in place
	$(CARGO) fmt --all

format-check:
	$(CARGO) fmt --all -- --check

clippy:
	$(CARGO) clippy --workspace --all-targets -- -D warnings

test-rust: ## the Rust tests of the whole workspace
	$(CARGO) test --workspace

test-python: ## check the Python scripts and the checked-in reference vectors (needs no PyTorch)
	$(PYTHON) -c 'import ast, sys; [ast.parse(open(path, encoding="utf-8").read(), path) for path in sys.argv[1:]]' crates/*/tests/reference/*.py bench/*.py
	$(PYTHON) $(REFERENCE)/check.py

vectors: $(VENV)/.torch ## write the reference vectors anew (installs PyTorch in .venv)
	$(VENV_PYTHON) $(REFERENCE)/pytorch.py
	$(VENV_PYTHON) crates/tidegate-train/tests/reference/make_reference.py

bench: $(VENV)/.torch ## time Tidegate beside PyTorch on this machine (installs PyTorch in .venv)
	$(CARGO) build --release --package tidegate-cells --example time_recurrence
	$(VENV_PYTHON) bench/run.py --output bench/results.json --readme README.md

$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) '$(TORCH)'
	touch $@

clean: ## remove build outputs and the virtual environment
	$(CARGO) clean
	rm -rf $(VENV)
