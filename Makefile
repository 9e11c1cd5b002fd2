# Everything sets itself up: Python 3.11 or newer and make are all that a fresh machine needs.
#   make run [PORT=9000]     the sandbox: a local Slack, the bot and the public page
#   make test [ARGS="-k …"]  the whole suite
#   make faults [N=1000]     everything that can break, broken: short, or long and kept for the docs
#   make messages            the page's catalogues, brought up to its texts
#   make gallery             every state of the page, as pictures in .gallery and in docs

CANDIDATES = python3 python3.14 python3.13 python3.12 python3.11 python
SUITABLE = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: run test npm lint types bench faults gallery weights lighthouse docs messages lock sbom clean

run: .venv/.installed
	@exec .venv/bin/duckrow sandbox

test: .venv/.dev npm
	.venv/bin/python -m pytest -n auto --dist worksteal $(ARGS)

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.dev
	.venv/bin/mypy

bench: .venv/.dev
	.venv/bin/python -m tests.bench.run $(ARGS)

faults: .venv/.dev
	.venv/bin/python -m tests.faults.run $(if $(N),--n $(N) --keep) $(ARGS)

gallery: .venv/.dev
	.venv/bin/python -m tests.gallery.render $(ARGS)

weights: .venv/.dev
	.venv/bin/python -m tests.gallery.weights

# Lighthouse and what it needs take 200 MB, so that the tests do without.
lighthouse: .venv/.dev
	npm install --prefix .gallery/npm --no-save --ignore-scripts --no-audit --no-fund lighthouse@12.8.2
	.venv/bin/python -m tests.gallery.lighthouse

messages: .venv/.dev
	.venv/bin/python -m tests.support.messages

docs: .venv/.dev
	.venv/bin/duckrow docs

lock: .venv/.run
	.venv/bin/python -m venv --clear .venv/lock
	.venv/lock/bin/python -m pip --disable-pip-version-check --quiet install 'pip-tools>=7.5,<8'
	.venv/lock/bin/python .ci/lock.py

sbom: .venv/.dev
	.venv/bin/python .ci/sbom.py

# What people made with it, the ledger and the published page, stays.
clean:
	rm -rf .venv .gallery tests/node_modules build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache
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

# The checks of the page's HTML; where there is no npm they are skipped, and say so.
npm:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tests/node_modules/.installed; fi

tests/node_modules/.installed: tests/package.json tests/package-lock.json
	@npm ci --prefix tests --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
