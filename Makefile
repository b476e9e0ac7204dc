SHELL := /bin/bash
SWIFT ?= swift
JOBS ?= 2
GICSCOPE := .build/release/gicscope
DEMO := $(firstword $(wildcard Traces/demo/trace.*))
SOURCES := Sources Tests Package.swift

.PHONY: demo test packages build release lint format golden bench fuzz clean

# Analyses a bundled real capture and says where the report is.
demo: release
	@mkdir -p out
	$(GICSCOPE) analyze $(DEMO) --html out/demo.html
	@echo
	@echo "report: $(CURDIR)/out/demo.html"

# Everything that CI runs.
test: packages lint
	$(SWIFT) build --build-tests -j $(JOBS)
	$(SWIFT) test --skip-build --parallel

# Installs the system packages that are missing.
packages:
	@.ci/packages

build: packages
	$(SWIFT) build -j $(JOBS)

release: packages
	$(SWIFT) build -c release -j $(JOBS) --product gicscope

lint:
	$(SWIFT) format lint --strict --recursive --parallel --configuration .swift-format $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive --parallel --configuration .swift-format $(SOURCES)

# Takes the present results of the bundled captures for the expected ones. Look at the diff before committing it.
golden: packages
	UPDATE_GOLDEN=1 $(SWIFT) test --filter Golden

# Speed and memory, as ratios to what is measured beside them in the same run.
bench: release
	@mkdir -p out
	$(GICSCOPE) convert $(DEMO) -o out/bench.pcap.lz4 --quiet
	$(GICSCOPE) bench replay out/bench.pcap.lz4
	$(GICSCOPE) bench import $(DEMO)

clean:
	rm -rf .build out
