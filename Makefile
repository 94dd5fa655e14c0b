# The commands of this project. `make` alone lists them.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/installed
# what `check --deploy` looks at: a production as docs/settings.md describes it (the values are no secrets)
PRODUCTION := SECRET_KEY=only-for-this-check-Qx7-vT2_mZ9-kL4-wR8-pN3-bH6-cJ5-dF1-gS0 \
	DATABASE_URL=postgres://portal:portal@127.0.0.1/portal \
	ALLOWED_HOSTS=portal.example.com PORTAL_BASE_URL=https://portal.example.com BEHIND_PROXY=true \
	JIRA_BASE_URL=https://example.atlassian.net JIRA_USER=bot@example.com JIRA_API_TOKEN=only-for-this-check \
	JIRA_WEBHOOK_API_KEY=only-for-this-check-0123456789 JIRA_WEBHOOK_SECRET=only-for-this-check-9876543210 \
	AWS_MANAGEMENT_ROLE_ARN=arn:aws:iam::123456789012:role/account-vending-portal
PRODUCT := portal jira_bridge compliance vending audit taskqueue
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo sandbox test test-all lint bench chaos lock messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## everything at once, here, until Ctrl-C; ONCE=1 plays the story, checks it and ends
	@exec $(BIN)/python -m sandbox.demo $(if $(ONCE),--once)

sandbox: $(INSTALLED) ## only the sandbox AWS and the sandbox Jira, for a portal that runs elsewhere
	@exec $(BIN)/python -m sandbox

test: $(INSTALLED) ## the tests, without the slow ones and those that need a browser
	@$(BIN)/pytest -n auto --dist loadfile -m "not slow and not browser and not chaos"

test-all: $(INSTALLED) ## all tests; the browser ones need a Chromium
	@$(BIN)/pytest -n auto --dist loadfile

lint: $(INSTALLED) ## style, types, import direction, migrations, production settings
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --output-format concise .
	@$(BIN)/mypy $(PRODUCT) sandbox
	@out=$$($(BIN)/lint-imports --no-cache 2>&1) && echo "Imports point one way." || { echo "$$out"; exit 1; }
	@$(PRODUCTION) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run --skip-checks
	@$(PRODUCTION) $(BIN)/python -W ignore manage.py check --deploy --fail-level WARNING

bench: $(INSTALLED) ## the benchmarks
	@exec $(BIN)/python -m benchmarks

chaos: $(INSTALLED) ## 200 requests while workers are killed, PostgreSQL restarts and AWS misbehaves; minutes
	@exec $(BIN)/python -m benchmarks.chaos

lock: $(INSTALLED) ## recompile the pinned requirements
	@$(BIN)/$(LOCK) requirements/portal.in -o requirements/portal.txt
	@$(BIN)/$(LOCK) requirements/dev.in -o requirements/dev.txt

messages: $(INSTALLED) ## gather the texts of the pages into locale/, and compile their German
	@$(BIN)/python -W ignore manage.py messages

clean: ## remove all that these commands made
	@for file in .data/postgres/postmaster.pid .data/once/postgres/postmaster.pid; do \
		if [ -f $$file ] && kill -0 "$$(head -n 1 $$file)" 2>/dev/null; then \
			echo "The demo or a test still runs here. Stop it first."; exit 1; fi; done
	@rm -rf .venv .data .static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/dev.txt
	@PYTHON="$(PYTHON)" sh deploy/install
