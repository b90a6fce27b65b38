# Everything a reader or a developer needs, by name: `make help`. The times are those of two processor cores.
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
READS  := $(VENV)/.reads

.DEFAULT_GOAL := help
.PHONY: help read test small install system full check test-slow notebooks readme docs findings clean

help:  ## list the targets (no time)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

read: $(READS)  ## read the bundled pictures, or PICTURE=mine.png: LaTeX and confidence (6 s; about a minute the first time, which installs what reading needs)
	@$(BIN)/python tools/repo/read.py

$(READS): settings.ini constraints.txt
	@if [ -e $(STAMP) ]; then touch $@; else VENV=$(VENV) sh tools/repo/install.sh reading; fi

test: $(STAMP) system  ## every check: notebooks, pytest, docs site; last line "N passed, N failed" (20 minutes). SYSTEM=no leaves apt alone
	@$(BIN)/python tools/repo/test.py

small: $(STAMP)  ## build, train, evaluate, visualize and predict on the bundled formulas (2 minutes)
	$(BIN)/latexocr demo

install: $(STAMP)  ## make .venv with everything in it; needs Python 3.11 or newer (3 minutes, once). LOCK=yes takes the versions of lock.txt

$(STAMP): setup.py settings.ini constraints.txt
	@VENV=$(VENV) sh tools/repo/install.sh

system:  ## on Debian as root: get a TeX and a Chromium from apt if there is none; elsewhere say what is missing (2 minutes, once)
	@sh tools/repo/system.sh

full: $(STAMP)  ## im2latex-100k: download, build, train, evaluate (hours on a GPU). Stopped, it goes on. ARGS=--help lists options
	$(BIN)/latexocr im2latex $(ARGS)

check: $(STAMP)  ## NB=06: export, run that notebook in place, clean it, run its tests (under a minute)
	@$(BIN)/python tools/repo/check.py $(NB)

test-slow: $(STAMP) system  ## the same as test, with the cells and tests marked slow (an hour)
	@$(BIN)/python tools/repo/test.py --slow

notebooks: $(STAMP)  ## export, then execute every notebook in place and keep its outputs (10 minutes)
	$(BIN)/nbdev_export
	$(BIN)/python tools/repo/run.py
	$(BIN)/nbdev_export
	$(BIN)/python tools/repo/readme.py

readme: $(STAMP)  ## write README.md and CONTRIBUTING.md from their notebooks (1 s)
	$(BIN)/python tools/repo/readme.py

docs: $(STAMP)  ## build the docs site into _docs, no Quarto needed (30 s)
	$(BIN)/python tools/repo/site.py --out _docs

findings:  ## run every script in findings/, what others' tools do against expectation; installs what they name (5 minutes, not in CI)
	@sh findings/run.sh

clean:  ## remove what the tools built; keeps .venv, data and results (1 s)
	rm -rf _proc _docs _site build dist .pytest_cache
	find . -name .git -prune -o -name $(VENV) -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} +
