#!/bin/sh
# Makes sure that the npm packages of the tablet app are there: installs exactly what the lock file
# names, and runs no script of theirs. Builds that run side by side wait for each other here.
set -eu
cd "$(dirname "$0")"
exec 9>.packages.lock
flock 9
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund >&2
  touch node_modules/.package-lock.json
fi
