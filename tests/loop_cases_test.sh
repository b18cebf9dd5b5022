#!/usr/bin/env bash
# docs/loop-cases.md is true: every case from C1 to C30 is there once, every test that it names is a
# test, and one of each case carries its number.
set -euo pipefail
root=$1
page=$root/docs/loop-cases.md
failed=0

tests=$({
  grep -RhoE "^TEST(_F|_P)?\([A-Za-z]+, *[A-Za-z0-9_]+" --include='*_test.cc' \
    "$root/service" "$root/storage" "$root/sync" "$root/tests" "$root/tools" |
    sed -E "s/^TEST(_F|_P)?\([A-Za-z]+, *//"
  grep -RhoE "^ *(test|it)\('[^']+'" --include='*.test.ts' --include='*.spec.ts' --include='*_test.mjs' \
    --exclude-dir=node_modules "$root/tablet/src" "$root/tablet/e2e" "$root/tests" |
    sed -E "s/^ *(test|it)\('//; s/'$//"
})

for case in C{1..30}; do
  row=$(grep "^| $case | " "$page" || true)
  if [ "$(grep -c . <<<"$row")" -ne 1 ]; then
    echo "$case: not once in $page"
    failed=1
    continue
  fi
  names=$(cut -d'|' -f5 <<<"$row" | tr ';' '\n' | sed 's/^ *//; s/ *$//')
  if ! grep -qE "(^|[^A-Z])$case([^0-9]|\$)" <<<"$names"; then
    echo "$case: no test carries its number"
    failed=1
  fi
  while IFS= read -r name; do
    if ! grep -qxF -- "$name" <<<"$tests"; then
      echo "$case: no test is named: $name"
      failed=1
    fi
  done <<<"$names"
done
exit $failed
