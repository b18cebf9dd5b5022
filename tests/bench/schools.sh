#!/usr/bin/env bash
# What a school costs among many: as many schools as each step says begin on one server, with 20 records
# each, on RocksDB and then on PostgreSQL, all in one run on one machine.
#
#   tests/bench/schools.sh [STEP...]     10 100 1000 schools unless told otherwise, in ascending order
#
# Prints a JSON line a step: of the schools that the step added, processor milliseconds of halftermd and of
# PostgreSQL for each, to begin (roster, sessions) and to push; then what all schools so far cost in memory
# and on the disk, each; and how long the server takes to start again after kill -9. Needs a release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${HALFTERM_BUILD:-$PWD/.build/release}
halfterm=${HALFTERM:-$build/tools/halfterm}
server=${HALFTERMD:-$build/service/halftermd}
# shellcheck source=tests/bench/measured_server.sh
. tests/bench/measured_server.sh
# shellcheck source=tests/bench/measured_postgres.sh
. tests/bench/measured_postgres.sh

# Of the engine $1, whose options the array `options` holds.
measure_steps() {
  local engine=$1 step had=0 before said spent disk_kb after_start rss_kb
  shift
  start_server "$folder/$engine" "${options[@]}"
  for step in "$@"; do
    before=$(spent_by "$engine")
    said=$("$halfterm" bench schools --generated 20 --schools $((step - had)) --first-school "$had" --json \
      --target "unix:$folder/$engine.grpc" --admin-target "unix:$folder/$engine.admin")
    spent=$(awk "BEGIN { print 1000 * ($(spent_by "$engine") - $before) / ($step - $had) }")
    had=$step
    stop_servers KILL
    before=$(now_s)
    start_server "$folder/$engine" "${options[@]}"
    after_start=$(now_s)
    rss_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/${pids[0]}/status")
    disk_kb=$(disk_kb_of "$engine")
    awk "BEGIN { printf \"{\\\"engine\\\":\\\"$engine\\\",\\\"schools\\\":$step,\\\"database_cpu_ms_a_school\\\":%.1f,\\\"disk_kb_a_school\\\":%.0f,\\\"start_ms\\\":%.0f,\\\"rss_mb_after_start\\\":%.0f,\\\"added\\\":%s}\\n\",
      $spent, $disk_kb / $step, 1000 * ($after_start - $before), $rss_kb / 1024, \"$(sed 's/"/\\"/g' <<<"$said")\" }"
  done
  stop_servers
}
spent_by() { if [ "$1" = postgres ]; then postgres_cpu_s; else echo 0; fi; }
disk_kb_of() {
  if [ "$1" = postgres ]; then
    query postgres "select (pg_database_size('among') + pg_database_size('among_ledger')) / 1024"
  else
    du -sk "$folder/$1" | cut -f 1
  fi
}

folder=$(mktemp -d)
trap 'stop_servers KILL; rm -rf "$folder"' EXIT
if [ "${1:-}" = --on-postgres ]; then
  server=$2  # HALFTERMD is a server with a database of its own by now.
  shift 2
  create_store among
  mapfile -t options < <(store_options among)
  measure_steps postgres "$@"
  exit
fi
[ $# -gt 0 ] || set -- 10 100 1000
options=()
measure_steps rocks "$@"
"$build/storage/on_postgres" "$server" "$0" --on-postgres "$server" "$@"
