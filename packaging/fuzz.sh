#!/bin/sh
# Gives each parser of bytes from outside to libFuzzer for so many seconds:
#   packaging/fuzz.sh PATH-OF-CARGO-FUZZ SECONDS BUILD-FOLDER [TARGET...]
# The seeds, the corpora, what was found and the build of its own are kept in BUILD-FOLDER/fuzz. The
# last line says how many targets are clean. Exit status 1: something was found, in this folder.
set -eu
cd "$(dirname "$0")/.."
tool=$1
seconds=$2
mkdir -p "$3/fuzz"
folder=$(cd "$3/fuzz" && pwd)
shift 3

cargo build --quiet --locked --workspace --example seeds
seeds=$folder/../debug/examples/seeds

# cargo-fuzz needs what only an unstable compiler has an option for; the stable one can do it too.
export RUSTC_BOOTSTRAP=1
# There is no unsafe code of ours to be watched, and without a sanitizer five times as much is tried.
options="--fuzz-dir tests/fuzz --target-dir $folder/build --sanitizer none --features libfuzzer"

[ $# -gt 0 ] || set -- $("$tool" list --fuzz-dir tests/fuzz)
for target; do
    "$seeds" "$target" "$folder/seeds/$target"
    mkdir -p "$folder/corpus/$target" "$folder/found/$target"
done

clean=0
total=$#
found=
for target; do
    # shellcheck disable=SC2086
    if "$tool" run $options "$target" "$folder/corpus/$target" "$folder/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$folder/found/$target/" </dev/null; then
        clean=$((clean + 1))
    else
        found="$found $target"
    fi
done

if [ -n "$found" ]; then
    echo "fuzz: something was found by:$found. See $folder/found."
    exit 1
fi
echo "fuzz: $clean of $total targets clean, $seconds seconds each"
