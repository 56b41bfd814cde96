# `make run` and `make test` do everything, on a machine with Python 3.11+ and make.
# Each step leaves a stamp only when it is complete, so an interrupted one is simply done again.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
MODELS := all-minilm-l6-v2 qwen2.5-coder-1.5b-instruct
UV ?= uv

.PHONY: run ask test check lint types contract lock eval clean

run: .venv/run.stamp ## Set everything up, index the sample articles, serve the page
	@$(BIN)/rag models fetch $(MODELS) || echo "Without a local model, answers are quoted from the articles."
	@$(BIN)/rag add evals/golden/articles
	@echo
	@echo 'Ask from the terminal too:  make ask Q="How many people died in the Lahaina fire?"'
	@echo 'Or with the command itself: $(BIN)/rag ask "…", $(BIN)/rag add YOUR-ARTICLES, $(BIN)/rag --help'
	@echo
	@exec $(BIN)/rag ui

ask: .venv/run.stamp ## make ask Q="a question"
	@test -n "$$Q" || { echo 'usage: make ask Q="a question"' >&2; exit 2; }
	@exec $(BIN)/rag ask "$$Q"

test: .venv/dev.stamp ## Set up what the tests need and run them
	@$(BIN)/rag models fetch all-minilm-l6-v2 || echo "The tests that need the embedding model will be skipped."
	$(BIN)/python -m pytest

check: test lint types contract eval ## All that CI checks

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

contract: .venv/dev.stamp
	$(BIN)/lint-imports

eval: .venv/dev.stamp ## Hold the golden set against its baselines; with the local model a sample of it
	@$(BIN)/rag models fetch $(MODELS)
	$(BIN)/rag eval run golden-extractive --gate evals/golden/baseline-extractive.jsonl
	$(BIN)/rag eval run golden-local-sample --gate evals/golden/baseline-local-sample.jsonl

lock: ## Compile the requirement files from pyproject.toml (needs uv)
	$(UV) pip compile pyproject.toml --extra local --group build --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header -q -o requirements/run.txt
	$(UV) pip compile pyproject.toml --extra local --extra postgres --extra baselines --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header -q -c requirements/run.txt -o requirements/dev.txt

clean: ## Remove the environment (the library and the models stay)
	rm -rf .venv

.venv/%.stamp: requirements/%.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@echo "Installing the dependencies into .venv (about 1 GB; a few minutes the first time) …"
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r $<
	$(PIP) check
	$(PIP) install --no-deps --no-build-isolation -q -e .
	@touch $@
