# Needs Python 3.11 or newer and make; everything else is installed into .venv.
# `make help` lists what there is.

PYTHON ?= python3
VENV ?= .venv
export VENV
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

## Run it

run: environment  ## run Brownout on http://localhost:8000/ until Ctrl-C (PORT, DATA_DIR … see docs/settings.md)
	@exec $(BIN)/python -m config.local.run

demo: environment  ## replay a reconstructed outage into the running site, sixty times as fast
	@exec $(BIN)/python manage.py demo

vantage: environment  ## run one more vantage's probes: make vantage NAME=paris REDIS_URL=…
	@test -n "$(NAME)" || { echo 'Give the vantage a name: make vantage NAME=paris REDIS_URL=…' >&2; exit 2; }
	@exec $(BIN)/python -m config.local.run probe $(NAME)

## Check it

test: development browser  ## every check and every test, as CI runs them
	@exec $(BIN)/python tools/checks.py all

check: development  ## style, types, import rules and the fast tests
	@exec $(BIN)/python tools/checks.py fast

bench: development  ## measure what the README promises
	@exec $(BIN)/python -m bench

guide: development  ## follow docs/operation.md command by command in a fresh clone, as an ordinary account
	@exec $(BIN)/python tools/guide.py

gameday: development  ## kill, freeze, fill and flood a running site part by part, and count what was lost (see docs/reliability.md)
	@exec $(BIN)/python -m tools.gameday $(if $(SECONDS),--seconds $(SECONDS)) $(if $(NGINX),--nginx)

mirror: development  ## kill Django, the product and its host under readers while a copy serves elsewhere: make mirror READS=3000 SECONDS=20
	@exec $(BIN)/python -m tools.gameday.mirror $(if $(READS),--reads $(READS)) $(if $(SECONDS),--seconds $(SECONDS))

machines: development  ## ten hosts in network namespaces, each dead and cut off in turn under load, as root (see docs/scaling.md); ONLY="db1-dead"
	@exec $(BIN)/python -m tools.machines $(ONLY) $(if $(REPORTS),--reports $(REPORTS)) $(if $(READS),--reads $(READS)) $(if $(SLACK),--slack $(SLACK))

worlds: development  ## score the detector on all kinds of day, seven seeds each: 1,000 quiet days, 300 outages; JOBS (2)
	@exec $(BIN)/python manage.py backtest --nightly --jobs $(or $(JOBS),2)

format: development  ## put the code into the common style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

messages: development  ## bring the translations in locale/ up to date with the texts of the pages
	@exec $(BIN)/python tools/messages.py

texts: development  ## show each text of a language with rendered examples: make texts LANGUAGE=de
	@exec $(BIN)/python tools/texts.py --list --language $(or $(filter-out %_%,$(LANGUAGE)),en)

client: development  ## make the clients in clients/ (Python, TypeScript) anew from the API's description
	@exec $(BIN)/python tools/client.py

description: development  ## hold the API's description against Redocly, Spectral and TypeScript (Node.js, npm)
	@exec $(BIN)/python tools/description.py

homeassistant: environment  ## test the Home Assistant integration in Home Assistant's own harness (Python 3.13)
	@exec $(BIN)/python tools/homeassistant.py

attacker: development  ## try to find withheld numbers in the answers about DAYS (5) random days: make attacker DAYS=20
	@ATTACKER_DAYS=$(or $(DAYS),5) exec $(BIN)/python -m pytest -q -s tests/outages/analytics/test_attacker.py

schema-run: development  ## try every operation of the API for MINUTES (10), from SEED: make schema-run MINUTES=10 SEED=1
	@exec $(BIN)/python tools/schema_run.py --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

fuzz: development  ## play everything that can happen in any order for MINUTES (10), from SEED: make fuzz MINUTES=30 SEED=1
	@exec $(BIN)/python tools/fuzz.py --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

zoo: development  ## probe and read a zoo of misbehaving servers on this machine for MINUTES (60)
	@exec $(BIN)/python tools/zoo.py --minutes $(or $(MINUTES),60)

lighthouse: environment  ## measure the main pages of the running site with Lighthouse (Node.js): make lighthouse SITE=http://localhost:8000
	@exec $(BIN)/python tools/lighthouse.py $(if $(SITE),--site $(SITE))

screenshots: development browser  ## take the pictures of the docs from the running site
	@exec $(BIN)/python tools/screenshots.py

## Look after it

backup: environment  ## save the database into a file: make backup FILE=brownout.dump (back: make restore FILE=…)
	@test -n "$(FILE)" || { echo 'Name the file: make backup FILE=brownout.dump' >&2; exit 2; }
	@exec $(BIN)/python -m config.local.backup save "$(FILE)"

restore: environment  ## put the database back into the state of a file; what came later is lost
	@test -n "$(FILE)" || { echo 'Name the file: make restore FILE=brownout.dump' >&2; exit 2; }
	@exec $(BIN)/python -m config.local.backup load "$(FILE)"

restore-drill: environment  ## prove that a backup can be restored, without touching the site: make restore-drill FILE=…
	@test -n "$(FILE)" || { echo 'Name the file: make restore-drill FILE=brownout.dump' >&2; exit 2; }
	@exec $(BIN)/python -m config.local.backup drill "$(FILE)"

lock: environment  ## write requirements*.lock anew: all libraries with hashes (needs the internet)
	@exec $(BIN)/python tools/release.py lock

sbom: environment  ## list all libraries with versions and licences in dist/ (CycloneDX)
	@exec $(BIN)/python tools/release.py sbom

audit: environment  ## ask for known advisories of the pinned libraries (needs the internet)
	@exec $(BIN)/python tools/release.py audit

release: environment  ## sources, SBOM and checksums of the last commit in dist/
	@exec $(BIN)/python tools/release.py release

clean:  ## remove the virtual environment and what the checks left; the data stay
	@rm -rf $(VENV) $(VENV).lock .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@rm -rf .coverage htmlcov test-results
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } /^## / { printf "\n%s\n", substr($$0, 4) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

environment:
	@$(PYTHON) tools/environment.py

development:
	@$(PYTHON) tools/environment.py --development

browser:
	@$(BIN)/python tools/browser.py --install

.PHONY: run demo vantage test check bench mirror machines worlds gameday guide format messages texts client description homeassistant schema-run fuzz zoo lighthouse screenshots backup restore restore-drill lock sbom audit release clean help environment development browser attacker
