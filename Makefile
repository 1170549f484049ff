# Everything a newcomer needs; `make help` lists it. Builds are optimised: unoptimised kernels are ten times slower.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# The programs carry Swift's standard library in themselves, so that they run (and start fast) where no Swift is installed.
# Only linking differs from the build of the tests, so going from one to the other compiles nothing again.
BUILD = $(SWIFT) build -c release
PROGRAMS = $(BUILD) --static-swift-stdlib
BIN = .build/release

DEMO = .build/demo

.PHONY: all setup demo test bench install uninstall format lint clean help

all: setup
	@$(PROGRAMS) --product nncc
	@$(PROGRAMS) --product nnrun

setup:
	@scripts/setup

demo: all
	@rm -rf $(DEMO)
	@echo "Training examples/digits.nn: 64-100-10 on 1,797 handwritten digits of 8 x 8 pixels."
	@$(BIN)/nnrun train examples/digits.nn -o $(DEMO)
	@$(BIN)/nncc examples/digits.nn --weights $(DEMO)/weights.safetensors -o $(DEMO)
	@echo "The trained weights are $(DEMO)/weights.safetensors; the same network as C is $(DEMO)/digits.c with $(DEMO)/digits.h."

test: setup lint
	@$(BUILD) --build-tests
	@$(SWIFT) test -c release --skip-build --disable-xctest
	@$(MAKE) --no-print-directory all
	@Tests/kernels/run.sh
	@Tests/cli/run.sh $(BIN)

bench: all
	@scripts/bench $(BIN)

install: all
	@install -d "$(DESTDIR)$(PREFIX)/bin"
	@install -m 755 $(BIN)/nncc $(BIN)/nnrun "$(DESTDIR)$(PREFIX)/bin/"
	@echo "Installed nncc and nnrun in $(DESTDIR)$(PREFIX)/bin."

uninstall:
	@rm -f "$(DESTDIR)$(PREFIX)/bin/nncc" "$(DESTDIR)$(PREFIX)/bin/nnrun"

format:
	@$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

clean:
	@rm -rf .build

help:
	@echo "make            build nncc and nnrun into $(BIN)"
	@echo "make demo       build, train the digits example and write its C"
	@echo "make test       lint, build and run every test"
	@echo "make bench      time the examples' training steps"
	@echo "make install    copy the programs to PREFIX/bin (PREFIX=$(PREFIX), DESTDIR=)"
	@echo "make format     format the Swift sources; make lint only checks them"
	@echo "make clean      remove what was built"
