SHELL := /bin/bash
SWIFT ?= swift

.PHONY: build release test clean

build:
	$(SWIFT) build

release:
	$(SWIFT) build -c release

test:
	$(SWIFT) test

clean:
	rm -rf .build
