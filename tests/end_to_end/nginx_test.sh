#!/bin/sh
# docs/nginx/halfterm.conf as it stands, but for its ports, names and files: nginx takes it, and a
# browser's client does a tablet's day through it, over TLS.
#
#   nginx_test.sh HALFTERMD
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
"$folder/packages.sh"
work=$(mktemp -d)
cd "$work"
server= proxy=
finish() {
  for pid in $proxy $server; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
fail() {
  echo "$1" >&2
  cat error.log log >&2 2>/dev/null || true
  exit 1
}
wait_for() {
  tries=0
  until eval "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "$1"
    sleep 0.1
  done
}

mkdir app
echo '<!doctype html><title>A page</title>' >app/index.html
"$1" --data data --grpc 127.0.0.1:0 --admin 127.0.0.1:0 --http 127.0.0.1:0 --app app \
  --low-space-mib 0 --ports-file ports >/dev/null 2>log &
server=$!
wait_for "the server does not start" '[ -e ports ]'
address() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" ports; }

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem 2>/dev/null
# Free ports, as the system gives them.
set -- $(/usr/bin/python3 -c '
import socket
free = [socket.socket() for _ in range(2)]
for s in free: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in free))')
plain=$1 secure=$2
sed -e "s|127.0.0.1:7480|$(address http)|" -e "s|listen 80;|listen 127.0.0.1:$plain;|" \
  -e "s|listen 443 ssl|listen 127.0.0.1:$secure ssl|" -e '/listen \[::\]/d' \
  -e 's|halfterm.example.org|localhost|' -e "s|/etc/ssl/halfterm/fullchain.pem|$work/certificate.pem|" \
  -e "s|/etc/ssl/halfterm/privkey.pem|$work/key.pem|" \
  "$folder/../../docs/nginx/halfterm.conf" >halfterm.conf
cat >nginx.conf <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  include $work/halfterm.conf;
}
CONF
chmod 711 .
"$folder/nginx.sh" -t -q -c "$work/nginx.conf" -e "$work/error.log" || fail "nginx does not take it"
"$folder/nginx.sh" -c "$work/nginx.conf" -e "$work/error.log" &
proxy=$!
curl() { command curl --silent --show-error --cacert certificate.pem --max-time 20 "$@"; }
wait_for "nginx does not start" 'curl -o /dev/null "https://localhost:$secure/" 2>/dev/null'

has() { grep -qi "$1" answer || { cat answer >&2; fail "not in the answer: $1"; }; }
curl --http2 -i "https://localhost:$secure/visits" >answer
has '^HTTP/2 200'
has 'A page'
has '^strict-transport-security: max-age=31536000'
has "^content-security-policy: default-src 'self'"
curl -i "http://localhost:$plain/visits" >answer
has '^HTTP/1.1 301'
has "^location: https://localhost/visits"
# What the client says of its address does not arrive; a body that is too long does not either.
head -c 3000000 /dev/zero | curl -i --data-binary @- -H 'content-type: application/grpc-web+proto' \
  "https://localhost:$secure/halfterm.v1.Sync/Hello" >answer
has '413'

NODE_EXTRA_CA_CERTS=$work/certificate.pem node "$folder/foreign_clients/connect_node.mjs" \
  "$(address grpc)" "$(address admin)" "https://localhost:$secure" || fail "connect-node"

# The server stops and starts: what was open ends, and nginx goes on.
kill "$server"
wait "$server" || fail "the server did not end well"
server=
curl -o /dev/null -w '%{http_code}\n' "https://localhost:$secure/" >answer
has 502
echo "nginx: all as it should be"
