# `make help` lists the commands; the work is in .dev/, a script each.
.DEFAULT_GOAL := help
.PHONY: help setup build run up down status test fuzz lint format bench accuracy golden psql clean
scripts := $(shell grep -lsd skip '^.!/usr/bin/env bash' .dev/* .ci/*)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## install with apt what running and testing need
	@.dev/install run test

build: ## the release binaries
	@.dev/install
	@.dev/build

run: ## start everything and watch the main job being done on real photographs
	@.dev/run

up: ## start, or restart what has changed: https://localhost:8443 (ASSAY_PORT)
	@.dev/up

down: ## stop it; the data stays
	@.dev/down

status: ## what runs, where, and whether it answers
	@.dev/status

test: ## everything: format, units, SQL, handlers, and end to end through nginx
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

fuzz: ## hostile bytes for the parsers, for a bounded time
	@.dev/install
	@.dev/fuzz 15

lint: ## the formatting of Swift, and the scripts
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	shellcheck -x --severity=warning $(scripts)

format: ## rewrite the Swift sources as lint wants them
	swift format --in-place --parallel --recursive Package.swift Sources Tests

bench: ## how fast it is here, beside nginx and pgbench alone
	@.dev/install run bench
	@.dev/bench

accuracy: ## how many copies of real photographs are found, and how sure the scores are
	@.dev/accuracy

golden: ## rewrite Tests/Golden from what the code does now, and raise sql/functions/edition
	@.dev/install run test
	ASSAY_GOLDEN=write swift test --filter Golden

psql: ## look into the database
	@.dev/psql

clean: ## stop it, and delete its data and all that was built
	@.dev/down --purge
	rm -rf .build
