# Deux commandes suffisent : « make rapports » et « make tests ».
# Autre interpréteur : make rapports PYTHON=python3.12
PYTHON ?= python3
RTPE = .venv/bin/rtpe
EXEMPLE ?=

.PHONY: rapports tests verifier banc labo installation installation-tests propre aide verrouiller
.DEFAULT_GOAL := aide

aide: ## montrer cette aide
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## / : /'

rapports: installation ## fabriquer l'exemple au besoin, tout calculer, produire les rapports
	@echo "Environ cinq minutes la première fois ; en petit : make rapports EXEMPLE=--petit"
	@$(RTPE) exemple $(EXEMPLE)
	@echo "L'exemple contient exprès quelques fichiers abîmés : ils vont être refusés, les autres entrent."
	@$(RTPE) recevoir --jeu exemple --recu-le 2026-10-05 donnees/exemple/depot || test $$? -eq 3
	@$(RTPE) rapports --jeu exemple

tests: installation-tests ## lancer toute la suite de tests
	@.venv/bin/python -m pytest -n auto --dist loadfile

verifier: installation-tests ## style, types et tests
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
	@.venv/bin/python -m pytest -n auto --dist loadfile

banc: installation-tests ## mesurer rapports et démarrage à côté des commandes usuelles (dix minutes)
	@.venv/bin/python -m bancs demarrage
	@.venv/bin/python -m bancs rapports

labo: .venv/.labo ## ouvrir JupyterLab sur les carnets
	@$(RTPE) labo

installation: .venv/.installe
installation-tests: .venv/.tests

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
		|| { echo "Il faut Python 3.11 à 3.14 : indiquez-le, par exemple make rapports PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.installe: exigences.txt pyproject.toml | .venv/bin/python
	@echo "Installation des dépendances (une fois)…"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r exigences.txt
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tests: exigences-tests.txt .venv/.installe
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r exigences-tests.txt
	@touch $@

.venv/.labo: exigences-labo.txt .venv/.installe
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r exigences-labo.txt
	@touch $@

propre: ## effacer ce qui est jetable (jamais les données réelles reçues)
	@rm -rf rapports/exemple donnees/exemple .pytest_cache .mypy_cache .ruff_cache

verrouiller: ## recalculer les versions verrouillées (demande uv)
	@echo 'setuptools>=77' > .exigences.in
	@$(UVC) pyproject.toml .exigences.in -o exigences.txt
	@$(UVC) pyproject.toml .exigences.in --extra labo -c exigences.txt -o exigences-labo.txt
	@$(UVC) pyproject.toml .exigences.in --extra dev -c exigences.txt -o exigences-tests.txt
	@rm -f .exigences.in

UVC = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make verrouiller"
