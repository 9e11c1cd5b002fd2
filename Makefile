# Everything sets itself up: Python 3.11 or newer and make are all that a fresh machine needs.
#   make run [PORT=9000]     the sandbox: a local Slack, the bot and the public page
#   make test [ARGS="-k …"]  the whole suite

CANDIDATES = python3 python3.14 python3.13 python3.12 python3.11 python
SUITABLE = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint types bench docs lock clean

run: .venv/.installed
	@exec .venv/bin/duckrow sandbox

test: .venv/.dev
	.venv/bin/python -m pytest -n auto $(ARGS)

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.dev
	.venv/bin/mypy

bench: .venv/.dev
	.venv/bin/python -m tests.bench.run $(ARGS)

docs: .venv/.dev
	.venv/bin/duckrow docs

lock: .venv/.run
	.venv/bin/python -m venv --clear .venv/lock
	.venv/lock/bin/python -m pip --disable-pip-version-check --quiet install 'pip-tools>=7.5,<8'
	.venv/lock/bin/python .ci/lock.py

# What people made with it, the ledger and the published page, stays.
clean:
	rm -rf .venv build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache
	find bot storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows the locks: another lock, another environment, so that nothing stale is left in it.
.venv/.run: .ci/requirements.lock
	@for python in $(CANDIDATES); do \
	    $$python -c '$(SUITABLE)' 2>/dev/null && break; python=; \
	done; \
	test -n "$$python" || { \
	    echo "Duckrow needs Python 3.11 or newer with its venv module, and found none (looked for: $(CANDIDATES))." >&2; \
	    echo "Install it, for example with: apt-get install python3 python3-venv" >&2; exit 1; }; \
	echo "Setting up .venv with $$($$python --version) ..."; $$python -m venv --clear .venv
	@$(PIP) install --require-hashes -r .ci/requirements.lock
	@touch $@

.venv/.installed: .venv/.run pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.installed .ci/requirements-dev.lock
	@$(PIP) install --require-hashes -r .ci/requirements-dev.lock
	@touch $@
