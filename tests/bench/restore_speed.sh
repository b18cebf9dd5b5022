#!/usr/bin/env bash
# How long a large store takes to be backed up, to come up again after kill -9, and to be restored.
#
#   tests/bench/restore_speed.sh BUILD_FOLDER [RECORDS]
#
# Works in a temporary folder and prints one line a step, in seconds. "First acknowledgement" runs from the
# start of the process until a school that begins there has its first push answered; it is the time of
# `halfterm bench push` with one visit as well, so it is an upper bound.
set -euo pipefail
build=$(realpath "${1:?the folder of the build}")
records=${2:-220000}  # About 1,000,000 groups.
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
halfterm=$build/tools/halfterm

now() { date +%s.%N; }
said() { awk -v s="$2" -v e="$(now)" -v what="$1" 'BEGIN { printf "%-44s %8.2f\n", what, e - s }'; }

start() {
  rm -f "$folder/ports"
  "$build/service/halftermd" --data "$folder/data" --grpc 127.0.0.1:0 --admin 127.0.0.1:0 --http '' \
    --ports-file "$folder/ports" >>"$folder/log" 2>&1 &
  server=$!
  until [ -s "$folder/ports" ]; do
    kill -0 "$server" || { tail -3 "$folder/log" >&2; exit 1; }
    sleep 0.02
  done
  grpc=$(sed -n 's/.*"grpc": *"\([^"]*\)".*/\1/p' "$folder/ports" | head -1)
  admin=$(sed -n 's/.*"admin": *"\([^"]*\)".*/\1/p' "$folder/ports" | head -1)
}
push() { "$halfterm" bench push --generated "$1" --as-school "$2" --target "$grpc" --admin-target "$admin" --json; }

start
began=$(now)
push "$records" bench >"$folder/pushed.json"
said "push" "$began"
began=$(now)
"$halfterm" --admin "$admin" backup --to "$folder/backups" >"$folder/backup.txt"
said "backup, opened and recomputed" "$began"

kill -9 "$server"; { wait "$server" || true; } 2>/dev/null
began=$(now)
start
said "start after kill -9" "$began"
push 1 after-kill >/dev/null
said "  and first acknowledgement" "$began"
began=$(now)
push 1 no-start >/dev/null
said "  of which the command itself takes" "$began"

kill "$server"; wait "$server" 2>/dev/null || true
began=$(now)
"$halfterm" restore --data "$folder/data" --from "$folder/backups" >"$folder/restore.txt"
said "restore" "$began"
start
said "  and start" "$began"
push 1 after-restore >/dev/null
said "  and first acknowledgement" "$began"
cat "$folder/pushed.json" "$folder/backup.txt" "$folder/restore.txt"
