#!/usr/bin/env bash
# Pushes the same records through 1, 2 and 4 servers on one PostgreSQL, each number on a database of its
# own, all in one run on one machine.
#
#   tests/bench/servers.sh [RECORDS [ROUNDS [TABLETS]]]     4,000 records, 3 rounds and 20 tablets unless
#                                                           told otherwise; `each` after TABLETS: so many
#                                                           at each server, not at all together
#
# Prints a JSON line for each number of servers in each round: records/s of all servers, each over the time of
# its own pushes; processor seconds for 1,000 records of PostgreSQL and of all
# servers, schools, sessions and pushes together. Needs a release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${HALFTERM_BUILD:-$PWD/.build/release}
halfterm=${HALFTERM:-$build/tools/halfterm}
server=${HALFTERMD:-$build/service/halftermd}
# shellcheck source=tests/bench/measured_server.sh
. tests/bench/measured_server.sh
# shellcheck source=tests/bench/measured_postgres.sh
. tests/bench/measured_postgres.sh

# Of all servers that run.
servers_cpu_s() {
  local pid ticks=0
  for pid in "${pids[@]}"; do
    ticks=$((ticks + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }')))
  done
  awk "BEGIN { print $ticks / $(getconf CLK_TCK) }"
}

# $1 servers on a database of their own; each is given an equal part of the records, for a school of its own.
measure_servers() {
  local servers=$1 records=$2 database=curve$3_$1 number data of_postgres of_servers rates=() pushes=()
  local tablets_each=${tablets%each}
  [[ $tablets = *each ]] || tablets_each=$((tablets / servers))
  create_store "$database"
  mapfile -t options < <(store_options "$database")
  for ((number = 1; number <= servers; number++)); do
    data=$folder/$database-$number
    if [ "$number" -gt 1 ]; then
      mkdir -p "$data"
      cp -r "$folder/$database-1/keys" "$data/keys"
    fi
    start_server "$data" "${options[@]}"
  done
  of_postgres=$(postgres_cpu_s) of_servers=$(servers_cpu_s)
  for ((number = 1; number <= servers; number++)); do
    data=$folder/$database-$number
    "$halfterm" bench push --generated $((records / servers)) --tablets "$tablets_each" \
      --as-school "school$number" --seed "$number" --json --target "unix:$data.grpc" \
      --admin-target "unix:$data.admin" >"$data.said" &
    pushes+=($!)
  done
  wait "${pushes[@]}"
  of_postgres=$(awk "BEGIN { print $(postgres_cpu_s) - $of_postgres }")
  of_servers=$(awk "BEGIN { print $(servers_cpu_s) - $of_servers }")
  for ((number = 1; number <= servers; number++)); do
    rates+=("$(sed 's/.*"records_per_s":\([0-9.]*\).*/\1/' "$folder/$database-$number.said")")
  done
  awk "BEGIN { printf \"{\\\"servers\\\":$servers,\\\"tablets_each\\\":$tablets_each,\\\"records_per_s\\\":%.0f,\\\"postgres_cpu_s_per_1000\\\":%.2f,\\\"servers_cpu_s_per_1000\\\":%.2f}\\n\",
    $(IFS=+; echo "${rates[*]}"), 1000 * $of_postgres / $records, 1000 * $of_servers / $records }"
  stop_servers
}

if [ "${1:-}" = --on-postgres ]; then
  server=$2 tablets=$5  # HALFTERMD is a server with a database of its own by now.
  folder=$(mktemp -d)
  trap 'stop_servers KILL; rm -rf "$folder"' EXIT
  for ((round = 1; round <= $4; round++)); do
    for servers in 1 2 4; do measure_servers $servers "$3" $round; done
  done
  exit
fi
"$build/storage/on_postgres" "$server" "$0" --on-postgres "$server" "${1:-4000}" "${2:-3}" "${3:-20}"
