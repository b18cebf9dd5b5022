#!/bin/sh
# Clients that nobody here wrote talk to the built server: Node's @grpc/grpc-js, buf curl (gRPC, and
# gRPC-Web), @connectrpc/connect in Node (gRPC-Web), and Debian's python3-grpcio with generic calls.
# Each brings a school of its own, greets, pushes one group that it sealed itself by the layout of
# sync/core/group.h, pulls it back, reads a summary, and sees what errors look like.
#
#   run.sh HALFTERMD [CLIENT...]        clients: grpc_js buf_curl buf_curl_web connect_node grpcio
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
halftermd=$1
shift
[ $# -gt 0 ] || set -- grpc_js buf_curl buf_curl_web connect_node grpcio

"$folder/../packages.sh"
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

"$halftermd" --data "$work/data" --grpc 127.0.0.1:0 --admin 127.0.0.1:0 \
  --http 127.0.0.1:0 --low-space-mib 0 \
  --ports-file "$work/ports" >/dev/null 2>"$work/log" &
server=$!
tries=0
until [ -e "$work/ports" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { echo "the server does not start" >&2; exit 1; }
  sleep 0.1
done
ports=$(cat "$work/ports")
address() { echo "$ports" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

for client in "$@"; do
  case $client in
    grpcio)
      protoc -I "$folder/../../../proto" --python_out="$work" \
        "$folder"/../../../proto/halfterm/v1/*.proto
      PYTHONPATH=$work /usr/bin/python3 "$folder/grpcio.py" "$(address grpc)" "$(address admin)"
      ;;
    buf_curl_web)
      node "$folder/buf_curl.mjs" "$(address grpc)" "$(address admin)" "$(address http)"
      ;;
    connect_node)
      node "$folder/connect_node.mjs" "$(address grpc)" "$(address admin)" "$(address http)"
      ;;
    *) node "$folder/$client.mjs" "$(address grpc)" "$(address admin)" ;;
  esac
  echo "$client: all as it should be"
done

kill "$server"
wait "$server" || { echo "the server did not end well" >&2; cat "$work/log" >&2; exit 1; }
server=
