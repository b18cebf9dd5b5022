#!/usr/bin/env bash
# A page of cases is true: every case is there once, and every test that it names is a test, in the
# file that stands behind it in brackets, if one does. `cases_test.sh ROOT PAGE.md C30` is for C1 to
# C30; several such lists may follow each other. Of a case's tests one carries its number, unless the
# first list is --by-name: then they may have other names, and "none: ..." says why there is none.
set -euo pipefail
root=$1
page=$root/docs/$2
shift 2
by_name=
if [ "${1:-}" = --by-name ]; then
  by_name=yes
  shift
fi
failed=0

# NAME, a tab, the file's name.
tests=$({
  grep -RoE "^TEST(_F|_P)?\([A-Za-z]+, *[A-Za-z0-9_]+" --include='*_test.cc' \
    "$root/service" "$root/storage" "$root/sync" "$root/tests" "$root/tools" |
    sed -E "s/^([^:]*):TEST(_F|_P)?\([A-Za-z]+, *(.*)/\3\t\1/"
  grep -RoE "^ *(test|it)\('[^']+'" --include='*.test.ts' --include='*.spec.ts' --include='*_test.mjs' \
    --exclude-dir=node_modules "$root/tablet/src" "$root/tablet/core" "$root/tablet/e2e" "$root/tests" |
    sed -E "s/^([^:]*): *(test|it)\('(.*)'/\3\t\1/"
} | sed -E 's|\t.*/|\t|')
names_of_tests=$(cut -f1 <<<"$tests")

check() {
  local case=$1 row entries name
  row=$(grep "^| $case | " "$page" || true)
  if [ "$(grep -c . <<<"$row")" -ne 1 ]; then
    echo "$case: not once in $page"
    failed=1
    return
  fi
  entries=$(cut -d'|' -f5 <<<"$row" | tr ';' '\n' | sed 's/^ *//; s/ *$//')
  if [ -n "$by_name" ] && [[ $entries == "none: "?* ]]; then return; fi
  if [ -z "$by_name" ] && ! grep -qE "(^|[^A-Z])$case([^0-9]|\$)" <<<"$entries"; then
    echo "$case: no test carries its number"
    failed=1
  fi
  while IFS= read -r name; do
    if [[ $name =~ ^(.*)\ \(([A-Za-z0-9_.-]+)\)$ ]]; then
      grep -qxF -- "${BASH_REMATCH[1]}"$'\t'"${BASH_REMATCH[2]}" <<<"$tests" && continue
    else
      grep -qxF -- "$name" <<<"$names_of_tests" && continue
    fi
    echo "$case: no test is named: $name"
    failed=1
  done <<<"$entries"
}

for list in "$@"; do
  for ((number = 1; number <= ${list:1}; ++number)); do check "${list:0:1}$number"; done
done
exit $failed
