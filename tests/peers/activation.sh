#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scand takes the sockets that a service manager passes, one over Unix and one over TCP, and answers over both; the
# first message, which starts it, waits and is answered.
. "$(dirname "$0")/lib.sh"
command -v systemd-socket-activate > /dev/null || skip "systemd-socket-activate is not there"

passed=$work/passed.sock
tcp_port=$(free_port)
systemd-socket-activate --listen="$passed" --listen="127.0.0.1:$tcp_port" "$postern" scand > "$work/activated.log" 2>&1 &
started+=($!)
wait_for "the socket" test -S "$passed"

# scan ADDRESS FILE: the decision.
scan() { "$postern" scan --server "$1" --format json "$2" | sed -n 's/.*"decision":"\([a-z]*\)".*/\1/p' || true; }
expect "the message that starts it is answered" accept "$(scan "unix:$passed" "$clean")"
expect "over the Unix socket that was passed" reject "$(scan "unix:$passed" "$virus")"
expect "over the address that was passed" reject "$(scan "127.0.0.1:$tcp_port" "$virus")"
expect_match "it says where it listens" "$passed" "$(cat "$work/activated.log")"
report
