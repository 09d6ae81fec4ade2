#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `./run bench service`: scand beside clamd, in the same run, with the same signatures, asked by the same client.
#
#   bench/service.sh [--record] [--seconds N]
#
# Takes about seven minutes with N = 3, which is how long each row of latencies lasts. The client is scan_load, which costs
# next to nothing. Both services have as many threads as there are cores. Prints tables; leaves service.json in
# build/bench/service. With --record the same goes to bench/results/DATE-MACHINE-service.md. docs/benchmarks.md says how to
# read it. The daemons are ended by their process ids however this ends.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/build/bench
out=$work/service
tools=$PWD/build/release
postern=$tools/postern
rows=$out/rows.jsonl
seconds=3
repeats=3
record=no

while [ $# -gt 0 ]; do
    case $1 in
        --record) record=yes ;;
        --seconds) seconds=$2; shift ;;
        *) sed -n '5p' "$0" | cut -c3- >&2; exit 2 ;;
    esac
    shift
done

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

mkdir -p "$out"
. bench/peers/clamd.sh
. bench/measure.sh
. bench/report.sh
. bench/service_report.sh

scand_pid=
scand_socket=$(mktemp -u /tmp/postern-bench-XXXXXX.sock)
finish() {
    [ -z "$scand_pid" ] || { kill "$scand_pid" 2> /dev/null || true; wait "$scand_pid" 2> /dev/null || true; }
    clamd_clean
    rm -f "$scand_socket"
}
trap finish EXIT
trap 'echo "bench: ${FUNCNAME[0]:-service.sh} failed at: $BASH_COMMAND" >&2' ERR
trap 'exit 130' INT TERM

# clamd's corpus and set, and one message of each size.
generate() {
    local size
    say "generating 150 MB of mail and 20,000 signatures"
    rm -rf "$out/set" "$out/corpus" "$out/mail" "$out/small"
    "$tools/make_signatures" "$out/set" 10000 10000 1
    "$postern" signatures build "$out/set" -o "$out/set.pst" > /dev/null
    "$postern" corpus generate --messages 1000 --bytes 150M --seed 1 --out "$out/corpus" > /dev/null
    mkdir "$out/mail" "$out/small"
    jq -r .path "$out/corpus/manifest.jsonl" | (cd "$out/corpus" && xargs -d '\n' ln -t "$out/mail")
    for size in 10000 100000 1000000 25000000; do "$tools/make_message" "$out/$size.eml" "$size"; done
    for size in $(seq 2000); do ln "$out/10000.eml" "$out/small/$size.eml"; done
    warm "$out/mail"
}

# A port that nobody has now: the metrics say what starting a worker took.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do :; done
    echo "$port"
}

start_both() {
    say "starting both"
    clamd_start "$out/set" "$(nproc)" "0-$(($(nproc) - 1))"
    metrics_port=$(free_port)
    printf '[listen]\nsocket = "%s"\n[scan]\nsignatures = ["%s"]\n[log]\nclean = "deny"\n[metrics]\naddress = "127.0.0.1:%s"\n' \
        "$scand_socket" "$out/set.pst" "$metrics_port" > "$out/scand.toml"
    "$postern" scand --config "$out/scand.toml" > "$out/scand.log" 2>&1 &
    scand_pid=$!
    until ask scand fildes 1 0 "$out/10000.eml" > /dev/null 2>&1; do
        kill -0 "$scand_pid" 2> /dev/null || { cat "$out/scand.log" >&2; echo "bench: scand did not start" >&2; return 1; }
        sleep 0.1
    done
}

# ask SERVICE WAY CLIENTS SECONDS FILE|FOLDER: scan_load's object.
ask() {
    local socket=$scand_socket
    [ "$1" = scand ] || socket=$clamd_socket
    "$tools/scan_load" "$socket" "${@:2}"
}

# add WHAT SERVICE, and an object on standard input.
add() { jq -c --arg what "$1" --arg service "$2" '{what: $what, service: $service} + .' >> "$rows"; }

# What clamd finds scand must find; what scand finds beside it must be the policy's.
verify() {
    local service
    say "verifying: what clamd finds, scand finds"
    for service in scand clamd; do ask $service fildes 4 0 "$out/mail" | jq .found > "$out/$service.found"; done
    jq -e -n --slurpfile scand "$out/scand.found" --slurpfile clamd "$out/clamd.found" '
        (($clamd[0] | keys) - ($scand[0] | keys)) as $missed
        | (($scand[0] | with_entries(select(.value | startswith("Policy.") | not)) | keys) - ($clamd[0] | keys)) as $others
        | {missed: $missed, others: $others, clamd: ($clamd[0] | length)}
        | ., (.missed + .others | length == 0 and $clamd[0] != {})' > "$out/verified" ||
        { cat "$out/verified" >&2; echo "bench: the services must find the same before they are compared" >&2; return 1; }
}

measure_corpus() {
    local service way run
    say "the attachment corpus, by four clients"
    for way in fildes instream; do
        for service in scand clamd; do
            for run in $(seq $repeats); do
                ask $service $way 4 0 "$out/mail" | jq -c --arg way $way --argjson run "$run" '{way: $way, run: $run} + del(.found)' | add corpus $service
            done
        done
    done
}

measure_latencies() {
    local size clients service way
    for way in fildes instream; do
        say "one message again and again, by $way"
        for size in 10000 100000 1000000 25000000; do
            for clients in 1 10 100; do
                for service in scand clamd; do
                    # clamd would be at it for minutes.
                    [ $service = clamd ] && [ $((size * clients)) -gt 500000000 ] && continue
                    ask $service $way $clients "$seconds" "$out/$size.eml" |
                        jq -c --arg way $way --argjson octets "$size" --argjson clients "$clients" \
                            '{way: $way, octets: $octets, clients: $clients} + del(.found)' | add latency $service
                done
            done
        done
    done
}

# A small message by FILDES, a connection for each, over a scan in the same process.
measure_overhead() {
    say "a small message by FILDES, and in one process"
    "$postern" scan --signatures "$out/set.pst" --jobs 1 --format json --stats "$out/small" > "$out/in-process.jsonl" 2> "$out/statistics"
    jq -s '[.[].seconds] | sort | {p50: .[length / 2 | floor], p99: .[length * 0.99 | floor]}' "$out/in-process.jsonl" |
        jq -c --slurpfile of <(tail -n 1 "$out/statistics") '. + {got_of_its_core: (($of[0].user_cpu_seconds + $of[0].system_cpu_seconds) / $of[0].seconds)}' | add small process
    ask scand fildes 1 "$seconds" "$out/10000.eml" | jq -c 'del(.found)' | add small scand
}

# Of a process and its children, in MB: what each alone has, and its share of what they have together.
megabytes() {
    local pid total=0
    for pid in "$1" $(pgrep -P "$1" || true) $(pgrep -P "$1" | xargs -r -n1 pgrep -P || true); do
        total=$((total + $(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup" 2> /dev/null || echo 0)))
    done
    echo $((total / 1024))
}

measure_memory() {
    local start
    jq -nc --argjson megabytes "$(megabytes "$clamd_pid")" '{$megabytes}' | add memory clamd
    jq -nc --argjson megabytes "$(megabytes "$scand_pid")" '{$megabytes}' | add memory scand
    start=$(curl -sf "http://127.0.0.1:$metrics_port/metrics" | awk '/^postern_worker_start_seconds_sum/ {sum = $2} /^postern_worker_start_seconds_count/ {count = $2} END {print sum / count}')
    jq -nc --argjson seconds "$start" '{$seconds}' | add "worker start" scand
}

clamd_fetch
generate
start_both
verify
: > "$rows"
measure_corpus
measure_overhead
measure_latencies
measure_memory
write_service_result
print_service
if [ $record = yes ]; then write_service_record; fi
