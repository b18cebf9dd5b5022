#!/bin/sh
# Shows that every part of the protos is commented and well named, and that nothing a tablet or a
# store already relies on has changed: the protos are compared with proto/baseline.binpb.
#
# With --record the baseline is written anew; only for a change that no released tablet can feel.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
cd "$folder/../../proto"
if [ "${1:-}" = --record ]; then
  exec "$folder/buf.sh" build --exclude-source-info -o baseline.binpb
fi
"$folder/buf.sh" lint
"$folder/buf.sh" breaking --against baseline.binpb
