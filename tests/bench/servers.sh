#!/usr/bin/env bash
# Pushes the same records through 1, 2 and 4 servers on one PostgreSQL, each number on a database of its
# own, all in one run on one machine; then among 10 and among 1,000 schools on one database.
#
#   tests/bench/servers.sh [RECORDS [SCHOOLS]]     2,000 records and 1,000 schools unless told otherwise
#
# Prints JSON lines: records/s, and processor seconds of PostgreSQL for 1,000 records. Needs a release
# build.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${HALFTERM_BUILD:-$PWD/.build/release}
halfterm=${HALFTERM:-$build/tools/halfterm}
server=$build/service/halftermd
tablets=20

# Of the postmaster, what it started that has ended, and what still runs.
postgres_cpu_s() {
  local postmaster ticks=0 process fields
  postmaster=$(head -n 1 "$HALFTERM_POSTGRES/data/postmaster.pid")
  for process in "$postmaster" $(pgrep -P "$postmaster"); do
    fields=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null) || continue
    ticks=$((ticks + $(awk '{ print $12 + $13 + $14 + $15 }' <<<"$fields")))
  done
  awk "BEGIN { print $ticks / $(getconf CLK_TCK) }"
}
now_s() { date +%s.%N; }

# Server number $1 on database $2, with the ledger $2_ledger; the first has the keys.
start() {
  local data=$folder/$2-$1
  if [ "$1" -gt 1 ]; then
    mkdir -p "$data"
    cp -r "$folder/$2-1/keys" "$data/keys"
  fi
  "$server" --data "$data" --engine=postgres \
    --postgres="host=$HALFTERM_POSTGRES user=halfterm dbname=$2" \
    --ledger="host=$HALFTERM_POSTGRES user=halfterm dbname=$2_ledger" --http '' --grpc "unix:$data.grpc" \
    --admin "unix:$data.admin" --ports-file "$data.ports" >"$data.log" 2>&1 &
  pids+=($!)
  for ((i = 0; i < 600; i++)); do
    [ -e "$data.ports" ] && return
    sleep 0.1
  done
  cat "$data.log" >&2
  exit 1
}
stop() {
  kill "${pids[@]}"
  wait "${pids[@]}" || true
  pids=()
}
seed=0
push() { # server, database, school, records, tablets; each time other records
  "$halfterm" bench push --generated "$4" --tablets "$5" --as-school "$3" --seed "$((++seed))" --json \
    --target "unix:$folder/$2-$1.grpc" --admin-target "unix:$folder/$2-$1.admin"
}
database() {
  local name
  for name in "$1" "$1_ledger"; do
    psql -XAtq -h "$HALFTERM_POSTGRES" -U halfterm -d postgres -c "create database $name"
  done
}

on_postgres() {
  local records=$1 schools=$2 servers number before after cpu_before cpu_after pushes
  folder=$(mktemp -d)
  pids=()
  trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$folder"' EXIT
  for servers in 1 2 4; do
    database "curve$servers"
    for ((number = 1; number <= servers; number++)); do start $number "curve$servers"; done
    before=$(now_s) cpu_before=$(postgres_cpu_s) pushes=()
    for ((number = 1; number <= servers; number++)); do
      push $number "curve$servers" "school$number" $((records / servers)) $((tablets / servers)) \
        >"$folder/said$number" &
      pushes+=($!)
    done
    wait "${pushes[@]}"
    after=$(now_s) cpu_after=$(postgres_cpu_s)
    awk "BEGIN { printf \"{\\\"servers\\\":$servers,\\\"records_per_s\\\":%.0f,\\\"postgres_cpu_s_per_1000\\\":%.2f}\\n\",
      $records / ($after - $before), 1000 * ($cpu_after - $cpu_before) / $records }"
    stop
  done

  database among
  start 1 among
  local had=0 wanted
  for wanted in 10 "$schools"; do
    for (( ; had < wanted; had++)); do push 1 among "among$had" 1 1 >/dev/null; done
    # A tenth of the records to each of ten schools that were there from the beginning.
    before=$(now_s) cpu_before=$(postgres_cpu_s)
    for ((number = 0; number < 10; number++)); do
      push 1 among "among$number" $((records / 10)) 4 >/dev/null
    done
    after=$(now_s) cpu_after=$(postgres_cpu_s)
    awk "BEGIN { printf \"{\\\"schools\\\":$wanted,\\\"records_per_s\\\":%.0f,\\\"postgres_cpu_s_per_1000\\\":%.2f}\\n\",
      $records / ($after - $before), 1000 * ($cpu_after - $cpu_before) / $records }"
  done
  stop
}

if [ "${1:-}" = --on-postgres ]; then
  on_postgres "$2" "$3"
  exit
fi
"$build/storage/on_postgres" "$server" "$0" --on-postgres "${1:-2000}" "${2:-1000}"
