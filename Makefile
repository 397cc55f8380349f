# The one door. It only calls cargo, npm and xtask; what they do stands with them.

.DEFAULT_GOAL := help
.PHONY: help run dev lint check test bench pictures faults

# What the console is built from: newer than console/dist means build again. Its types are made on the way.
SCREENS := $(shell find console i18n docs/api/openapi.json -type f -not -path '*/node_modules/*' \
	-not -path 'console/dist/*' -not -name schema.d.ts 2>/dev/null)
DIST := console/dist/index.html
# nextest gives every test its own process and a shorter report; cargo test does as well.
RUNNER := $(if $(shell command -v cargo-nextest),nextest run --no-fail-fast,test --no-fail-fast)
SERVERS := cargo xtask with-servers --

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## build the release and serve the desk of ./henji-data on http://127.0.0.1:8480
	@echo "The first build takes some minutes; later starts take seconds."
	@$(MAKE) --no-print-directory $(DIST)
	cargo run --release -p henji -- serve

dev: console/node_modules/.package-lock.json ## serve the debug build, and the console with its own server that follows every edit
	cargo build -p henji
	@trap 'kill 0' EXIT; npm --prefix console run dev & cargo run -p henji -- serve

lint: console/node_modules/.package-lock.json
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask check
	npm --prefix console run check

check: lint ## what to run before each commit: format, lints, types, boundaries, sizes, words, unit tests
	cargo test --quiet -p japanese -p mail -p desk -p xtask

test: ## everything that CI runs: check, both databases, real mail servers, a real browser, kill -9
	cargo fetch --locked
	cargo xtask install-test-packages
	npm --prefix console ci --ignore-scripts
	npm --prefix e2e ci --ignore-scripts
	$(MAKE) --no-print-directory lint $(DIST)
	cargo build --workspace --bins --tests
	$(SERVERS) cargo $(RUNNER) --workspace
	cargo test --workspace --doc
	$(SERVERS) npm --prefix e2e test

bench: $(DIST) ## the figures of docs/benchmarks.md: the release build beside a peer, BENCH="--against OTHER/henji" beside another build
	cargo xtask bench $(BENCH)

pictures: e2e/node_modules/.package-lock.json $(DIST) ## every screen, wide and narrow, light and dark, into e2e/pictures/
	cargo build -p henji
	$(SERVERS) npm --prefix e2e run pictures

faults: e2e/node_modules/.package-lock.json ## kill -9 while mail comes in and goes out, HENJI_FAULT_ROUNDS times each (100)
	cargo build -p henji
	HENJI_FAULT_ROUNDS=$${HENJI_FAULT_ROUNDS:-100} $(SERVERS) npm --prefix e2e run faults

$(DIST): console/node_modules/.package-lock.json $(SCREENS)
	npm --prefix console run build

# npm writes this file last; it is older than the lock file when something has to be installed.
%/node_modules/.package-lock.json: %/package-lock.json
	npm --prefix $* ci --ignore-scripts
