#!/bin/sh
# Shows that every part of the protos is commented and well named, and that nothing a tablet or a
# store already relies on has changed: the protos are compared with proto/baseline.binpb.
#
# With --record the baseline is written anew; only for a change that no released tablet can feel.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
"$folder/packages.sh"
buf="$folder/node_modules/.bin/buf"
cd "$folder/../../proto"
if [ "${1:-}" = --record ]; then
  exec "$buf" build --exclude-source-info -o baseline.binpb
fi
"$buf" lint
"$buf" breaking --against baseline.binpb
