# shellcheck shell=bash
# For the scripts beside it: servers that they start and stop. To be sourced; wants `server`, the
# program, and `folder`, which is the caller's to remove.
pids=()

# A server on the folder $1, with the options that follow. Its addresses are unix:$1.grpc and
# unix:$1.admin; it serves when this returns.
start_server() {
  local data=$1
  shift
  rm -f "$data.ports"
  "$server" --data "$data" --http '' --grpc "unix:$data.grpc" --admin "unix:$data.admin" \
    --ports-file "$data.ports" "$@" >>"$data.log" 2>&1 &
  pids+=($!)
  while [ ! -e "$data.ports" ]; do
    if ! kill -0 "${pids[-1]}" 2>/dev/null; then
      cat "$data.log" >&2
      exit 1
    fi
    sleep 0.02
  done
}

# All of them; with the signal $1, TERM unless told otherwise.
stop_servers() {
  [ ${#pids[@]} -gt 0 ] || return 0
  kill -s "${1:-TERM}" "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null || true
  pids=()
}

# Processor seconds of the first of them.
server_cpu_s() {
  awk "{ print (\$14 + \$15) / $(getconf CLK_TCK) }" "/proc/${pids[0]}/stat"
}

now_s() { date +%s.%N; }
