# The commands of this repository. `make render` and `make test` each work on a fresh clone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The environment to render with: what requirements.lock names, and our own package.
$(VENV)/.render: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tenantry needs Python 3.11 or newer; set PYTHON=python3.12, say")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.lock
	$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

# What the programs in infra/ import: Pulumi and its SDKs.
$(VENV)/.infra: $(VENV)/.render requirements-infra.lock
	$(PIP) --requirement requirements-infra.lock
	@touch $@

# The environment to develop with: also test runner, linter, type checker.
$(VENV)/.develop: $(VENV)/.infra requirements-dev.lock
	$(PIP) --requirement requirements-dev.lock
	@touch $@

.PHONY: render
render: $(VENV)/.render ## Validate tenants/ and write the trees of all clusters to build/
	$(BIN)/tenantry render

.PHONY: validate
validate: $(VENV)/.render ## Validate tenants/, clusters/ and apps/ and write nothing
	$(BIN)/tenantry validate $(if $(FORMAT),--format $(FORMAT))

.PHONY: test
test: $(VENV)/.develop ## Run the tests
	$(BIN)/python -m pytest

.PHONY: e2e
e2e: $(VENV)/.develop ## Ask a real API server and Argo CD (needs Go and redis; some minutes)
	@$(BIN)/python -m tests.e2e.programs
	$(BIN)/python -m pytest tests/e2e -n 3

.PHONY: demo
demo: $(VENV)/.develop ## Run the platform on this machine to play with; Ctrl-C ends it
	@$(BIN)/python -m tests.e2e.gitops.demo

.PHONY: redis
redis: ## Install redis-server, which e2e and demo need, where it is missing
	@bash .ci/install-redis

.PHONY: lint
lint: $(VENV)/.develop ## Check format, style, types, import directions, workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --quiet --offline --persona pedantic .github

.PHONY: format
format: $(VENV)/.develop ## Put the code into its format
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

.PHONY: generate
generate: $(VENV)/.develop ## Write the generated files anew: JSON Schema, reference pages
	$(BIN)/tenantry schema --write

.PHONY: lock
lock: $(VENV)/.develop ## Resolve the dependencies anew and write all lock files
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --upgrade pyproject.toml --group build --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --upgrade --constraint requirements.lock pyproject.toml \
	  --group build --group dev --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --upgrade --constraint requirements-dev.lock pyproject.toml \
	  --group build --group infra --output-file requirements-infra.lock

.PHONY: preview
preview: $(VENV)/.infra ## Show what a stack would change: make preview STACK=prod-tenants-00
	@test -n "$(STACK)" || { echo "name a stack: make preview STACK=dev, or prod-tenants-00" >&2; exit 2; }
	@command -v pulumi >/dev/null || { echo "pulumi is missing: https://www.pulumi.com/docs/install" >&2; exit 2; }
	@test -n "$$PULUMI_CONFIG_PASSPHRASE_FILE" || export PULUMI_CONFIG_PASSPHRASE="$$PULUMI_CONFIG_PASSPHRASE"; \
	  pulumi stack select --create "$(STACK)" && pulumi preview --stack "$(STACK)" --diff

.PHONY: bench
bench: $(VENV)/.develop ## Measure rendering of 1, 1,000 and 10,000 tenants, what apps add, a preview of 25
	$(BIN)/python -m benchmarks.rendering
	$(BIN)/python -m benchmarks.apps
	$(BIN)/python -m benchmarks.preview

.PHONY: mutants
mutants: $(VENV)/.develop ## Count the mutants of reader and rules that the tests kill: an hour
	nice $(BIN)/python -m benchmarks.mutants $(PART)

.PHONY: clean
clean: ## Remove what render and the environment wrote
	rm -rf $(VENV) build .mutants
