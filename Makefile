SHELL := /bin/bash
SWIFT ?= swift
JOBS ?= 2
GICSCOPE := .build/release/gicscope
DEMO := Traces/linux-gicv3-its/trace.log.zst
SOURCES := Sources Tests Package.swift Analyses/LPIBenchmark

# The LPI benchmark and the README's program are packages of their own. They share the build folder: nothing is compiled twice,
# and gicscope finds the benchmark's program there. SwiftPM keeps one build plan in that folder without noting whose it is, so
# the plan is removed before and after, and the next command makes its own.
in_package = trap 'rm -f .build/*.yaml' EXIT; rm -f .build/*.yaml; \
  $(SWIFT) $(2) --package-path $(1) --scratch-path .build

# What `make install` and `make deb` install: it needs no Swift where it runs. With a build folder of its own, because its
# compiler options are others than those of `make release`.
STATIC := .build/static
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: demo test packages build release static install deb lint format golden bench fuzz peers instructions lpi-test lpi-bench lpi-study library-test docs fleet-demo fleet-test clean

# Analyses a bundled real capture and says where the report is.
demo: release
	@mkdir -p out
	$(GICSCOPE) analyze $(DEMO) --html out/demo.html
	@echo
	@echo "report: $(CURDIR)/out/demo.html"

# Everything that CI runs. Products are named: `--build-tests` would compile swift-protobuf's protoc too, in 380 files of C++.
test: packages lint
	$(SWIFT) build -j $(JOBS) --product gicscopePackageTests
	$(SWIFT) build -j $(JOBS) --product gicscope
	$(SWIFT) test --skip-build --parallel
	$(MAKE) --no-print-directory lpi-test
	$(MAKE) --no-print-directory library-test

# Installs the system packages that are missing.
packages:
	@.ci/packages

build: packages
	$(SWIFT) build -j $(JOBS) --product gicscope

release: packages
	$(SWIFT) build -c release -j $(JOBS) --product gicscope

# Swift's libraries are linked in, and nothing says where a toolchain would be.
static: packages
	$(SWIFT) build -c release -j $(JOBS) --product gicscope --static-swift-stdlib --scratch-path $(STATIC)
	.ci/manual $(STATIC)/release/gicscope $(STATIC)/checkouts/swift-argument-parser $(STATIC)

# The program, its manual and its completions, below DESTDIR.
install: static
	.ci/install $(STATIC)/release/gicscope $(STATIC)/gicscope.1 "$(DESTDIR)$(PREFIX)"

# A package for Debian 12 and 13: out/gicscope_….deb.
deb: static
	.ci/deb $(STATIC)/release/gicscope $(STATIC)/gicscope.1 out

lint:
	$(SWIFT) format lint --strict --recursive --parallel --configuration .swift-format $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive --parallel --configuration .swift-format $(SOURCES)

# Accepts the current results of the bundled captures as golden. Look at the diff before committing it.
golden: packages
	$(SWIFT) build -j $(JOBS) --product gicscopePackageTests
	UPDATE_GOLDEN=1 $(SWIFT) test --skip-build --filter Golden

# Speed and memory, as ratios to what is measured beside them in the same run.
bench: release
	@mkdir -p out
	$(GICSCOPE) convert $(DEMO) -o out/bench.pcap.lz4 --quiet
	$(GICSCOPE) bench replay out/bench.pcap.lz4
	$(GICSCOPE) bench import $(DEMO)

# Each fuzz target for FUZZ_SECONDS; what they learn stays in Tests/Fuzz/.build/corpus. libbabeltrace2 leaks on its own,
# half a megabyte each time, and is refused memory where a trace asks for too much.
FUZZ ?= $(notdir $(wildcard Tests/Fuzz/Seeds/*))
FUZZ_SECONDS ?= 60

fuzz: packages
	$(SWIFT) build -j $(JOBS) --package-path Tests/Fuzz -c release --sanitize fuzzer --sanitize address \
	  -Xswiftc -sanitize-coverage=edge,trace-cmp,pc-table,inline-8bit-counters
	@set -e; for target in $(FUZZ); do \
	  corpus=Tests/Fuzz/.build/corpus/$$target; mkdir -p $$corpus; \
	  leaks=1 null=0 memory=1024 runs=-1; case $$target in FuzzCTF) leaks=0 null=1 memory=4096 runs=6000;; esac; \
	  ASAN_OPTIONS=detect_leaks=$$leaks:allocator_may_return_null=$$null LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Fuzz/leaks.txt:print_suppressions=0 \
	    SWIFT_BACKTRACE=enable=no Tests/Fuzz/.build/release/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	    -detect_leaks=$$leaks -rss_limit_mb=$$memory -runs=$$runs -print_final_stats=1 -artifact_prefix=Tests/Fuzz/.build/$$target- $$corpus Tests/Fuzz/Seeds/$$target; \
	done

# Installs the libraries that the LPI store is compared with; nothing else needs them.
peers:
	apt-get install -y --no-install-recommends libjudy-dev libroaring-dev libabsl-dev valgrind

# Instructions per operation of the LPI store beside those of the same structure in C.
instructions: packages
	$(SWIFT) build -c release -j $(JOBS) --package-path Tests/Instructions
	Tests/Instructions/count

# The tests of the LPI benchmark.
lpi-test: packages
	$(call in_package,Analyses/LPIBenchmark,build -j $(JOBS) --product gicscope-lpiPackageTests)
	$(call in_package,Analyses/LPIBenchmark,test --skip-build --parallel)

# Builds the program that `gicscope bench lpi` runs, and gicscope beside it.
lpi-bench: release
	$(call in_package,Analyses/LPIBenchmark,build -c release -j $(JOBS) --product gicscope-lpi --manifest-cache none)

# Measures every LPI store in every workload and puts the figures into the study. Takes a while.
lpi-study: peers lpi-bench
	@mkdir -p out
	$(GICSCOPE) bench lpi --capture Traces/linux-gicv3-its/trace.log.zst --markdown Analyses/lpi-stores.md \
	  --svg Analyses/lpi-stores.svg --html out/lpi-stores.html --json=out/lpi-stores.json
	$(MAKE) --no-print-directory instructions

# The README's program, in a package that uses gicscope as a library, on a bundled capture.
library-test: packages
	$(call in_package,Tests/Library,build -j $(JOBS) --product library)
	Tests/Library/check .build/debug/library

# The documentation of the libraries, for a web server: out/docs.
LIBRARIES := InterruptTrace TraceImporters LPIStore LPIWorkloads GICModel HypervisorModel Replay Analyzers Reports TimeTravel \
  HostRecorder

docs: packages
	@mkdir -p out/docs
	GICSCOPE_DOCS=1 $(SWIFT) package --allow-writing-to-directory out/docs generate-documentation \
	  $(addprefix --target ,$(LIBRARIES)) --enable-experimental-combined-documentation --output-path out/docs

# A thousand captures through every step of Analyses/fleet, in an environment of Python's own.
FLEET_PYTHON := .build/fleet/bin/python
FLEET_CAPTURES ?= 1000

$(FLEET_PYTHON): Analyses/fleet/requirements.txt Analyses/fleet/requirements-spark.txt Analyses/fleet/requirements-test.txt
	python3 -m venv .build/fleet
	$(FLEET_PYTHON) -m pip install --quiet -r Analyses/fleet/requirements-test.txt
	@touch $@

fleet-demo: release $(FLEET_PYTHON)
	$(FLEET_PYTHON) Analyses/fleet/demo.py --gicscope $(GICSCOPE) --captures $(FLEET_CAPTURES)

# The tests of Analyses/fleet, Spark's among them; they need Java.
fleet-test: release $(FLEET_PYTHON)
	GICSCOPE=$(CURDIR)/$(GICSCOPE) $(FLEET_PYTHON) Analyses/fleet/test_fleet.py

clean:
	rm -rf .build out
