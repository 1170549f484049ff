# Everything a newcomer needs; `make help` lists it. Builds are optimised: unoptimised kernels are ten times slower.

PREFIX ?= /usr/local
DESTDIR ?=
# Not every shell expands the ~ of PREFIX=~/.local.
ROOT = $(DESTDIR)$(patsubst ~/%,$(HOME)/%,$(PREFIX))
TARGET = $(ROOT)/bin
MANUAL = $(ROOT)/share/man/man1
BASH = $(ROOT)/share/bash-completion/completions
FISH = $(ROOT)/share/fish/vendor_completions.d
VIM = $(ROOT)/share/vim/vimfiles
SWIFT ?= swift

# The programs carry Swift's standard library in themselves, so that they run (and start fast) where no Swift is installed.
BUILD = $(SWIFT) build -c release --static-swift-stdlib
BIN = .build/release

# Tests see what is internal to a module, for which all of it is compiled in another way: in a folder of its own, so that going from
# one to the other compiles nothing again. The programs built there are the ones that the tests of the command line run.
TESTS = .build/tests
TEST = $(SWIFT) test -c release --scratch-path $(TESTS) --disable-xctest

DEMO = .build/demo

# Options of scripts/bench: make bench BENCH="--only mlp_small --rounds 2"
BENCH ?=

# Options of scripts/compare: make compare COMPARE="--seed 1000 --models 50 --jit tcc,cc"
COMPARE ?=

.PHONY: all setup setup-tests demo examples test bench compare install uninstall format lint clean help

all: setup
	@$(BUILD) --product nncc
	@$(BUILD) --product nnrun

setup:
	@scripts/setup

setup-tests:
	@scripts/setup tests

demo: all
	@rm -rf $(DEMO)
	@echo "Training examples/digits.nn: 64-100-10 on 1,797 handwritten digits of 8 x 8 pixels."
	@$(BIN)/nnrun train examples/digits.nn -o $(DEMO)
	@$(BIN)/nncc examples/digits.nn --weights $(DEMO)/weights.safetensors -o $(DEMO)
	@echo "The network as C, with these weights: $(DEMO)/digits.c and $(DEMO)/digits.h."

examples: all
	@LONG=1 Tests/cli/run.sh $(BIN) examples

test: setup-tests lint
	@$(TEST) --skip TimeTests </dev/null
	@$(TEST) --skip-build --no-parallel --filter TimeTests </dev/null
	@Tests/sanitized.sh 1000 >.build/sanitized.log 2>&1 </dev/null || { tail -50 .build/sanitized.log; exit 1; }
	@Tests/kernels/run.sh
	@Tests/cli/run.sh $(TESTS)/release

bench: all
	@command -v python3 >/dev/null || { echo "make bench is written in Python: apt-get install python3" >&2; exit 1; }
	@scripts/bench --bin $(BIN) $(BENCH)

compare: all
	@command -v python3 >/dev/null || { echo "make compare is written in Python: apt-get install python3" >&2; exit 1; }
	@scripts/compare --bin $(BIN) $(COMPARE)

install: all
	@install -d "$(TARGET)" "$(BASH)" "$(FISH)"
	@install -m 755 $(BIN)/nncc $(BIN)/nnrun "$(TARGET)/"
	@$(BIN)/nnrun manual "$(MANUAL)"
	@$(BIN)/nnrun completions bash >"$(BASH)/nnrun"
	@cp "$(BASH)/nnrun" "$(BASH)/nncc"
	@$(BIN)/nnrun completions fish >"$(FISH)/nnrun.fish"
	@cp "$(FISH)/nnrun.fish" "$(FISH)/nncc.fish"
	@for folder in syntax ftdetect ftplugin; do \
	  install -d "$(VIM)/$$folder" && install -m 644 editors/vim/$$folder/nncc.vim "$(VIM)/$$folder/" || exit 1; done
	@echo "Installed nncc and nnrun in $(TARGET), with manual pages, completions for bash and fish, and Vim's files in $(VIM)."

uninstall:
	@rm -f "$(TARGET)/nncc" "$(TARGET)/nnrun" "$(MANUAL)"/nncc.1 "$(MANUAL)"/nncc-*.1 "$(MANUAL)"/nnrun.1 "$(MANUAL)"/nnrun-*.1
	@rm -f "$(BASH)/nncc" "$(BASH)/nnrun" "$(FISH)/nncc.fish" "$(FISH)/nnrun.fish"
	@rm -f "$(VIM)"/syntax/nncc.vim "$(VIM)"/ftdetect/nncc.vim "$(VIM)"/ftplugin/nncc.vim

format:
	@$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests Plugins examples/embedding

lint:
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Plugins examples/embedding

clean:
	@rm -rf .build

help:
	@echo "make            build nncc and nnrun into $(BIN)"
	@echo "make demo       build, train the digits example and write its C"
	@echo "make examples   train every example that brings its data at full length, and check what it comes to"
	@echo "make test       lint, build and run every test"
	@echo "make bench      time steps of nncc and of its rivals (BENCH='--help' tells the options)"
	@echo "make compare    hold random models against PyTorch (COMPARE='--help' tells the options)"
	@echo "make install    copy the programs to PREFIX/bin (PREFIX=$(PREFIX), DESTDIR=)"
	@echo "make format     format the Swift sources; make lint only checks them"
	@echo "make clean      remove what was built"
