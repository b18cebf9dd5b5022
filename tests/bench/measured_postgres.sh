# shellcheck shell=bash
# For the scripts beside it, in an environment that on_postgres made (HALFTERM_POSTGRES): what its
# PostgreSQL has spent. To be sourced.

# Processor seconds of the postmaster, of what it started that has ended, and of what still runs.
postgres_cpu_s() {
  local postmaster ticks=0 process fields
  postmaster=$(head -n 1 "$HALFTERM_POSTGRES/data/postmaster.pid")
  for process in "$postmaster" $(pgrep -P "$postmaster"); do
    fields=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null) || continue
    ticks=$((ticks + $(awk '{ print $12 + $13 + $14 + $15 }' <<<"$fields")))
  done
  awk "BEGIN { print $ticks / $(getconf CLK_TCK) }"
}

query() { psql -XAtq -h "$HALFTERM_POSTGRES" -U halfterm -d "$1" -c "$2"; }

# What servers of the database $1 need besides --data: a database, and one for their ledger.
create_store() {
  query postgres "create database $1"
  query postgres "create database $1_ledger"
}
store_options() {
  echo "--engine=postgres
--postgres=host=$HALFTERM_POSTGRES user=halfterm dbname=$1
--ledger=host=$HALFTERM_POSTGRES user=halfterm dbname=$1_ledger"
}
