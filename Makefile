# Each target first installs the Debian packages that it misses, and says which and why.
PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
CARGO_DENY_VERSION := 0.20.2
CARGO_FUZZ_VERSION := 0.13.1
T ?= 60
N ?= 1000
KILL ?= broker

BINDIR := $(DESTDIR)$(PREFIX)/bin
SHAREDIR := $(DESTDIR)$(PREFIX)/share
UNITDIR := $(DESTDIR)$(PREFIX)/lib/systemd/user

.DEFAULT_GOAL := help
.PHONY: help demo test kill-loop soak bench check fuzz guide-pdf qr-report build install uninstall

help:
	@echo "make demo         a login approved by ear: a throw-away broker, a demo service and Sayso"
	@echo "make demo AUTO=1  the same, with the person played too; leaves demo-out/demo.wav"
	@echo "make test         all tests; the last line says how many passed"
	@echo "make kill-loop N=1000  the broker killed so often under load; nothing may be lost or done twice"
	@echo "make kill-loop KILL=saysod  the same with the daemon, while its person logs in"
	@echo "make soak         what takes minutes, in optimised programs: a flood, 10,000 idle links"
	@echo "make bench        what Sayso costs, against limits and other programs; a line for each figure"
	@echo "make check        format, lints, documentation, licences of dependencies"
	@echo "make fuzz T=60    every parser of bytes from outside, given to libFuzzer for T seconds each"
	@echo "make guide-pdf    the guide as tagged PDF, in $(TARGET)/guide"
	@echo "make qr-report    what sayso-scan reads off screenshots, and how fast; CORPUS=folder for others"
	@echo "make build        the programs as they are installed"
	@echo "make install      install them below PREFIX=$(PREFIX), DESTDIR=$(DESTDIR)"
	@echo "make uninstall    remove what install installed"

demo:
	@packaging/debian-packages.sh $(if $(AUTO),demo-auto,demo)
	$(CARGO) build --locked --workspace --bins
	@"$(TARGET)/debug/demo" $(if $(AUTO),--auto)

test:
	@packaging/debian-packages.sh test
	@packaging/run-tests.sh

kill-loop:
	@packaging/debian-packages.sh test
	$(CARGO) build --locked --workspace --bins
	$(CARGO) test --locked --workspace --bench kill_loop -- "$(N)" "$(KILL)"

# One story at a time: they measure.
soak:
	@packaging/debian-packages.sh test
	$(CARGO) build --locked --release --workspace --bins
	RUST_TEST_THREADS=1 $(CARGO) test --locked --release --workspace --bench soak

# Whatever the figures are, it succeeds: docs/performance.md says what they mean.
bench:
	@packaging/debian-packages.sh bench
	$(CARGO) build --locked --release --workspace --bins
	@"$(TARGET)/release/bench" $(ONLY)

check:
	@packaging/debian-packages.sh build
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --locked --no-deps --workspace
	$(CARGO) fetch --locked
	deny=$$(packaging/tool.sh cargo-deny $(CARGO_DENY_VERSION)) && \
	    "$$deny" --offline --locked check --hide-inclusion-graph bans licenses sources

# What it found, and what it begins from the next time, stays in $(TARGET)/fuzz.
fuzz:
	@packaging/debian-packages.sh fuzz
	@packaging/fuzz.sh "$$(packaging/tool.sh cargo-fuzz $(CARGO_FUZZ_VERSION))" "$(T)" "$(TARGET)" $(ONLY)

guide-pdf:
	@packaging/debian-packages.sh guide-pdf
	$(CARGO) run --locked -q -p sayso-broker --example guide -- "$(TARGET)/guide/html"
	@packaging/guide-pdf.sh "$(TARGET)/guide/html" "$(TARGET)/guide"

build:
	@packaging/debian-packages.sh build
	$(CARGO) build --locked --profile dist -p sayso-broker -p saysod -p sayso-scan -p sayso

# After `make build` it needs no Rust: `sudo make install`.
install:
	@test -x "$(TARGET)/dist/sayso" || $(MAKE) --no-print-directory build
	@packaging/install.sh install "$(TARGET)" "$(DESTDIR)" "$(PREFIX)"

# What sayso-scan reads off screenshots, and how fast; CORPUS names another folder of them.
qr-report:
	@packaging/debian-packages.sh build
	$(CARGO) bench --locked -p sayso-scan --bench report -- $(if $(CORPUS),"$(abspath $(CORPUS))")

uninstall:
	@packaging/install.sh uninstall "$(TARGET)" "$(DESTDIR)" "$(PREFIX)"
