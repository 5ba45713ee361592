#!/bin/sh
# Prints the path of a checking tool, and builds it first if it is not there:
#   packaging/tool.sh cargo-deny 0.20.2
# Tools live in one folder of their own, outside the project: $SAYSO_TOOLS, or sayso-tools in the
# person's cache. Only `make check` needs one.
set -eu
name=$1
version=$2

home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
tools=${SAYSO_TOOLS:-${XDG_CACHE_HOME:-$home/.cache}/sayso-tools}
program=$tools/bin/$name

if ! { [ -x "$program" ] && "$program" --version | grep -qF "$version"; } 2>/dev/null; then
    echo "Building $name $version into $tools. This takes minutes, once." >&2
    mkdir -p "$tools"
    # Its build must not mix with that of the project.
    env -u RUSTFLAGS CARGO_TARGET_DIR="$tools/build" cargo install --locked --no-default-features \
        --version "$version" --root "$tools" "$name" >&2 </dev/null
    rm -rf "$tools/build"
fi
echo "$program"
