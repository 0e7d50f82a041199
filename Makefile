# `make demo` shows the main job; `make test` proves it. Both set up what they need.
# Everything is installed into .venv; Debian packages only where this account may install them.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: help setup setup-tests setup-bench demo test lint accuracy bench bench-intake bench-pack bench-old-mailbox hostile measurements recognition odd-mail diagram clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/ready ## what mailbot needs to run, in .venv
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

setup-tests: .venv/ready-for-tests ## what the tests need besides: tools in .venv, servers from Debian
	@tests/servers/install
.venv/ready-for-tests: requirements-dev.lock .venv/ready
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

setup-bench: .venv/ready-for-bench ## what the measurements need besides: the libraries to compare with
	@tests/servers/install
.venv/ready-for-bench: requirements-bench.lock .venv/ready
	$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

demo: setup ## a whole Rapid Review, played with a moving clock
	$(BIN)/mailbot demo

test: setup-tests lint ## everything: linters, types, and the tests on real servers
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup-tests ## ruff, mypy and hadolint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile

accuracy: setup-bench ## how right the reader is, over filled forms with known answers
	$(BIN)/python -m benchmarks.accuracy

bench: setup-bench ## how fast the reader is, beside the bare libraries
	$(BIN)/python -m benchmarks.speed

bench-intake: setup-bench ## from a mailbox of 500 mails to cases, beside two trackers from PyPI
	$(BIN)/python -m benchmarks.intake

bench-pack: setup-tests ## a meeting pack of 30 returns, beside LibreOffice alone, written into docs/pack-measured.md
	$(BIN)/python -m benchmarks.pack --write docs/pack-measured.md

bench-old-mailbox: setup-bench ## a pass over 50,000 old mails, beside one over 500
	$(BIN)/python -m benchmarks.old_mailbox

hostile: setup-bench ## bombs, cut files and flipped bytes through the reader
	$(BIN)/python -m benchmarks.hostile

measurements: setup-bench ## all three, written into docs/reading.md
	$(BIN)/python -m benchmarks.publish

recognition: setup ## how right the bot recognises 218 invented mails, with every miss
	$(BIN)/python -m benchmarks.recognition

odd-mail: setup ## the table of odd mails in docs/mail.md, drawn from tests/eml
	$(BIN)/python -m benchmarks.odd_mail

diagram: setup ## the stages of a case, drawn into docs/stages.md
	$(BIN)/mailbot stages > docs/stages.md

clean: ## remove what was set up and played
	rm -rf .venv demo .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
