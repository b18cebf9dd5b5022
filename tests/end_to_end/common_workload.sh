#!/usr/bin/env bash
# The whole common workload over real gRPC, several orders of it, each compared with the recomputation.
#
#   common_workload.sh BUILD FOLDER [ORDERS]
#
# BUILD is a build folder; FOLDER holds records.ndjson and edits.ndjson; ORDERS (3) is how many orders of
# the stores are replayed, each against a server of its own. Exit 1 when a store differs from a fresh
# tablet's, an edit is lost, `verify` finds a difference, or a figure is not the recomputed one.
set -euo pipefail
build=$(realpath "$1")
records=$(realpath "$2")/records.ndjson edits=$(realpath "$2")/edits.ndjson
orders=${3:-3}
here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

# The pages of every department and school: "site|department" a line, from the records.
node -e '
  const seen = new Set();
  for (const line of require("fs").readFileSync(process.argv[1], "utf8").split("\n")) {
    if (line) { const r = JSON.parse(line).record; seen.add(r.school + "|" + r.department_id); }
  }
  console.log([...seen].sort().join("\n"));' "$records" >"$folder/departments"

port_of() { node -p "JSON.parse(require('fs').readFileSync('$folder/ports', 'utf8')).$1"; }

for order in $(seq 1 "$orders"); do
  rm -rf "$folder/data" "$folder/ports" "$folder/replies"
  "$build/service/halftermd" --data "$folder/data" --grpc 127.0.0.1:0 --admin 127.0.0.1:0 \
    --ports-file "$folder/ports" >"$folder/log" 2>&1 &
  server=$!
  until [ -s "$folder/ports" ] || ! kill -0 "$server"; do sleep 0.1; done
  halfterm=("$build/tools/halfterm" --server "$(port_of grpc)" --admin "$(port_of admin)" --school workload)

  echo "order $order of $orders"
  "${halfterm[@]}" replay "$records" "$edits" --order-seed "$order" --check
  "${halfterm[@]}" verify
  for half_term in 209 210 211 212 213 214; do
    previous=
    while IFS='|' read -r site department; do
      asked=(--as "Head of $site" --half-term "$half_term")
      "${halfterm[@]}" --json summary department "$department" "${asked[@]}"
      "${halfterm[@]}" --json coverage --org "$department" "${asked[@]}"
      [ "$site" = "$previous" ] || "${halfterm[@]}" --json summary school "$site" "${asked[@]}"
      previous=$site
    done <"$folder/departments"
  done >"$folder/replies"
  node "$here/recompute.mjs" --records "$records" --edits "$edits" "$folder/replies"
  kill "$server"
  wait "$server"
  server=
done
