#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `postern scan --server`: the same lines as a local scan, from services of both kinds; and none missing when one
# of them dies in the middle.
. "$(dirname "$0")/lib.sh"
start_scand local
local_socket=$socket
local_process=${started[-1]}
start_scand remote
remote=127.0.0.1:$port
"$postern" corpus generate --messages 300 --bytes 20M --seed 4 --out "$work/corpus" > /dev/null
# Items that are no whole files too: in a tar, and in an mbox.
tar -C "$work/mails" -cf "$work/mails.tar" clean.eml virus.eml
{ for file in "$clean" "$virus"; do printf 'From a@example.org Sat Nov 28 06:00:00 2026\n'; tr -d '\r' < "$file"; echo; done; } > "$work/box.mbox"
things=("$work/corpus" "$work/mails" "$work/mails.tar" "$work/box.mbox")

without_seconds() { sed -E 's/,"seconds":[0-9.e-]+//'; }
status=0
"$postern" scan --format json "${things[@]}" > "$work/here.raw" || status=$?
expect "a local scan" 1 "$status"
without_seconds < "$work/here.raw" > "$work/here"
for server in "$local_socket" "$remote" "$remote,unix:$local_socket"; do
    status=0
    "$postern" scan --format json --server "$server" "${things[@]}" > "$work/there.raw" || status=$?
    expect "$server: the exit code" 1 "$status"
    without_seconds < "$work/there.raw" > "$work/there"
    expect "$server: the same lines" "" "$(diff "$work/here" "$work/there" | head -n 4)"
done

(sleep 0.3; kill -9 "$local_process") &
status=0
"$postern" scan --format json --server "$local_socket,$remote" "${things[@]}" > "$work/there.raw" || status=$?
wait "$!" || true
expect "one dies: the exit code" 1 "$status"
without_seconds < "$work/there.raw" > "$work/there"
expect "one dies: the same lines" "" "$(diff "$work/here" "$work/there" | head -n 4)"

status=0
"$postern" scan --server "$work/none.sock,127.0.0.1:1" "$clean" > "$work/said" 2>&1 || status=$?
expect "nobody there: the exit code" 2 "$status"
expect_match "nobody there: a sentence" 'no scanning service could be reached' "$(cat "$work/said")"
expect "nobody there: nothing is accepted" 0 "$(grep -c '^accept' "$work/said")"
for option in --policy --signatures --store --shadow; do
    status=0
    "$postern" scan --server "$remote" "$option" "$work/x" "$clean" > "$work/said" 2>&1 || status=$?
    expect "$option beside --server" 2 "$status"
    expect_match "$option beside --server: why" 'has no meaning beside --server' "$(cat "$work/said")"
done
report
