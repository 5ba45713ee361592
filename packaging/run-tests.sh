#!/bin/sh
# Runs every test of the workspace and prints, as the last line, "N passed, N failed" over all of
# them. The exit status is zero only if all passed.
set -eu
log=$(mktemp)
trap 'rm -f "$log" "$log.again"' EXIT

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

# A story that failed because it waited in vain beside others is told once more alone, and a line says
# how many were: on a machine that is too busy for two desktops at a time, a window that comes late is
# no fault of Sayso's. One that fails again is a failure, and so is one that failed in any other way
# (heard otherwise, stored otherwise), and every other test.
failed=$(sed -n 's/^test \([a-z0-9_:]*\) \.\.\. FAILED$/\1/p' "$log" | sort -u)
late=$(awk '/^---- .* stdout ----$/ { name = $2 } /waited in vain: / { print name }' "$log" | sort -u)
again=0
if [ -n "$failed" ] && [ "$failed" = "$late" ] && grep -q '^error: 1 target failed:' "$log" &&
    grep -q -- '--test stories`$' "$log"; then
    echo "Once more, alone:" $failed
    # shellcheck disable=SC2086 # names of tests, a word each
    cargo test --locked --workspace --test stories -- --exact --test-threads=1 $failed 2>&1 |
        tee "$log.again"
    again=$(awk '/^test result: / { passed += $4 } END { print passed + 0 }' "$log.again")
fi

# "test result: ok. 12 passed; 0 failed; ..." stands once for each test program. One that
# crashed has no such line: then the exit status tells of it, and it counts as one failure.
awk -v status="$status" -v again="$again" '
    /^test result: / { passed += $4; failed += $6 }
    END {
        if (status != 0 && failed == 0) failed = 1
        else if (failed > 0 && again == failed) { passed += again; failed = 0 }
        else again = 0
        if (again > 0) printf "%d of them told once more, alone\n", again
        printf "%d passed, %d failed\n", passed, failed
        exit (failed != 0 || passed == 0)
    }' "$log"
