#!/usr/bin/env bash
# Includes point one way: proto <- sync/core <- sync <- storage <- service <- tools, and in the tablet
# model <- store <- transport <- app <- views.
#
#   layering_test.sh ROOT              checks the tree
#   layering_test.sh ROOT --self-test  sees that wrong includes are noticed
set -euo pipefail
root=$1

ours='halfterm|sync|storage|service|tools|tests|tablet'

# The first folders that sources of a room may include from. System headers are in angle brackets.
allowed() {
  case $1 in
    sync/core) echo 'sync/core/' ;;
    sync) echo 'sync/|halfterm/v1/' ;;
    storage) echo 'storage/|sync/|halfterm/(v1|disk)/' ;;
    service) echo 'service/|storage/|sync/|halfterm/(v1|disk)/' ;;
    tools) echo 'tools/|service/|storage/|sync/|halfterm/(v1|disk)/' ;;
  esac
}

# Tests may also use tests/support and, as every test, what their room may use.
check() {
  local tree=$1 wrong=0 room files file extra lines
  for room in sync/core sync storage service tools; do
    [ -d "$tree/$room" ] || continue
    files=$(find "$tree/$room" \( -name '*.h' -o -name '*.cc' \) | sort)
    [ "$room" = sync ] && files=$(grep -v '/sync/core/' <<<"$files" || true)
    for file in $files; do
      extra=''
      # A school that several tests share lies beside them.
      case $file in *_test.cc | *_school.h | *_conformance.h | *_bench.cc) extra='|tests/support/' ;; esac
      lines=$(grep -nE "^#include \"($ours)/" "$file" |
        grep -vE "#include \"($(allowed $room)$extra)" || true)
      if [ -n "$lines" ]; then
        echo "${file#"$tree"/} includes what its room may not use:"
        echo "$lines"
        wrong=1
      fi
    done
  done
  # The tablet: core <- model <- store <- transport <- app <- views.
  local folder wrong_ones
  for folder in app transport store model; do
    [ -d "$tree/tablet/src/$folder" ] || continue
    case $folder in
      model) wrong_ones='store|transport|app|views|words' ;;
      store) wrong_ones='transport|app|views|words' ;;
      transport) wrong_ones='app|views|words' ;;
      app) wrong_ones='views|words' ;;
    esac
    if grep -rnE "from '(\.\./)+($wrong_ones)/" "$tree/tablet/src/$folder" --include='*.ts' --include='*.tsx'; then
      echo "tablet/src/$folder imports what lies behind it"
      wrong=1
    fi
  done
  # RocksDB is one engine's secret; the standard library is all that the merge core knows.
  if grep -rlE '#include [<"]rocksdb/' "$tree"/{sync,service,tools} "$tree"/storage --include='*.h' \
    --include='*.cc' 2>/dev/null | grep -v '/storage/rocks/'; then
    echo "RocksDB is included outside storage/rocks"
    wrong=1
  fi
  if grep -rlE '#include [<"](libpq-fe|postgresql/)' "$tree"/{sync,service,tools,storage} --include='*.h' \
    --include='*.cc' 2>/dev/null | grep -v '/storage/postgres/connection.cc'; then
    echo "libpq is included outside storage/postgres/connection.cc"
    wrong=1
  fi
  if grep -rnE '#include ["<](absl|google|grpc|openssl|rocksdb|boost)' "$tree/sync/core" \
    --include='*.h' --include='*.cc' | grep -v '_test.cc'; then
    echo "sync/core includes more than the standard library"
    wrong=1
  fi
  # Rooms are named for their subject.
  if (find "$tree"/{sync,storage,service,tools,tests} 2>/dev/null || true) | grep -v node_modules |
    grep -iE '/(utils?|common|helpers?|misc)(\.[a-z]+$|$)'; then
    echo "a name that says nothing"
    wrong=1
  fi
  return $wrong
}

if [ "${2:-}" = --self-test ]; then
  tree=$(mktemp -d)
  trap 'rm -rf "$tree"' EXIT
  mkdir -p "$tree"/{sync/core,storage/rocks,service,tools}
  echo '#include "sync/core/cell.h"' >"$tree/storage/good.cc"
  check "$tree" >/dev/null || { echo "a right include was refused"; exit 1; }
  missed=0
  try() {
    echo "#include $2" >"$tree/$1"
    if check "$tree" >/dev/null; then echo "not noticed: $1 including $2"; missed=1; fi
    rm "$tree/$1"
  }
  try sync/core/cell.cc '"sync/schema.h"'
  try sync/core/cell.cc '<absl/strings/string_view.h>'
  try sync/judge.cc '"storage/engine.h"'
  try storage/keys.cc '"service/server.h"'
  try storage/keys.cc '"tests/support/seed.h"'
  try storage/keys.cc '<rocksdb/db.h>'
  try storage/keys.cc '<libpq-fe.h>'
  try service/server.cc '"tools/main.h"'
  try tools/utils.h '<string>'
  mkdir -p "$tree/tablet/src/model"
  echo "import { Rows } from '../store/database';" >"$tree/tablet/src/model/view.ts"
  if check "$tree" >/dev/null; then echo "not noticed: the tablet's model importing its store"; missed=1; fi
  exit $missed
fi
check "$root"
