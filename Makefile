# Cénacle : tout ce qu'une machine Debian neuve (Python 3.11 à 3.13, make, python3-venv) doit savoir lancer.
# `make` seul affiche l'aide, tirée des commentaires ## de ce fichier.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
BIN := .venv/bin
# A certified OpenID Connect provider, which the tests of the sign-in start on loopback, and a reader of diaries.
PROVIDER := tests/support/provider
SUITES := unit functional migrations repository browser
# What must have every line and every branch covered by the unit tests (architecture, section 8).
COVERED := policies/*,backend/crypto/*,backend/audit/*,backend/authorization/*

# The first Python that is recent enough and can make an environment.
PYTHON = $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
# The tests open thousands of short-lived stores: in memory they take a tenth of the time that a disk takes.
MEMORY = $(shell [ "$$(df --output=avail --block-size=G /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)" -ge 8 ] 2>/dev/null && echo /dev/shm)
# uv does in seconds what pip does in a minute; both check the hashes.
INSTALL = $(if $(shell command -v uv),uv pip install --quiet --python $(BIN)/python --compile-bytecode,$(BIN)/pip install --quiet \
	--disable-pip-version-check) --no-deps --require-hashes --requirement

.PHONY: help demo check static test system coverage format guides screenshots bench lock clean

help: ## Affiche cette aide
	@echo "Cénacle. Commandes :"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.service ## Installe et lance la démonstration sur http://127.0.0.1:8000 (PORT=…) : 3 minutes la première fois, puis quelques secondes
	@echo "Démonstration : magasins embarqués et données fictives dans demo-data/ (75 secondes la première fois), puis service sur le port $(PORT)."
	@$(BIN)/cenacle demo --data demo-data --port $(PORT)

check: static ## Vérification rapide : forme, types, frontières, tests unitaires (2 minutes)
	@echo "Tests unitaires."
	@TMPDIR=$(or $(MEMORY),$(TMPDIR)) $(BIN)/pytest tests/unit -q -n auto

test: .venv/.complete system $(PROVIDER)/node_modules/.complete ## Vérification complète, installe ce qui manque (moins de 30 minutes sur 2 cœurs)
	@echo "Vérification complète : moins de 30 minutes sur 2 cœurs."
	@times=""; took() { times+=$$(printf '%-14s %4d s' "$$1" $$(( $$(date +%s) - begin )))$$'\n'; }; \
	export TMPDIR=$(or $(MEMORY),$(TMPDIR)); \
	begin=$$(date +%s); $(MAKE) --no-print-directory static; took static; \
	for suite in $(SUITES); do \
		echo "Suite $$suite."; \
		begin=$$(date +%s); \
		$(BIN)/pytest tests/$$suite -q -n auto $$([ $$suite != unit ] || echo --cov --cov-report=); \
		took $$suite; \
	done; \
	$(MAKE) --no-print-directory coverage; \
	printf 'Durées\n%s' "$$times"

static: .venv/.complete
	@echo "Forme, types et frontières entre modules (1 minute)."
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

coverage:
	@echo "Couverture exigée : toutes les lignes et toutes les branches de $(COVERED)."
	@$(BIN)/coverage report --include='$(COVERED)' --fail-under=100

system:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=" postgresql"; \
	for program in chromium caddy openssl qpdf node npm; do command -v $$program >/dev/null || missing+=" $${program/#node/nodejs}"; done; \
	command -v pdfinfo >/dev/null || missing+=" poppler-utils"; \
	command -v softhsm2-util >/dev/null || missing+=" softhsm2"; \
	[ -z "$$missing" ] && exit 0; \
	install="apt-get install -y --no-install-recommends$$missing"; \
	if [ "$$(id -u)" != 0 ]; then \
		echo "Il manque des paquets Debian. Lancez : sudo apt-get update && sudo $$install" >&2; exit 1; \
	fi; \
	echo "Installation des paquets Debian qui manquent :$$missing (2 minutes)."; \
	export DEBIAN_FRONTEND=noninteractive; apt-get update -q && $$install

format: .venv/.complete ## Met en forme le code et corrige ce que ruff sait corriger (5 secondes)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

guides: .venv/.complete ## Refait les images des guides, d'après la démonstration (1 minute)
	@$(BIN)/python -m tests.support.guide_pictures

screenshots: .venv/.complete ## Photographie toutes les pages et dit lesquelles ont changé (ACCEPT=1 : les accepte ; 6 minutes)
	@$(BIN)/python -m tests.support.gallery $(if $(ACCEPT),--accept)

bench: .venv/.complete system .bench/comparators/.complete ## Mesure les objectifs de docs/performance.md (OPTIONS=--quick : moins de 3 minutes ; --soak, --full : voir la page)
	@TMPDIR=$(or $(MEMORY),$(TMPDIR)) PYTHONPATH=.bench/comparators $(BIN)/python -m tests.bench $(OPTIONS)

lock: .venv/.complete ## Récrit requirements.lock d'après pyproject.toml (10 secondes, réseau nécessaire)
	@.ci/lock

clean: ## Efface l'environnement, les caches et les données de démonstration (1 seconde)
	rm -rf .venv .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* build *.egg-info \
		demo-data demo-data.* $(PROVIDER)/node_modules
	find backend policies migrations tests -name __pycache__ -prune -exec rm -rf {} +

# The lock pins every package by its hash and names no place to fetch it from; no script of theirs is run.
$(PROVIDER)/node_modules/.complete: $(PROVIDER)/package.json $(PROVIDER)/package-lock.json | system
	@echo "Installation du fournisseur d'identité et du lecteur d'agendas des essais, empreintes vérifiées (quelques secondes)."
	@cd $(PROVIDER) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# Beside the environment and never in it: what is measured against must not become what the service runs on.
.bench/comparators/.complete: tests/bench/requirements.lock | .venv/.complete
	@echo "Installation des bibliothèques de comparaison, empreintes vérifiées (quelques secondes)."
	@$(INSTALL) $< --target .bench/comparators
	@touch $@

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Il faut Python 3.11, 3.12 ou 3.13 et le module venv (Debian : apt-get install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# The part of the lock above the marker is what the service needs.
.venv/.service: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installation des bibliothèques du service, empreintes vérifiées (1 minute, quelques secondes si uv est là)."
	@sed '/^# --- development/,$$d' requirements.lock > .venv/service.lock
	@$(INSTALL) .venv/service.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q backend policies migrations
	@touch $@

.venv/.complete: .venv/.service
	@echo "Installation des outils de développement, empreintes vérifiées (1 minute, quelques secondes si uv est là)."
	@$(INSTALL) requirements.lock
	@touch $@
