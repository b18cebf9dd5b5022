#!/bin/sh
# Runs buf as the npm packages of this folder hold it, with the arguments given.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
"$folder/packages.sh"
case $(uname -m) in
  x86_64) machine=x64 ;;
  *) machine=aarch64 ;;
esac
exec "$folder/node_modules/@bufbuild/buf-linux-$machine/bin/buf" "$@"
