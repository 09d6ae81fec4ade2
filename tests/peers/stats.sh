#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clamdtop, which reads STATS, on a terminal of script(1)'s making.
. "$(dirname "$0")/lib.sh"
unpack clamav-daemon
clamdtop=$peers/usr/bin/clamdtop
[ -x "$clamdtop" ] || clamdtop=$peers/usr/sbin/clamdtop
needs "$clamdtop"
command -v script > /dev/null || skip "script(1) is not there"
start_scand scand
status=0
( sleep 3; printf q ) | TERM=xterm COLUMNS=100 LINES=30 timeout 20 script -qec \
    "stty rows 30 cols 100; $clamdtop 127.0.0.1:$port" /dev/null > "$work/screen" 2>&1 || status=$?
screen=$(tr -cd '[:print:]\n' < "$work/screen")
expect_match "clamdtop shows the queue" '(Queue|QUEUE|Primary threads|live)' "$screen"
expect_match "clamdtop shows who is asked" "127.0.0.1" "$screen"
expect "clamdtop leaves when it is told to" 0 "$status"
report
