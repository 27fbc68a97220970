# Everything a clone needs: Python 3.11 or newer, git and make. Once .venv stands, no target but
# `lock`, `oracles`, `test-cluster`, `test-newest` and `test-oldest` uses the network, and `docs`,
# `test-browser` and `test-interop` when they run for the first time.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: .venv/ready  ## Train a planner for societies nobody told it, and write a report (3 minutes)
	$(BIN)/solon demo

parity: .venv/ready  ## Set the original up and compare 200,000 steps with it (half an hour)
	$(BIN)/solon parity --setup
	$(BIN)/solon parity --table all --steps 3000

fuzz: .venv/ready  ## Play ten million steps of random economies and check them (15 minutes)
	$(BIN)/python tests/fuzz.py

endurance: .venv/ready  ## Kill what writes before each operation, and change 3,000 things in the lab (45 minutes at load 6)
	$(BIN)/python -m tests.endurance

abuse: .venv/ready  ## Try 1,000 bad inputs and damage 500 run folders (8 minutes at load 7)
	$(BIN)/python -m tests.damages 500
	$(BIN)/python -m tests.abuse

lab: .venv/ready  ## Open the lab in a browser: change a policy and watch what follows
	@$(BIN)/python -c 'import streamlit' 2>/dev/null \
		|| $(BIN)/pip install --quiet --requirement requirements/lock.txt
	$(BIN)/solon lab

plants: .venv/ready  ## Plant bugs in a copy and see that the tests notice (10 minutes)
	$(BIN)/python tests/plants.py

oddities: .venv/ready  ## Measure how much the original's oddities matter (3 minutes)
	$(BIN)/python -m solon.parity.oddities

test: .venv/ready  ## Run the tests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --max-worker-restart 0

# The newest Python of this machine that starts, and the oldest that Solon allows. The newest jax
# may need a newer Python than 3.11.
NEWEST ?= $(shell for python in python3.14 python3.13 python3.12 $(PYTHON); do \
	$$python -c "" 2>/dev/null && echo $$python && break; done)
OLDEST ?= $(shell python3.11 -c "" 2>/dev/null && echo python3.11 || echo $(PYTHON))

test-newest: .venv/ready  ## Run the tests with the newest packages that are allowed (25 minutes)
	$(call run-tests-with,.venv-newest,$(NEWEST),--upgrade)

test-oldest: .venv/ready  ## Run the tests with the oldest packages that are allowed (25 minutes)
	$(call run-tests-with,.venv-oldest,$(OLDEST),--upgrade --resolution lowest-direct)

# Environment, Python, how uv chooses versions. Without bytecode, packages are compiled at each start
# where Python may not write, and commands answer later than the tests allow.
define run-tests-with
	$(BIN)/uv venv --quiet --clear --seed --no-python-downloads --python $(2) $(1)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(1) $(3) --editable '.[test]'
	$(1)/bin/python -c 'import jax, numpy, sys; \
		print("Python", sys.version.split()[0], "jax", jax.__version__, "numpy", numpy.__version__)'
	$(1)/bin/python -m pytest -q -n 2 --dist loadfile --max-worker-restart 0
endef

oracles: .venv/ready  ## Confirm the equilibrium solvers with those of others (2 minutes of processor time)
	$(BIN)/uv venv --quiet --allow-existing --no-python-downloads --python $(OLDEST) .venv-oracles
	$(BIN)/uv pip install --quiet --python .venv-oracles --editable '.[test,oracles]'
	SOLON_ORACLES=1 .venv-oracles/bin/python -m pytest -q tests/oracles

# torch is not in the lock: machines have builds of their own, which the lock of one does not fit.
test-interop: .venv-interop/ready  ## Hold the bridges to other libraries to those libraries' own tests (4 minutes of processor time)
	SOLON_INTEROP=1 .venv-interop/bin/python -m pytest -q tests/interop

.venv-interop/ready: requirements/interop.txt pyproject.toml
	$(PYTHON) -m venv --clear .venv-interop
	.venv-interop/bin/pip install --quiet --no-deps --requirement requirements/interop.txt
	.venv-interop/bin/pip install --quiet torch==2.13.0
	.venv-interop/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

test-cluster: .venv/ready  ## Sweep on Ray, and kill a worker of it (3 minutes)
	$(BIN)/uv venv --quiet --allow-existing --no-python-downloads --python $(OLDEST) .venv-cluster
	$(BIN)/uv pip install --quiet --python .venv-cluster --requirement requirements/lock.txt
	$(BIN)/uv pip install --quiet --python .venv-cluster --editable '.[test,cluster]'
	SOLON_CLUSTER=1 .venv-cluster/bin/python -m pytest -q tests/cluster

test-studies: .venv/ready  ## Run the short form of a study that is too slow for make test (1 minute)
	SOLON_STUDIES=1 $(BIN)/python -m pytest -q tests/applications/unknown_society/test_study.py

test-browser: .venv/ready  ## Walk through the lab with the browser of this machine (4 minutes)
	@$(BIN)/python -c 'import playwright' 2>/dev/null \
		|| $(BIN)/pip install --quiet --requirement requirements/browser.txt
	SOLON_BROWSER=$${SOLON_BROWSER:-1} $(BIN)/python -m pytest -q tests/browser

check: .venv/ready  ## Check format, lint, types and what imports what
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports pyproject.toml

format: .venv/ready  ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/ready  ## Build the documentation as a site into site/
	@$(BIN)/python -c 'import mkdocs, mkdocstrings, latex2mathml' 2>/dev/null \
		|| $(BIN)/pip install --quiet --requirement requirements/docs.txt
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo "site/index.html is the first page; for its search: $(BIN)/python -m http.server -d site"

build: .venv/ready  ## Build sdist and wheel into dist/
	$(BIN)/python -m build --no-isolation

# One jax for all Pythons, so that a seed gives the same run on each of them.
lock: .venv/ready  ## Renew the pinned requirements
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-annotate --no-header \
		--extra dev --output-file requirements/lock.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-annotate --no-header \
		--constraints requirements/lock.txt \
		--output-file requirements/browser.txt requirements/browser.in
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-annotate --no-header \
		--constraints requirements/lock.txt --extra docs \
		--output-file requirements/docs.txt pyproject.toml
	echo torch | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-annotate --no-header \
		--constraints requirements/lock.txt --excludes /dev/stdin --extra test --extra interop \
		--output-file requirements/interop.txt pyproject.toml requirements/interop.in

clean:  ## Remove the environment, caches and builds; runs stay
	rm -rf .venv .venv-interop .venv-newest .venv-oldest .venv-oracles .venv-cluster build dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find solon tests -name __pycache__ -prune -exec rm -rf {} +

.venv/ready: requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Solon needs \
	Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" \
	>&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements/lock.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help demo endurance parity fuzz abuse plants oddities lab oracles test test-cluster test-studies test-newest test-oldest \
	test-browser test-interop check format docs build lock clean
