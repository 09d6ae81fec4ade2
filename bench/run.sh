#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `./run bench`: postern beside ClamAV's daemon, over the same mail with the same signatures, on this machine.
#
#   bench/run.sh [--record] [--bytes OCTETS] [--messages N] [--repeats N] [--seed N]
#
# Prints a table; leaves result.json, throughput.svg and all inputs in build/bench. With --record the same
# goes to bench/results/DATE-MACHINE.md. docs/benchmarks.md says how to read it.
#
# The order: generate, verify that both engines find what was planted, and only then measure. Any daemon is
# ended by its process id however this script ends.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/build/bench
tools=$PWD/build/release
postern=$tools/postern
rows=$work/rows.jsonl
bytes=300000000
messages=2000
seed=1
repeats=3
patience=60  # seconds of one run of clamd with one thread; above, it scans a sample
record=no

while [ $# -gt 0 ]; do
    case $1 in
        --record) record=yes ;;
        --bytes) bytes=$2; shift ;;
        --messages) messages=$2; shift ;;
        --repeats) repeats=$2; shift ;;
        --seed) seed=$2; shift ;;
        *) sed -n '5p' "$0" | cut -c3- >&2; exit 2 ;;
    esac
    shift
done

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# The cores that this process may use, the first two of them.
cores=()
while read -r core; do cores+=("$core"); done < <(
    awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status | tr , '\n' |
        awk -F- '{for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i}' | head -n 2)
threads=(1)
[ ${#cores[@]} -gt 1 ] && threads=(1 2)

mkdir -p "$work"
. bench/peers/clamd.sh
. bench/measure.sh
. bench/report.sh

trap clamd_clean EXIT
trap 'echo "bench: ${FUNCNAME[0]:-run.sh} failed at: $BASH_COMMAND" >&2' ERR
trap 'exit 130' INT TERM

# name bodies digests, a line each. Every set holds EICAR besides.
sets='bodies-1 1 0
bodies-10000 10000 0
bodies-100000 100000 0
digests-1000000 0 1000000'

generate() {
    local name bodies digests
    say "generating $((bytes / 1000000)) MB of mail and the signature sets"
    rm -rf "$work/corpus" "$work/mail" "$work"/mail-1-in-* "$work/small" "$work/sets"
    "$postern" corpus generate --messages "$messages" --bytes "$bytes" --seed "$seed" --out "$work/corpus"
    mkdir -p "$work/mail" "$work/small"
    # The messages alone, without the manifest: hard links.
    jq -r .path "$work/corpus/manifest.jsonl" | (cd "$work/corpus" && xargs -d '\n' ln -t "$work/mail")
    find "$work/mail" -type f -printf '%s %p\n' | sort -n | sed -n 1p | cut -d' ' -f2- | xargs -d '\n' ln -t "$work/small"
    while read -r name bodies digests; do
        "$tools/make_signatures" "$work/sets/$name" "$bodies" "$digests" "$seed"
    done <<< "$sets"
    "$tools/make_message" "$work/large.eml" 104857600
    # Whoever planted it, the manifest says which messages hold it.
    jq -r 'select(.planted | tostring | test("eicar"; "i")) | .path' "$work/corpus/manifest.jsonl" |
        sed 's|.*/||' | sort > "$work/planted"
    warm "$work/mail"
}

# Both engines over everything, with EICAR and one body more. clamd's log names what it found clean, so that
# a file it did not look at cannot count as one.
verify() {
    local answered
    say "verifying: $(wc -l < "$work/planted") messages hold EICAR"
    postern_run "$work/sets/bodies-1" 1 "$work/mail"
    postern_found "$work/verdicts.jsonl" > "$work/verified-postern"
    clamd_start "$work/sets/bodies-1" 1 "$(cores_for 1)" "LogClean yes"
    clamd_scan "$(client_cores_for 1)" "$work/mail" > "$work/clamd.answers"
    clamd_stop
    answered=$(grep -c -E ': (OK|[^ ]+ FOUND)$' "$work/clamd.log")
    clamd_found "$work/clamd.answers" > "$work/verified-clamd"
    jq -r 'select(.coverage.complete | not) | .path' "$work/verdicts.jsonl" > "$work/partial-postern"
    sed -n 's/^\(.*\): Heuristics.Limits.* FOUND$/\1/p' "$work/clamd.answers" > "$work/partial-clamd"
    jq -n --argjson planted "$(jq -Rsc 'split("\n")[:-1]' "$work/planted")" \
        --argjson postern "$(jq -Rsc 'split("\n")[:-1]' "$work/verified-postern")" \
        --argjson clamd "$(jq -Rsc 'split("\n")[:-1]' "$work/verified-clamd")" \
        --argjson postern_partial "$(wc -l < "$work/partial-postern")" \
        --argjson clamd_partial "$(wc -l < "$work/partial-clamd")" --argjson clamd_answered "$answered" \
        '{planted: ($planted | length), postern_missed: ($planted - $postern), clamd_missed: ($planted - $clamd),
          postern_others: ($postern - $planted), clamd_others: ($clamd - $planted),
          postern_partial: $postern_partial, clamd_partial: $clamd_partial, clamd_answered: $clamd_answered}' > "$work/verified.json"
    jq -r '"   postern found \(.planted - (.postern_missed | length)) of \(.planted), clamd \(.planted - (.clamd_missed | length))",
           (.clamd_missed[] | "   clamd missed \(.)"),
           (.postern_missed[] | "   postern missed \(.)"),
           ((.postern_others + .clamd_others)[] | "   found though nothing was planted: \(.)")' "$work/verified.json"
    jq -e '(.postern_missed + .postern_others + .clamd_others | length) == 0' "$work/verified.json" > /dev/null ||
        { echo "bench: the engines must find what was planted before they are compared" >&2; exit 1; }
    [ "$answered" = "$(files_in "$work/mail")" ] ||
        { echo "bench: clamd answered for $answered messages of $(files_in "$work/mail")" >&2; exit 1; }
}

measure() {
    local name bodies digests sample count
    : > "$rows"
    while read -r name bodies digests; do
        say "measuring with $name"
        choose_sample "$name"
        for count in "${threads[@]}"; do
            measure_postern "$name" "$count" "$work/mail"
            [ "$sample" = "$work/mail" ] || measure_postern "$name" "$count" "$sample"
            measure_clamd "$name" "$count" "$sample"
        done
    done <<< "$sets"
}

# What the matching alone would cost: Hyperscan over the same decoded octets, with the same literals.
ceiling() {
    say "the ceiling: Hyperscan alone over the decoded octets"
    taskset -c "$(cores_for "${#threads[@]}")" "$tools/hs_ceiling" "$work/sets/bodies-100000" "$work/mail" "$repeats" "${#threads[@]}" > "$work/ceiling.json"
    jq -r '"   \(.threads) thread(s) that share nothing do \(.gain_of_threads) times the work of one",
        "   \(.decoded_bytes / 1e6 | round) MB decoded from \(.mail_bytes / 1e6 | round) MB of mail, \(.seconds) s, \(.decoded_megabytes_per_second | round) MB/s"' "$work/ceiling.json"
}

# The largest message that is allowed, from memory, on all cores.
large_message() {
    local seconds=() i set
    say "one message of 100 MiB"
    warm "$work/large.eml"
    : > "$work/large.jsonl"
    for set in bodies-1 bodies-100000; do
        seconds=()
        for ((i = 0; i < repeats + 2; i++)); do
            postern_run "$work/sets/$set" "${#cores[@]}" "$work/large.eml"
            seconds+=("$(jq .seconds "$work/verdicts.jsonl")")
        done
        jq -c --arg set "$set" --argjson threads "${#cores[@]}" --argjson seconds "$(median "${seconds[@]}")" \
            --argjson runs "$(json_list "${seconds[@]}")" --argjson bytes "$(stat -c %s "$work/large.eml")" \
            '{set: $set, threads: $threads, bytes: $bytes, seconds: $seconds, runs: $runs, peak_megabytes}' \
            "$work/statistics.json" >> "$work/large.jsonl"
        tail -n 1 "$work/large.jsonl" | jq -r '"   with \(.set): \(.seconds) s, \(.peak_megabytes | round) MB at most"'
    done
}

clamd_fetch
generate
verify
measure
ceiling
large_message
write_result
print_table
plot
if [ $record = yes ]; then write_record; fi
