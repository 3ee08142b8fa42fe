# `make help` lists the commands; the work is in .dev/, a script each.
.DEFAULT_GOAL := help
.PHONY: help setup build run up down status test mutants fuzz lint format bench accuracy golden psql clean
scripts := $(shell grep -lsd skip '^.!/usr/bin/env bash' .dev/* .ci/*) $(wildcard .dev/boot.d/*)

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## install the packages for running and testing, with apt
	@.dev/install run test

build: ## build the release binaries
	@.dev/install
	@.dev/build

run: ## start everything and do the main job once, on real photographs
	@.dev/run

up: ## start, or restart the changed parts: https://localhost:8443 (ASSAY_PORT)
	@.dev/up

down: ## stop everything and keep the data
	@.dev/down

status: ## show the processes, the address, and whether it answers
	@.dev/status

test: ## run all tests: format, units, SQL, handlers, and end to end through nginx
	@.dev/install run test
	swift build --build-tests
	@$(MAKE) --no-print-directory lint
	.dev/verify-units
	python3 -B -m unittest discover --quiet --start-directory Tests/Scripts
	.dev/fuzz 10
	@# Some count what their process has open or running: they get one of their own.
	swift test --skip-build --filter '^(ConventionTests|HTTPTests|LabellingTests|CryptographyTests)\.'
	swift test --skip-build --filter '^ImagingTests\.'
	swift test --skip-build --filter '^UnpackingTests\.'
	swift test --skip-build --filter '^EndToEndTests\.'
	swift test --skip-build --skip \
	  '^(ConventionTests|HTTPTests|LabellingTests|CryptographyTests|ImagingTests|UnpackingTests|EndToEndTests)\.'

mutants: ## put bugs into a copy of the checkout: the tests must find each (an hour)
	@.dev/install run test
	@.dev/mutants

fuzz: ## send hostile bytes to the parsers, for a limited time
	@.dev/install
	@.dev/fuzz 15

lint: ## check the formatting of Swift, and the scripts
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	shellcheck -x --severity=warning $(scripts)

format: ## format the Swift sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests

bench: ## measure the speed, beside that of nginx and pgbench alone
	@.dev/install run bench
	@.dev/bench

accuracy: ## measure the detection of copies and the reliability of its scores, on photographs
	@.dev/accuracy

golden: ## rewrite Tests/Golden from the code, and raise sql/functions/edition
	@.dev/install run test
	ASSAY_GOLDEN=write swift test --filter Golden

psql: ## open the database
	@.dev/psql

clean: ## stop everything, and delete its data and build products
	@.dev/down --purge
	rm -rf .build
