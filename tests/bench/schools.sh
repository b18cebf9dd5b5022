#!/usr/bin/env bash
# What a school costs among many: as many schools as each step says begin on one server, with 20 records
# each, on RocksDB and then on PostgreSQL, all in one run on one machine.
#
#   tests/bench/schools.sh [STEP...]     10 100 1000 schools unless told otherwise, in ascending order
#
# Prints a JSON line a step: of the schools that the step added, processor milliseconds of halftermd and of
# PostgreSQL for each, to begin (roster, sessions) and to push; how much memory and disk all of them take by
# then; how long the server takes to start again after kill -9; and what its upkeep takes in the two minutes
# after that, in which nobody asks for anything: in the first everything is looked at, in the second, up to
# some 900 schools, what is urgent. What an engine puts off, compactions and
# checkpoints, grows with what was written, however many schools wrote it: so last, on a fresh store, as
# much as in all steps is written by ten schools. Needs a release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${HALFTERM_BUILD:-$PWD/.build/release}
halfterm=${HALFTERM:-$build/tools/halfterm}
server=${HALFTERMD:-$build/service/halftermd}
records=20
# shellcheck source=tests/bench/measured_server.sh
. tests/bench/measured_server.sh
# shellcheck source=tests/bench/measured_postgres.sh
. tests/bench/measured_postgres.sh

# On the engine $1, in the store $2; the rest is for the bench.
begin_schools() {
  local engine=$1 store=$folder/$1-$2 process=0
  shift 2
  [ "$engine" = rocks ] || process=$(head -n 1 "$HALFTERM_POSTGRES/data/postmaster.pid")
  # Pushes of few groups in all of them alike: of twenty records that is what there is for an observer.
  "$halfterm" bench schools --push-groups 6 --database-process "$process" "$@" --json \
    --target "unix:$store.grpc" --admin-target "unix:$store.admin"
}

# The options of a server of the engine $1 on the store $2.
use_store() {
  options=()
  [ "$1" = rocks ] && return
  create_store "$2"
  mapfile -t options < <(store_options "$2")
}

disk_kb_of() {
  if [ "$1" = postgres ]; then
    query postgres "select (pg_database_size('among') + pg_database_size('among_ledger')) / 1024"
  else
    du -sk "$folder/rocks-among" | cut -f 1
  fi
}

# What both spend in a minute in which nobody asks for anything.
measure_upkeep() {
  local server_s database_s=0
  server_s=$(server_cpu_s)
  [ "$1" = rocks ] || database_s=$(postgres_cpu_s)
  sleep 60
  awk "BEGIN { printf \"{\\\"server_cpu_ms_a_minute\\\":%.0f\", 1000 * ($(server_cpu_s) - $server_s) }"
  [ "$1" = rocks ] ||
    awk "BEGIN { printf \",\\\"database_cpu_ms_a_minute\\\":%.0f\", 1000 * ($(postgres_cpu_s) - $database_s) }"
  echo "}"
}

measure_steps() {
  local engine=$1 step had=0 before said start_ms rss_kb
  shift
  use_store "$engine" among
  start_server "$folder/$engine-among" "${options[@]}"
  for step in "$@"; do
    said=$(begin_schools "$engine" among --generated $records --schools $((step - had)) --first-school "$had")
    had=$step
    stop_servers KILL
    before=$(now_s)
    start_server "$folder/$engine-among" "${options[@]}"
    start_ms=$(awk "BEGIN { printf \"%.0f\", 1000 * ($(now_s) - $before) }")
    rss_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/${pids[0]}/status")
    echo "{\"engine\":\"$engine\",\"schools\":$step,\"disk_kb\":$(disk_kb_of "$engine"),\"start_ms\":$start_ms,\"rss_kb_after_start\":$rss_kb,\"upkeep\":[$(measure_upkeep "$engine"),$(measure_upkeep "$engine")],\"added\":$said}"
  done
  stop_servers TERM
  use_store "$engine" ten
  start_server "$folder/$engine-ten" "${options[@]}"
  said=$(begin_schools "$engine" ten --generated $((records * had / 10)) --schools 10)
  echo "{\"engine\":\"$engine\",\"schools\":10,\"wrote_as_much\":$said}"
  stop_servers TERM
}

folder=$(mktemp -d)
trap 'stop_servers KILL; rm -rf "$folder"' EXIT
if [ "${1:-}" = --on-postgres ]; then
  server=$2  # HALFTERMD is a server with a database of its own by now.
  shift 2
  measure_steps postgres "$@"
  exit
fi
[ $# -gt 0 ] || set -- 10 100 1000
measure_steps rocks "$@"
"$build/storage/on_postgres" "$server" "$0" --on-postgres "$server" "$@"
