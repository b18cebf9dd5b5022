#!/bin/sh
# Runs nginx as Debian builds it, with the arguments given: the one of this machine, or one that is
# unpacked under .build and never installed, because the package would serve port 80 at once.
set -eu
folder=$(cd "$(dirname "$0")/../.." && pwd)/.build/nginx
if command -v nginx >/dev/null; then exec nginx "$@"; fi
if [ -x /usr/sbin/nginx ]; then exec /usr/sbin/nginx "$@"; fi
if [ ! -x "$folder/usr/sbin/nginx" ]; then
  mkdir -p "$folder"
  (cd "$folder" && apt-get download nginx >/dev/null && dpkg -x nginx_*.deb .)
fi
exec "$folder/usr/sbin/nginx" "$@"
