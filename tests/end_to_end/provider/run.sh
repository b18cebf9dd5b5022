#!/bin/sh
# Runs the tests of signing in through a provider; HALFTERM and HALFTERMD name the two programs.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
"$folder/../packages.sh"
exec node --test "$folder/provider_test.mjs"
