#!/usr/bin/env bash
# Pushes the same records to a server on RocksDB and to one on PostgreSQL, and gives PostgreSQL alone the
# same rows as plain transactions, a record each, all in one run on one machine.
#
#   tests/bench/engines.sh [RECORDS [ROUNDS]]   5,000 records, 3 rounds unless told otherwise; needs a
#                                               release build
#
# Prints JSON lines: records/s, processor seconds for 1,000 records of halftermd and of PostgreSQL; for
# pgbench with each number of clients. Halftermd and pgbench take turns, because other work on the machine
# comes and goes; the last line compares each round with its best pgbench, and is the median.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${HALFTERM_BUILD:-$PWD/.build/release}
halfterm=${HALFTERM:-$build/tools/halfterm}
programs=/usr/lib/postgresql/15/bin
clients_tried="10 20 40"
# shellcheck source=tests/bench/measured_postgres.sh
. tests/bench/measured_postgres.sh

# Of what a clock said before and after, for so many records.
per_1000() { awk "BEGIN { print 1000 * ($2 - $1) / $3 }"; }

# The rows of a record as one transaction, in a file for pgbench.
write_plain() {
  local records=$1 database
  database=$(query postgres "select datname from pg_database where datname ~ '^d' limit 1")
  rows=$(query "$database" "select (n_tup_ins + n_tup_upd + n_tup_del + $records / 2) / $records from pg_stat_user_tables where relname = 'halfterm_row'")
  bytes=$(query "$database" "select avg(octet_length(value))::int from halfterm_row")
  query postgres "create table plain (tenant bigint, family smallint, key bytea, value bytea, primary key (tenant, family, key))"
  {
    echo "\\set k random(1, 9000000000000000)"
    echo "begin;"
    for ((row = 1; row <= rows; row++)); do
      echo "insert into plain values (1, 1, int8send(:k) || int4send($row), decode(repeat('5a', $bytes), 'hex')) on conflict (tenant, family, key) do update set value = excluded.value;"
    done
    echo "commit;"
  } >"$HALFTERM_POSTGRES/plain.sql"
}

# On PostgreSQL, in an environment that on_postgres made.
on_postgres() {
  local records=$1 rounds=$2 round before after pushed said tps best clients ratios=""
  for ((round = 1; round <= rounds; round++)); do
    before=$(postgres_cpu_s)
    pushed=$("$halfterm" bench push --generated "$records" --json)
    sleep 1  # Statistics are told when a connection ends.
    after=$(postgres_cpu_s)
    echo "{\"engine\":\"postgres\",\"postgres_cpu_s_per_1000\":$(per_1000 "$before" "$after" "$records"),\"push\":$pushed}"
    [ "$round" -gt 1 ] || write_plain "$records"
    best=0
    for clients in $clients_tried; do
      query postgres "truncate plain"
      before=$(postgres_cpu_s)
      said=$("$programs/pgbench" -n -h "$HALFTERM_POSTGRES" -U halfterm -M prepared -c "$clients" -j 2 \
        -t $((records / clients)) -f "$HALFTERM_POSTGRES/plain.sql" postgres 2>/dev/null)
      after=$(postgres_cpu_s)
      tps=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' <<<"$said")
      best=$(awk "BEGIN { print ($tps > $best) ? $tps : $best }")
      echo "{\"engine\":\"pgbench\",\"clients\":$clients,\"rows_a_record\":$rows,\"bytes_a_row\":$bytes,\"records_per_s\":$tps,\"postgres_cpu_s_per_1000\":$(per_1000 "$before" "$after" "$records")}"
    done
    pushed=$(sed 's/.*"records_per_s":\([0-9.]*\).*/\1/' <<<"$pushed")
    ratios+=" $(awk "BEGIN { printf \"%.2f\", $pushed / $best }")"
  done
  # shellcheck disable=SC2086
  echo "{\"by_the_best_pgbench\":$(printf '%s\n' $ratios | sort -n | sed -n "$(((rounds + 1) / 2))p"),\"rounds\":\"${ratios# }\"}"
}

if [ "${1:-}" = --on-postgres ]; then
  on_postgres "$2" "$3"
  exit
fi
records=${1:-5000}
pushed=$(HALFTERMD=$build/service/halftermd "$halfterm" bench push --generated "$records" --json)
echo "{\"engine\":\"rocks\",\"push\":$pushed}"
"$build/storage/on_postgres" "$build/service/halftermd" "$0" --on-postgres "$records" "${2:-3}"
