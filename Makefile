# Run `make help` for the targets.

CARGO  ?= cargo
PYTHON ?= python3

# The virtual environment holds what only some targets need: PyTorch, the bench's other peers, a reader of MIDI files, a browser's driver.
# PIP_FLAGS reaches pip, for example to choose an index that offers the smaller CPU build.
VENV           ?= .venv
VENV_PYTHON    := $(VENV)/bin/python
PIP_FLAGS      ?=
TORCH          := torch==2.15.*
PEERS          := onnxruntime==1.32.* openvino==2026.4.* onnx==1.23.* numpy==2.4.*

# What reads the MIDI file of the tests.
MIDO           := mido==1.3.*

# What builds the Python package, and what its tests hold it to.
MATURIN        := maturin==1.16.*
PYTHON_PEERS   := $(TORCH) $(PEERS) onnxscript==0.7.* keras==3.15.* safetensors==0.8.* scikit-learn==1.9.* pandas==3.1.* \
	polars==2.1.* pyarrow==26.0.* ray==2.60.* pytest==9.2.* expecttest==0.3.* mypy==2.4.*

# What drives the browser of `make test-browser`, and the browser; if it is not given, one is found or installed.
PLAYWRIGHT     := playwright==1.65.*
CHROMIUM       ?=
BROWSER_TESTS  := crates/tidegate-cli/tests/browser

# BENCH_FLAGS reaches the scripts that set Tidegate beside something: --rounds, --seconds, --lock.
BENCH_FLAGS    ?=
BENCH_RESULTS  := bench/results.json

REFERENCE := crates/tidegate-cells/tests/reference

.DEFAULT_GOAL := help
.PHONY: help test lint format format-check clippy test-rust test-python test-package test-browser test-book book vectors wheel develop bench bench-engines bench-python clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: lint test-rust test-python test-package test-browser ## everything that must hold: format, lints, Rust tests, Python checks, the Python package, pages in a browser

lint: format-check clippy ## formatting and clippy, warnings are errors

format: ## format the Rust sources in place
	$(CARGO) fmt --all

format-check:
	$(CARGO) fmt --all -- --check

clippy:
	$(CARGO) clippy --workspace --all-targets -- -D warnings

test-rust: ## the Rust tests of the whole workspace
	$(CARGO) test --workspace

test-python: $(VENV)/.mido ## check the Python scripts and the checked-in reference vectors (needs no PyTorch)
	$(PYTHON) -c 'import ast, sys; [ast.parse(open(path, encoding="utf-8").read(), path) for path in sys.argv[1:]]' crates/*/tests/reference/*.py bench/*.py bench/engines/*.py docs/*.py python/*.py
	$(PYTHON) $(REFERENCE)/check.py
	$(VENV_PYTHON) crates/tidegate-data/tests/files/read_midi.py
	$(PYTHON) docs/forecasting.py --check
	$(PYTHON) docs/tasks.py --check
	$(PYTHON) -m unittest discover --quiet --start-directory bench

# The command that reads and writes models beside the package is the one that the Rust tests build.
test-package: $(VENV)/.python ## build the Python package's wheel and test it beside its peers (installs them in .venv)
	$(CARGO) build --package tidegate-cli
	$(MAKE) wheel
	$(VENV_PYTHON) -m pip install --quiet --force-reinstall --no-deps dist/tidegate-*.whl
	$(VENV_PYTHON) -m mypy --config-file python/pyproject.toml python/tidegate
	$(VENV_PYTHON) -m mypy.stubtest tidegate._engine
	PIP_FLAGS='$(PIP_FLAGS)' TIDEGATE="$${CARGO_TARGET_DIR:-target}/debug/tidegate" $(VENV_PYTHON) -m pytest --quiet python/tests

test-book: ## run the book's commands and follow its links (test-rust does so too)
	$(CARGO) test --package tidegate-cli --bin tidegate book
	$(CARGO) test --package tidegate-cli --test book --test book_links

book: ## build the book in target/book (needs mdBook: cargo install mdbook)
	mdbook build

test-browser: $(VENV)/.playwright ## open the command's pages in Chromium (installs it); screenshots go to target/browser
	CHROMIUM='$(CHROMIUM)' $(BROWSER_TESTS)/install_chromium.sh
	$(CARGO) build --release --package tidegate-cli
	$(CARGO) build --release --package tidegate-study --example forecast_pages
	target="$${CARGO_TARGET_DIR:-target}" && chromium="$$(CHROMIUM='$(CHROMIUM)' $(BROWSER_TESTS)/install_chromium.sh)" && \
		CHROMIUM="$$chromium" TIDEGATE="$$target/release/tidegate" \
		FORECAST_PAGES="$$target/release/examples/forecast_pages" SCREENSHOTS="$$target/browser" \
		$(VENV_PYTHON) -m unittest discover --start-directory $(BROWSER_TESTS)

vectors: $(VENV)/.torch ## write the reference vectors anew (installs PyTorch in .venv)
	$(VENV_PYTHON) $(REFERENCE)/pytorch.py
	$(VENV_PYTHON) crates/tidegate-train/tests/reference/make_reference.py
	$(VENV_PYTHON) crates/tidegate-model/tests/reference/segments.py

bench: bench-engines ## time Tidegate beside its peers on this machine (installs them in .venv)
	$(VENV_PYTHON) bench/run.py $(BENCH_FLAGS) --output $(BENCH_RESULTS) --readme README.md --picture docs/images/bench.svg
	$(VENV_PYTHON) bench/instruction_sets.py $(BENCH_FLAGS) --output $(BENCH_RESULTS)
	$(VENV_PYTHON) bench/busy.py $(BENCH_FLAGS) --output $(BENCH_RESULTS)
	$(VENV_PYTHON) bench/growth.py --output bench/growth.json --picture docs/images/growth.svg
	$(MAKE) bench-python

# A peer that cannot be installed or built is left out of the tables.
bench-engines: $(VENV)/.torch $(VENV)/.peers ## build and install what `make bench` times
	$(CARGO) build --release --package tidegate-cells --example bench_engine
	$(CARGO) build --release --package tidegate-train --example time_growth
	-$(CARGO) build --release --locked --manifest-path bench/rten/Cargo.toml --target-dir "$${CARGO_TARGET_DIR:-target}/rten"

bench-python: wheel $(VENV)/.python ## time the Python package: its import, a step of a stream, accelerated models of PyTorch
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) dist/tidegate-*.whl
	$(VENV_PYTHON) -m pip install --quiet --force-reinstall --no-deps dist/tidegate-*.whl
	$(VENV_PYTHON) bench/python_import.py
	$(VENV_PYTHON) bench/python_step.py
	$(VENV_PYTHON) bench/accelerate.py $(BENCH_FLAGS) --output bench/results-accelerate.json --pages README.md docs/pytorch.md
	$(VENV_PYTHON) bench/distributed.py $(BENCH_FLAGS) --output bench/results-distributed.json
	$(VENV_PYTHON) bench/ray_series.py --output bench/ray_series.json

$(VENV)/.mido:
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) '$(MIDO)'
	touch $@

$(VENV)/.playwright:
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) '$(PLAYWRIGHT)'
	touch $@

$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) '$(TORCH)'
	touch $@

$(VENV)/.peers: $(VENV)/.torch
	for peer in $(PEERS); do $(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) "$$peer" || echo "$$peer is not installed"; done
	touch $@

wheel: $(VENV)/.maturin ## build the Python package's wheel in dist/
	rm -f dist/tidegate-*.whl
	$(PYTHON) python/third_party_notices.py python/THIRD-PARTY-NOTICES
	$(VENV_PYTHON) -m maturin build --quiet --release --manifest-path python/Cargo.toml --out dist

# The compiled module beside its Python sources, for work on them with PYTHONPATH=python.
develop: ## build the Python package in place, with the development profile
	$(CARGO) build --package tidegate-python
	cp "$${CARGO_TARGET_DIR:-target}/debug/lib_engine.so" python/tidegate/_engine.tmp
	mv python/tidegate/_engine.tmp python/tidegate/_engine.abi3.so

$(VENV)/.python: $(VENV)/.maturin
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) $(foreach peer,$(PYTHON_PEERS),'$(peer)')
	touch $@

$(VENV)/.maturin:
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(PIP_FLAGS) '$(MATURIN)'
	touch $@

clean: ## remove build outputs and the virtual environment
	$(CARGO) clean
	rm -rf $(VENV) dist
