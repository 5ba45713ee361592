#!/bin/sh
# Prints the guide's HTML files as tagged PDF, each into the same place below another folder:
#   packaging/guide-pdf.sh HTML_FOLDER PDF_FOLDER
set -eu
html=$(realpath "$1")
mkdir -p "$2"
pdf=$(realpath "$2")

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# Chromium's sandbox does not work for root.
sandbox=
[ "$(id -u)" -ne 0 ] || sandbox=--no-sandbox

for page in "$html"/*/*.html; do
    to=$pdf/$(basename "$(dirname "$page")")/$(basename "$page" .html).pdf
    mkdir -p "$(dirname "$to")"
    # shellcheck disable=SC2086 # one word or none
    timeout 60 chromium --headless $sandbox --disable-gpu --user-data-dir="$profile" \
        --export-tagged-pdf --generate-pdf-document-outline --no-pdf-header-footer \
        --print-to-pdf="$to" "file://$page" >"$profile/log" 2>&1 || {
        echo "Chromium cannot print $page:" >&2
        cat "$profile/log" >&2
        exit 1
    }
    pdfinfo "$to" | grep -q '^Tagged: *yes$' || {
        echo "Chromium printed $to without tags." >&2
        exit 1
    }
    echo "$to"
done
