#!/usr/bin/env bash
# docs/access-cases.md is true: every case from A1 to A23 and Z1 to Z22 is there once, and every test
# that it names is a test.
set -euo pipefail
root=$1
page=$root/docs/access-cases.md
failed=0

for case in A{1..23} Z{1..22}; do
  if [ "$(grep -c "^| $case | " "$page")" -ne 1 ]; then
    echo "$case: not once in $page"
    failed=1
  fi
done

names=$(grep -E '^\| [AZ][0-9]+ \| ' "$page" | cut -d'|' -f4 | sed 's/([^)]*)//' |
  awk '/A17:/ { n = split($0, part, ";"); for (i = 1; i <= n; ++i) print part[i]; next }
       { n = split($0, part, ","); for (i = 1; i <= n; ++i) print part[i] }' |
  sed 's/^ *//; s/ *$//')
tests=$(grep -RhoE "^TEST(_F|_P)?\([A-Za-z]+, *[A-Za-z0-9_]+|test\('[^']+'" \
  --include='*_test.cc' --include='*_test.mjs' "$root/service" "$root/storage" "$root/tests" |
  sed -E "s/^TEST(_F|_P)?\([A-Za-z]+, *//; s/^test\('//; s/'$//")
while IFS= read -r name; do
  if ! grep -qxF -- "$name" <<<"$tests"; then
    echo "no test is named: $name"
    failed=1
  fi
done <<<"$names"
echo "$(wc -l <<<"$names") names of tests"
exit $failed
