# Every verb does its own set-up; a second run installs nothing.
#
#   make compose PROMPT="jazz calm 90bpm" [SEED=7] [OUT=out]
#   make chat · make demo · make bot (Discord: needs a token in .env, see .env.example)
#   make test · make check · make train [MINUTES=60] [PRESET=small]
#   make setup · make lock (after a change of requirements.in) · make clean

SHELL := /bin/bash
READY := .venv/.ready
PYTHON_FILES := engine bot migrations tests tools

# Where the CPU build of torch is looked for before PyPI, whose Linux wheel brings some GB of
# CUDA. On a machine with a GPU: make setup TORCH_INDEX=
ifeq ($(shell uname -s),Linux)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif
export TORCH_INDEX

# Raw values, handed over in the environment: a prompt may hold quotes, apostrophes and dollars.
PROMPT ?=
SEED ?=
OUT ?= out
MINUTES ?= 60
PRESET ?= small
override PROMPT := $(value PROMPT)
override SEED := $(value SEED)
override OUT := $(value OUT)
export PROMPT SEED OUT MINUTES PRESET

.PHONY: setup compose test check train bot demo chat lock clean system
.DEFAULT_GOAL := help

.PHONY: help
help:
	@sed -n 's/^#   //p' Makefile

setup: system $(READY)

system:
	@tools/system-parts.sh

$(READY): requirements.lock
	@tools/python-parts.sh
	@touch $@

compose: setup
	@.venv/bin/python -m engine compose --out "$$OUT" $${SEED:+--seed "$$SEED"} -- "$$PROMPT"

# One thread for each of two processes: torch's own threads would fight over the same cores.
test: setup
	@tools/test-parts.sh
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(READY)
	.venv/bin/ruff format --check $(PYTHON_FILES)
	.venv/bin/ruff check $(PYTHON_FILES)
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python tools/readme_tree.py

train: $(READY)
	@.venv/bin/python -m engine train --preset "$$PRESET" --minutes "$$MINUTES"

bot: setup
	@.venv/bin/python -m bot

demo: setup
	@.venv/bin/python -m bot.demo $(ARGS)

chat: setup
	@.venv/bin/python -m bot.chat --out "$$OUT"

lock: $(READY)
	@tools/lock.sh

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(PYTHON_FILES) -name __pycache__ -type d -prune -exec rm -rf {} +
