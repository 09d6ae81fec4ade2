#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `./run bench scale`: one large signature set, built, loaded and scanned with, beside ClamAV's daemon with the same sources.
#
#   bench/scale.sh [--digests N] [--bodies N] [--logical N] [--signatures FOLDER] [--mail FOLDER] [--bytes OCTETS] [--repeats N]
#
# Without --signatures the set is generated, without --mail the mail is. Prints what building, loading and scanning
# took; leaves scale.json in build/bench. A folder named by --mail should hold what clamd scans in some minutes.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/build/bench
tools=$PWD/build/release
postern=$tools/postern
rows=$work/scale-rows.jsonl
digests=10000000 bodies=150000 logical=50000
bytes=60000000
repeats=3
signatures='' mail=''

while [ $# -gt 0 ]; do
    case $1 in
        --digests) digests=$2 ;;
        --bodies) bodies=$2 ;;
        --logical) logical=$2 ;;
        --signatures) signatures=$(realpath "$2") ;;
        --mail) mail=$(realpath "$2") ;;
        --bytes) bytes=$2 ;;
        --repeats) repeats=$2 ;;
        *) sed -n '5p' "$0" | cut -c3- >&2; exit 2 ;;
    esac
    shift 2
done

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

cores=()
while read -r core; do cores+=("$core"); done < <(
    awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status | tr , '\n' |
        awk -F- '{for (i = $1; i <= (NF > 1 ? $2 : $1); i++) print i}' | head -n 2)

mkdir -p "$work/sets"
. bench/peers/clamd.sh
. bench/measure.sh

trap clamd_clean EXIT
trap 'echo "bench: ${FUNCNAME[0]:-scale.sh} failed at: $BASH_COMMAND" >&2' ERR
trap 'exit 130' INT TERM

# The sources as $work/sets/scale, the mail as $work/scale-mail, its smallest message as $work/small.
gather() {
    rm -rf "$work/sets/scale" "$work/scale-mail" "$work/scale-corpus" "$work/small"
    mkdir -p "$work/scale-mail" "$work/small"
    if [ -z "$signatures" ]; then
        say "generating $digests digests, $bodies bodies and $logical logical signatures"
        "$tools/make_signatures" "$work/sets/scale" "$bodies" "$digests" 1 "$logical"
        signatures=$work/sets/scale
    else
        ln -s "$signatures" "$work/sets/scale"
    fi
    if [ -z "$mail" ]; then
        "$postern" corpus generate --messages $((bytes / 150000)) --bytes "$bytes" --seed 1 --out "$work/scale-corpus"
        mail=$work/scale-corpus
    fi
    local number=1000000 path
    while IFS= read -r -d '' path; do
        cp "$path" "$work/scale-mail/$((++number)).eml"
    done < <(find "$mail" -type f ! -name manifest.jsonl -print0 | sort -z)
    find "$work/scale-mail" -type f -printf '%s %p\n' | sort -n | sed -n 1p | cut -d' ' -f2- | xargs -d '\n' cp -t "$work/small"
    warm "$work/scale-mail"
}

build_set() {
    local begin
    say "building the set"
    begin=$EPOCHREALTIME
    /usr/bin/env time -f %M -o "$work/build-memory" "$postern" signatures build "$signatures" -o "$work/sets/scale.set" |
        sed 's/^/   /'
    build_seconds=$(seconds_between "$begin" "$EPOCHREALTIME")
    build_megabytes=$(awk '{print $1 * 1024 / 1e6}' "$work/build-memory")
}

# What each engine finds is what it must find in every measured run; where they differ is told.
verify() {
    say "verifying"
    postern_run "$work/sets/scale.set" 1 "$work/scale-mail"
    postern_found "$work/verdicts.jsonl" > "$work/verified-postern"
    clamd_start "$signatures" 1 "$(cores_for 1)"
    clamd_scan "$(client_cores_for 1)" "$work/scale-mail" > "$work/clamd.answers"
    clamd_stop
    clamd_found "$work/clamd.answers" > "$work/verified-clamd"
    echo "   postern found $(wc -l < "$work/verified-postern") messages, clamd $(wc -l < "$work/verified-clamd")"
    comm -3 "$work/verified-postern" "$work/verified-clamd" | sed $'s/^\t/   only clamd: /; t; s/^/   only postern: /'
}

result() {
    local pair='(map(select(.engine == "postern"))[0]) as $p | (map(select(.engine == "clamd"))[0]) as $c'
    jq -s --argjson build "$build_seconds" --argjson memory "$build_megabytes" \
        "$pair"' | {build_seconds: $build, build_megabytes: $memory, postern: $p, clamd: $c,
            load_milliseconds: ($p.ready_seconds * 1000), memory_of_clamd: ($p.peak_megabytes / $c.peak_megabytes),
            times_clamd: ($p.megabytes_per_second / $c.megabytes_per_second)}' "$rows" > "$work/scale.json"
    say "result"
    jq -r 'def round1: . * 10 | round / 10;
        "   built in \(.build_seconds | round1) s with \(.build_megabytes | round) MB",
        "   ready after \(.load_milliseconds | round) ms, clamd after \(.clamd.ready_seconds | round1) s",
        "   resident \(.postern.peak_megabytes | round) MB, clamd \(.clamd.peak_megabytes | round) MB: \(.memory_of_clamd * 1000 | round / 1000) of it",
        "   \(.postern.megabytes_per_second | round1) MB/s, clamd \(.clamd.megabytes_per_second | round1) MB/s, one thread each: \(.times_clamd | round1) times clamd"' "$work/scale.json"
    echo "   $work/scale.json"
}

clamd_fetch
gather
build_set
verify
: > "$rows"
say "measuring"
measure_postern scale 1 "$work/scale-mail"
measure_clamd scale 1 "$work/scale-mail"
result
