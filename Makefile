# Two commands for a newcomer: `make demo` and `make test`. The others are for those who stay.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SANDBOX_PORT ?= 8420
export PORT SANDBOX_PORT

.DEFAULT_GOAL := help
.PHONY: help demo stop test check format lint types imports migrations deploy-check messages messages-check deps docs-check css glossary requirements bench-ledger bench-storefront bench-webhooks bench-reports simulate clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(BIN)/base.stamp: requirements/base.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

$(BIN)/dev.stamp: requirements/dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(BIN)/base.stamp

demo: $(BIN)/base.stamp ## the whole shop on this machine, with invented content; DETACH=1 returns when it answers
	@$(BIN)/python -m shop.demo $(if $(DETACH),--detach)

stop: ## ends a detached demo
	@test -x $(BIN)/python && $(BIN)/python -m shop.demo --stop

test: $(BIN)/dev.stamp ## every test
	@$(BIN)/python -m shop.messages
	@$(BIN)/pytest -n 3 --dist worksteal

# Two at a time: the last of these also makes the migrated database that the tests then start from.
QUICK := format lint types imports migrations deploy-check messages-check deps docs-check

check: $(BIN)/dev.stamp ## what CI runs
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(QUICK)
	@$(MAKE) --no-print-directory test

format: $(BIN)/dev.stamp
	@$(BIN)/ruff format --check .

lint: $(BIN)/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/hadolint Dockerfile

types: $(BIN)/dev.stamp
	@$(BIN)/mypy

imports: $(BIN)/dev.stamp
	@$(BIN)/lint-imports

migrations: $(BIN)/dev.stamp
	@DJANGO_SETTINGS_MODULE=shop.settings.test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deploy-check: $(BIN)/dev.stamp
	@$(BIN)/python -m shop.deploy_check

messages: $(BIN)/dev.stamp ## collects the texts for translation into locale/
	@$(BIN)/python -m shop.messages --collect

messages-check: $(BIN)/dev.stamp
	@$(BIN)/python -m shop.messages --check

deps: $(BIN)/dev.stamp
	@$(BIN)/deptry .

docs-check: $(BIN)/dev.stamp
	@$(BIN)/pytest -n 0 -q tests/unit/docs

css: $(BIN)/dev.stamp ## joins the components' styles into the one sheet that pages load
	@$(BIN)/python -m tests.unit.design.stylesheet

glossary: $(BIN)/dev.stamp ## writes the enumerations of the code into docs/glossary.md
	@$(BIN)/python -m tests.support.glossary

requirements: ## compiles requirements/*.in to pinned, hashed files
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/base.in -o requirements/base.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements/dev.in -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url bench/webhooks/peer.in -o bench/webhooks/peer.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url bench/reports/peer.in -o bench/reports/peer.txt

bench-ledger: $(BIN)/dev.stamp ## postings per second beside django-hordak, and the audit of ten million
	@$(BIN)/python -m bench.ledger

bench-storefront: $(BIN)/dev.stamp ## public pages beside a stock Oscar shop and a bare view
	@$(BIN)/python -m bench.storefront

bench-webhooks: $(BIN)/dev.stamp ## notices acknowledged and acted on, beside dj-stripe; BENCH_QUICK=1 for a quick check
	@$(BIN)/python -m bench.webhooks

bench-reports: $(BIN)/dev.stamp ## reports, attribution, the seal and receipts on ten million postings; BENCH_QUICK=1 for a quick check
	@$(BIN)/python -m bench.reports

simulate: $(BIN)/dev.stamp ## five years of 2,000 monthly donors on the provider's clock; the tests live 50 of them
	@$(BIN)/python -m tests.simulation

clean: stop ## removes what the demo and the tests made
	@$(if $(wildcard $(BIN)/python),$(BIN)/python -m shop.embedded,true)
	@rm -rf var
