# Every command of the project; `make` alone lists them. Works with GNU make 3.81 (macOS) and later.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN_STAMP := $(VENV)/.installed-run
# The first of these that is Python 3.11 or later makes the environment; `make PYTHON=/path/to/python` chooses.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python
PORT ?= 8000
DATA_DIR ?= .trigpoint
# How many processes run the tests: one more than processors, because tests also wait. Bytecode is cached for them, since
# they start hundreds of processes.
TEST_PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --quiet \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help install demo up worker worker-research worker-enrichment worker-scoring worker-signals migrate browser pgbouncer demo-data screenshots test test-fast test-again check openapi fmt bench faults fuzz lock compose-up compose-build compose-down clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv with the locked dependencies (again only when they changed)

demo: $(RUN_STAMP) ## Show everything at once: geocode some 3,850 real addresses on a platform of its own
	@$(BIN)/trigpoint demo

up: $(RUN_STAMP) ## Run the platform in the foreground (PORT=8000 DATA_DIR=.trigpoint)
	@$(BIN)/trigpoint up --port $(PORT) --data-dir $(DATA_DIR)

worker: $(RUN_STAMP) ## Run one more worker, on DATABASE_URL and REDIS_URL
	@$(BIN)/arq workers.Settings

worker-research worker-enrichment worker-scoring worker-signals: $(RUN_STAMP) ## Run a worker for that queue alone (with ENABLE_<QUEUE>_WORKER=false for the others)
	@WORKER_ROUTE=$(@:worker-%=%) $(BIN)/arq workers.Settings

migrate: $(RUN_STAMP) ## Bring the schema of DATABASE_URL, or of a running `make up`, up to date
	@$(BIN)/trigpoint migrate --data-dir $(DATA_DIR)

# Installs a Debian package, $(1), or says $(2).
define install_package
	as_root=; [ "$$(id -u)" = 0 ] || as_root="sudo -n"; \
	if command -v apt-get >/dev/null && $$as_root true; then \
		$$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
	else echo $(2) >&2; exit 1; fi
endef

browser: $(STAMP) ## Find a Chromium for the dashboard's tests (CHROMIUM=/path/to/one), or install Debian's
	@$(BIN)/python -m tests.browser.browser >/dev/null && exit 0; \
	$(call install_package,chromium,"No Chromium or Chrome is here: install one or set CHROMIUM to its path")

pgbouncer: ## Find PgBouncer for the tests that run behind it, or install Debian's
	@PATH="$$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer >/dev/null && exit 0; \
	$(call install_package,pgbouncer,"PgBouncer is not here: install it")

demo-data: $(STAMP) ## Run a platform that is filled with a campaign's and a sales team's data, until Ctrl-C
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m tests.browser.demo_platform

screenshots: $(STAMP) browser ## Take pictures of every page of the dashboard into docs/screenshots
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m tests.browser.screenshots docs/screenshots

test: $(STAMP) ## Run the whole test suite, on servers of its own; without a browser, without the tests in one
	@$(MAKE) --silent browser || true
	@unset DATABASE_URL REDIS_URL PYTHONDONTWRITEBYTECODE; $(BIN)/python -m pytest -q -n $(TEST_PROCESSES)

test-fast: $(STAMP) ## Run the unit tests, which need no servers
	@unset PYTHONDONTWRITEBYTECODE; $(BIN)/python -m pytest -q -n $(TEST_PROCESSES) tests/unit

test-again: $(STAMP) ## Run the tests that failed last time once more, one after the other
	@unset DATABASE_URL REDIS_URL PYTHONDONTWRITEBYTECODE; $(BIN)/python -m pytest -q --last-failed --last-failed-no-failures none

check: $(STAMP) ## Lint, check the format, the types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

openapi: $(STAMP) ## Write the OpenAPI document, its reference, and the client's models and methods
	@$(BIN)/trigpoint openapi >docs/openapi.json
	@$(BIN)/trigpoint openapi --format markdown >docs/api.md
	@$(BIN)/python -m app.web.contract.python_client docs/openapi.json

fmt: $(STAMP) ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## Measure speed, side by side with bare arq, aiohttp and Starlette
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m tests.benchmarks

faults: $(STAMP) ## Kill anything at any moment and check that nothing is lost (FAULT_ROUNDS=20, FAULT_SEED=N replays)
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m tests.faults --rounds $${FAULT_ROUNDS:-20}

fuzz: $(STAMP) ## Try new examples: in the property tests, and as requests made from the OpenAPI document (FUZZ_CASES=50000)
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m pytest -q -n $(TEST_PROCESSES) -m hypothesis --hypothesis-profile new
	@unset DATABASE_URL REDIS_URL; $(BIN)/python -m tests.fuzz --cases $${FUZZ_CASES:-50000}

lock: ## Write requirements.lock and requirements-run.lock anew from pyproject.toml (needs uv)
	$(LOCK) --extra dev --upgrade --output-file requirements.lock pyproject.toml
	$(LOCK) --extra s3 --extra build --constraint requirements.lock --output-file requirements-run.lock pyproject.toml

compose-up: ## Run everything in containers
	docker compose up

compose-build: ## Build the container image
	docker compose build

compose-down: ## Stop the containers; the data stays in its volumes
	docker compose down

clean: ## Remove .venv and the tools' caches; data folders stay
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define install_from
	@set -e; \
	new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	if ! new_enough $(BIN)/python; then \
		found=; \
		for python in $(PYTHON); do if new_enough "$$python"; then found=$$python; break; fi; done; \
		if [ -z "$$found" ]; then \
			echo "Trigpoint needs Python 3.11 or later; none of these is: $(PYTHON)" >&2; \
			echo "Install one, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; \
		fi; \
		echo "Making $(VENV) with $$("$$found" --version)"; \
		rm -rf $(VENV); \
		if command -v uv >/dev/null; then uv venv --quiet --python "$$found" $(VENV); \
		elif ! "$$found" -m venv $(VENV); then \
			rm -rf $(VENV); \
			echo "$$found has no working venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
		fi; \
	fi; \
	echo "Installing the dependencies in $(1): once, some minutes without a cache"; \
	if command -v uv >/dev/null; then pip="uv pip install --quiet --python $(BIN)/python"; \
	else \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null; \
		pip="$(BIN)/python -m pip install --quiet --disable-pip-version-check"; \
	fi; \
	$$pip --require-hashes -r $(1); \
	$$pip --no-deps --no-build-isolation -e .
endef

# What runs the platform; a check-out that is only used needs nothing else.
$(RUN_STAMP): requirements-run.lock pyproject.toml
	$(call install_from,requirements-run.lock)
	@touch $@

# The same with what tests and checks need. It has newer files than the rule above wants.
$(STAMP): requirements.lock pyproject.toml
	$(call install_from,requirements.lock)
	@touch $(RUN_STAMP) $@
