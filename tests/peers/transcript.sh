#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same requests, good and bad, to a real clamd and to scand: transcript.pl says which, and what may differ.
. "$(dirname "$0")/lib.sh"
unpack clamav-daemon
clamd=$peers/usr/sbin/clamd
needs "$clamd"
mkdir "$work/signatures" "$work/files"
printf 'Test.Marker:0:*:%s\n' "$(printf postern-transcript-marker | od -An -tx1 | tr -d ' \n')" > "$work/signatures/test.ndb"
cat > "$work/clamd.conf" <<END
LocalSocket $work/clamd.sock
DatabaseDirectory $work/signatures
TemporaryDirectory $work
LogFile $work/clamd.log
Foreground yes
OfficialDatabaseOnly no
SelfCheck 0
StreamMaxLength 1M
ReadTimeout 5
CommandReadTimeout 5
END
"$clamd" --config-file="$work/clamd.conf" > "$work/clamd.out" 2>&1 &
started+=($!)
wait_for clamd test -S "$work/clamd.sock"
cat >> "$(config_with_roots)" <<END
[limits]
stream_size = "1M"
read_time = "5s"
command_time = "5s"
END
start_scand scand --config "$work/scand.toml" --signatures "$work/signatures"
"$(dirname "$0")/transcript.pl" "$work/clamd.sock" "$socket" "$work/files"
