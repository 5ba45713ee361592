#!/bin/sh
# Stands in for sayso-scan: does what the file `script` beside the name it was called by says.
folder=$(dirname "$0")
. "$folder/script"
