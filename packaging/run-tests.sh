#!/bin/sh
# Runs every test of the workspace and prints, as the last line, "N passed, N failed" over all of
# them. The exit status is zero only if all passed.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The stories run the programs themselves, so all of these must be there before the first test.
cargo build --locked --workspace --bins

# Each story is a desktop of its own; more of them at a time than this only wait for each other.
: "${RUST_TEST_THREADS:=$(nproc 2>/dev/null || echo 2)}"
export RUST_TEST_THREADS

status=0
{ cargo test --locked --workspace --no-fail-fast 2>&1 && echo 0 >"$log.status" ||
    echo $? >"$log.status"; } | tee "$log"
status=$(cat "$log.status")
rm -f "$log.status"

# "test result: ok. 12 passed; 0 failed; ..." stands once for each test program. One that
# crashed has no such line: then the exit status tells of it, and it counts as one failure.
awk -v status="$status" '
    /^test result: / { passed += $4; failed += $6 }
    END {
        if (status != 0 && failed == 0) failed = 1
        printf "%d passed, %d failed\n", passed, failed
        exit (status != 0 || failed != 0 || passed == 0)
    }' "$log"
