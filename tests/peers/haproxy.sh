#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two scand behind haproxy in TCP mode: INSTREAM, VERDICT and clamdscan through it, also while one of them dies.
. "$(dirname "$0")/lib.sh"
unpack haproxy
unpack clamdscan
haproxy=$peers/usr/sbin/haproxy
needs "$haproxy"
needs "$peers/usr/bin/clamdscan"
start_scand one
one=$port
start_scand two
two=$port
two_process=${started[-1]}
front=$(free_port)
cat > "$work/haproxy.cfg" <<END
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch
listen scand
  bind 127.0.0.1:$front
  balance leastconn
  server one 127.0.0.1:$one check inter 500ms
  server two 127.0.0.1:$two check inter 500ms
END
"$haproxy" -f "$work/haproxy.cfg" -db > "$work/haproxy.log" 2>&1 &
started+=($!)
wait_for haproxy answers_on "$front"

printf 'TCPSocket %s\nTCPAddr 127.0.0.1\n' "$front" > "$work/tcp.conf"
check() {
    local status=0
    "$peers/usr/bin/clamdscan" --config-file="$work/tcp.conf" --stream --no-summary "$work"/mails/* > "$work/said" 2>&1 || status=$?
    expect "$1: clamdscan finds something" 1 "$status"
    expect "$1: three of four" 3 "$(grep -c ' FOUND$' "$work/said")"
    expect_match "$1: and the clean one is" 'clean\.eml: OK$' "$(cat "$work/said")"
    status=0
    "$postern" scan --server "127.0.0.1:$front" "$work/mails" > "$work/said" 2>&1 || status=$?
    expect "$1: postern scan --server" 1 "$status"
    expect_match "$1: all four were looked at" '^4 messages: 1 accepted, 3 rejected' "$(cat "$work/said")"
}
check "two"
kill -9 "$two_process"
check "one has died"
report
