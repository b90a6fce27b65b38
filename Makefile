# Everything a reader or a developer needs, by name: `make help`.
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install system small full test test-slow notebooks readme docs clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## make .venv with everything in it (Python 3.11 or newer; about 3 minutes, once)

$(STAMP): setup.py settings.ini constraints.txt
	@VENV=$(VENV) sh tools/repo/install.sh

system:  ## on Debian as root: get a TeX and a Chromium from apt if there is none; elsewhere say what is missing
	@sh tools/repo/system.sh

small: $(STAMP)  ## build, train, evaluate, visualize and predict on the bundled formulas
	$(BIN)/python tools/small.py

full: $(STAMP)  ## im2latex-100k: download, build, train, evaluate; wants a GPU. Stopped, it goes on. ARGS=--help lists options
	$(BIN)/python tools/full.py $(ARGS)

test: $(STAMP) system  ## every check: notebooks, pytest, docs site; last line "N passed, N failed"
	@$(BIN)/python tools/repo/test.py

test-slow: $(STAMP) system  ## the same, with the cells and tests marked slow
	@$(BIN)/python tools/repo/test.py --slow

notebooks: $(STAMP)  ## export, then execute every notebook in place and keep its outputs
	$(BIN)/nbdev_export
	$(BIN)/python tools/repo/run.py
	$(BIN)/nbdev_export
	$(BIN)/python tools/repo/readme.py

readme: $(STAMP)  ## write README.md from nbs/index.ipynb
	$(BIN)/python tools/repo/readme.py

docs: $(STAMP)  ## build the docs site into _docs (no Quarto needed)
	$(BIN)/python tools/repo/site.py --out _docs

clean:  ## remove what the tools built (keeps .venv, data and results)
	rm -rf _proc _docs _site build dist .pytest_cache
	find . -name .git -prune -o -name $(VENV) -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} +
