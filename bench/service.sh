#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `./run bench service`: scand beside clamd, in the same run, with the same signatures, asked by the same clients.
#
#   bench/service.sh [SECONDS]      of each row (3)
#
# FILDES: clamdscan --fdpass --multiscan over the attachment corpus, for throughput; and VERDICT FILDES by `postern
# scan --server` against a scan in its own process. INSTREAM: service_load.pl with 1, 10 and 100 clients. Both
# services have two threads on all cores. Leaves rows.jsonl in build/bench/service; the daemons are ended by their
# process ids however this ends.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$PWD/build/bench
out=$work/service
postern=$PWD/build/release/postern
seconds=${1:-3}
mkdir -p "$out"
. bench/peers/clamd.sh
. bench/measure.sh

scand_pid=
finish() {
    [ -z "$scand_pid" ] || { kill "$scand_pid" 2> /dev/null || true; wait "$scand_pid" 2> /dev/null || true; }
    clamd_clean
    rm -f "$scand_socket"
}
scand_socket=$(mktemp -u /tmp/postern-bench-XXXXXX.sock)
trap finish EXIT
trap 'exit 130' INT TERM
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# Resident memory of a process and its children, in MB.
megabytes() {
    local pid total=0
    for pid in "$1" $(pgrep -P "$1" || true); do
        total=$((total + $(awk '/^VmRSS/ {print $2}' "/proc/$pid/status" 2> /dev/null || echo 0)))
        for pid in $(pgrep -P "$pid" || true); do
            [ "$pid" = "$1" ] || total=$((total + $(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup" 2> /dev/null || echo 0)))
        done
    done
    echo $((total / 1024))
}

say "starting both with the same signatures"
clamd_fetch
rm -rf "$out/set" "$out/corpus"
"$PWD/build/release/make_signatures" "$out/set" 10000 10000 1
"$postern" corpus generate --messages 1000 --bytes 150M --seed 1 --out "$out/corpus" > /dev/null
rm -rf "$out/mail" && mkdir "$out/mail"
jq -r .path "$out/corpus/manifest.jsonl" | (cd "$out/corpus" && xargs -d '\n' ln -t "$out/mail")
clamd_start "$out/set" 2 "0-$(($(nproc) - 1))"
"$postern" scand --socket "$scand_socket" --signatures "$out/set" > "$out/scand.log" 2>&1 &
scand_pid=$!
printf 'LocalSocket %s\n' "$scand_socket" > "$out/scand.conf"
until "$clamd_root/usr/bin/clamdscan" --config-file="$out/scand.conf" --ping 1 > /dev/null 2>&1; do
    kill -0 "$scand_pid" || { cat "$out/scand.log" >&2; exit 1; }
    sleep 0.1
done

say "the attachment corpus by FILDES, clamdscan asking"
: > "$out/rows.jsonl"
octets=$(du -cbL "$out/mail" | tail -n 1 | cut -f1)
for service in scand clamd; do
    conf=$out/scand.conf
    [ $service = scand ] || conf=$work/clamd.conf
    begin=$EPOCHREALTIME
    "$clamd_root/usr/bin/clamdscan" --config-file="$conf" --fdpass --multiscan --no-summary "$out/mail" > "$out/$service.answers" || [ $? -le 1 ]
    took=$(seconds_between "$begin" "$EPOCHREALTIME")
    jq -nc --arg service $service --argjson seconds "$took" --argjson bytes "$octets" \
        '{what: "corpus by FILDES", $service, seconds: $seconds, megabytes_per_second: ($bytes / 1e6 / $seconds)}' >> "$out/rows.jsonl"
done

say "one message at a time and many, by INSTREAM"
for size in 10000 100000 1000000 25000000; do
    "$PWD/build/release/make_message" "$out/$size.eml" "$size"
    for clients in 1 10 100; do
        [ $((size * clients)) -gt 100000000 ] && continue  # clamd would need minutes
        for service in scand clamd; do
            socket=$scand_socket
            [ $service = scand ] || socket=$clamd_socket
            bench/service_load.pl "$socket" "$out/$size.eml" "$clients" "$seconds" |
                jq -c --arg service $service --argjson bytes "$size" --argjson clients "$clients" \
                    '{what: "INSTREAM", $service, bytes: $bytes, clients: $clients} + .' >> "$out/rows.jsonl"
        done
    done
done

say "a small message by VERDICT FILDES, over a scan in the same process"
rm -rf "$out/small" && mkdir "$out/small"
for i in $(seq 1 2000); do ln "$out/10000.eml" "$out/small/$i.eml"; done
for way in "--server $scand_socket" "--signatures $out/set"; do
    # shellcheck disable=SC2086
    "$postern" scan $way --jobs 1 --format json "$out/small" | jq -r .seconds | sort -n |
        awk -v way="${way%% *}" '{t[NR] = $1} END {printf "{\"what\": \"small by %s\", \"p50\": %.6f, \"p99\": %.6f}\n", way, t[int(NR * 0.5)], t[int(NR * 0.99)]}' >> "$out/rows.jsonl"
done
jq -nc --argjson scand "$(megabytes "$scand_pid")" --argjson clamd "$(megabytes "$clamd_pid")" '{what: "memory", scand_megabytes: $scand, clamd_megabytes: $clamd}' >> "$out/rows.jsonl"

jq -r -s '
  (map(select(.what == "corpus by FILDES")) | "corpus by FILDES: scand \(.[0].megabytes_per_second | round) MB/s, clamd \(.[1].megabytes_per_second | round) MB/s, \(.[1].seconds / .[0].seconds * 10 | round / 10) times"),
  (map(select(.what == "INSTREAM")) | group_by([.bytes, .clients])[] | sort_by(.service) |
    "INSTREAM \(.[0].bytes) octets, \(.[0].clients) clients: " + (map("\(.service) \(.scans / .seconds | round)/s, p50 \(.p50 * 1e6 | round) us, p99 \(.p99 * 1e6 | round) us") | reverse | join("; "))),
  (map(select(.what | startswith("small"))) | "10 KB by VERDICT FILDES: p50 \(.[0].p50 * 1e6 | round) us; in process \(.[1].p50 * 1e6 | round) us; over it \((.[0].p50 - .[1].p50) * 1e6 | round) us"),
  (map(select(.what == "memory"))[0] | "memory: scand \(.scand_megabytes) MB, clamd \(.clamd_megabytes) MB")' "$out/rows.jsonl"
