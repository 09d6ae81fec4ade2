# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Measuring: one engine, one signature set, one number of threads, one folder of mail → one row of JSON.
# Sourced by run.sh.
#
# Every run is checked before it is timed as valid: the messages that were refused for a signature must be
# the planted ones, no more and no fewer than the verification found. A run that skipped work has no figure.
#
# Needs: $work, $postern, $rows, $repeats, $cores (an array), clamd.sh.

seconds_between() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.4f", b - a}'; }
median() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
# CPU seconds as "user system": what lies between two of them, and the run in the middle of several.
cpu_between() { awk -v a="$1" -v b="$2" 'BEGIN {split(a, x); split(b, y); printf "%.2f %.2f", y[1] - x[1], y[2] - x[2]}'; }
median_cpu() {
    printf '%s\n' "$@" | sort -n | awk '{user[NR] = $1; system_[NR] = $2}
        END {m = int((NR + 1) / 2); printf "{\"user_cpu_seconds\": %.2f, \"system_cpu_seconds\": %.2f}", user[m], system_[m]}'
}
json_list() { printf '%s\n' "$@" | jq -cs .; }

# cores_for THREADS: the first so many, as taskset takes them.
cores_for() { local IFS=,; printf '%s' "${cores[*]:0:$1}"; }
# The client does little, but it must not take time from the daemon: it runs on the other core.
client_cores_for() { if [ "$1" = 1 ] && [ ${#cores[@]} -gt 1 ]; then printf '%s' "${cores[1]}"; else cores_for "$1"; fi; }

bytes_in() { find "$1" -type f -printf '%s\n' | awk '{sum += $1} END {printf "%d", sum}'; }
files_in() { find "$1" -type f | wc -l; }
# So that every engine reads from memory, the first as the last.
warm() { find "$1" -type f -exec cat {} + > /dev/null; }

# The names (without folder) of the messages that an engine refused for a signature, sorted.
clamd_found() { sed -n "s/: [^ ]* FOUND\$//p" <(grep -v ": Heuristics\.Limits\." "$1") | sed "s|.*/||" | sort; }
postern_found() { jq -r 'select(any(.findings[]; .kind == "signature")) | .path' "$1" | sed 's|.*/||' | sort -u; }

# check_found ENGINE FOUND FOLDER: compares with what the verification found among these files.
check_found() {
    find "$3" -type f -printf '%f\n' | sort | comm -12 - "$work/verified-$1" > "$work/expected"
    cmp -s "$work/expected" "$2" ||
        { echo "bench: $1 found other messages in $3 than before:" >&2; diff "$work/expected" "$2" >&2 || true; return 1; }
}

# postern_run SET THREADS FOLDER: verdicts in $work/verdicts.jsonl, statistics in $work/statistics.json.
postern_run() {
    local status=0
    { TIMEFORMAT='%U %S'; time taskset -c "$(cores_for "$2")" "$postern" scan --jobs "$2" --format json --stats \
        --signatures "$1" "$3" > "$work/verdicts.jsonl" 2> "$work/postern.err"; } 2> "$work/cpu" || status=$?
    [ $status -le 1 ] || { tail -n 5 "$work/postern.err" >&2; echo "bench: postern ended with status $status" >&2; return 1; }
    tail -n 1 "$work/postern.err" > "$work/statistics.json"
}

# add_row ENGINE SET_NAME THREADS FOLDER, and a JSON object of what was measured on standard input.
add_row() {
    jq -c --arg engine "$1" --arg set "$2" --argjson threads "$3" --arg files "${4##*/}" \
        --argjson bytes "$(bytes_in "$4")" --argjson messages "$(files_in "$4")" \
        '{engine: $engine, set: $set, threads: $threads, files: $files, bytes: $bytes, messages: $messages} + .
         + {megabytes_per_second: ($bytes / 1e6 / .seconds), messages_per_second: ($messages / .seconds)}' >> "$rows"
    tail -n 1 "$rows" | jq -r '"   \(.engine) \(.threads) thread(s), \(.files): \(.seconds * 1000 | round / 1000) s, \(.megabytes_per_second * 10 | round / 10) MB/s"'
}

# postern_cpu IDLE: CPU seconds of the scan alone. The statistics know them; where they do not, it is what the
# process took beyond loading, which is coarse when loading takes many times as long as scanning.
postern_cpu() {
    jq -r --arg beyond "$(cpu_between "$1" "$(cat "$work/cpu")")" 'if has("user_cpu_seconds")
        then "\(.user_cpu_seconds) \(.system_cpu_seconds)" else $beyond end' "$work/statistics.json"
}

# measure_postern SET_NAME THREADS FOLDER: with the set built of these sources, where there is one.
measure_postern() {
    local set=$work/sets/$1 seconds=() load=() cpu=() peak=() i idle
    [ ! -f "$set.set" ] || set=$set.set
    # What loading alone costs, so that it can be told from scanning: a run over one small message.
    postern_run "$set" "$2" "$work/small"
    idle=$(cat "$work/cpu")
    for ((i = 0; i < repeats; i++)); do
        postern_run "$set" "$2" "$3"
        postern_found "$work/verdicts.jsonl" > "$work/found"
        check_found postern "$work/found" "$3"
        seconds+=("$(jq .seconds "$work/statistics.json")")
        load+=("$(jq .load_seconds "$work/statistics.json")")
        peak+=("$(jq .peak_megabytes "$work/statistics.json")")
        cpu+=("$(postern_cpu "$idle")")
    done
    jq -n --argjson runs "$(json_list "${seconds[@]}")" --argjson seconds "$(median "${seconds[@]}")" \
        --argjson ready "$(median "${load[@]}")" --argjson peak "$(median "${peak[@]}")" \
        --argjson cpu "$(median_cpu "${cpu[@]}")" \
        '{seconds: $seconds, runs: $runs, ready_seconds: $ready, peak_megabytes: $peak} + $cpu' | add_row postern "$1" "$2" "$3"
}

# measure_clamd SET_NAME THREADS FOLDER
measure_clamd() {
    local set=$work/sets/$1 seconds=() cpu=() i begin before
    clamd_start "$set" "$2" "$(cores_for "$2")"
    for ((i = 0; i < repeats; i++)); do
        before=$(clamd_cpu_seconds)
        begin=$EPOCHREALTIME
        clamd_scan "$(client_cores_for "$2")" "$3" > "$work/clamd.answers"
        seconds+=("$(seconds_between "$begin" "$EPOCHREALTIME")")
        cpu+=("$(cpu_between "$before" "$(clamd_cpu_seconds)")")
        clamd_found "$work/clamd.answers" > "$work/found"
        check_found clamd "$work/found" "$3"
    done
    jq -n --argjson runs "$(json_list "${seconds[@]}")" --argjson seconds "$(median "${seconds[@]}")" \
        --argjson ready "$clamd_ready_seconds" --argjson peak "$(clamd_peak_megabytes)" \
        --argjson cpu "$(median_cpu "${cpu[@]}")" \
        '{seconds: $seconds, runs: $runs, ready_seconds: $ready, peak_megabytes: $peak} + $cpu' | add_row clamd "$1" "$2" "$3"
    clamd_stop
}

# sample_of STEP: a folder with one message of STEP, as hard links; 1 is the whole corpus. The messages are
# taken in order of size, the middle one of each STEP, so that a sample has the sizes that the corpus has.
sample_of() {
    local folder=$work/mail
    [ "$1" = 1 ] || folder=$work/mail-1-in-$1
    if [ ! -d "$folder" ]; then
        mkdir "$folder"
        find "$work/mail" -type f -printf '%s %p\n' | sort -n | cut -d' ' -f2- |
            awk -v n="$1" 'NR % n == int(n / 2)' | xargs -r -d '\n' ln -t "$folder"
    fi
    printf '%s' "$folder"
}

# choose_sample SET_NAME: sets `sample` to the largest one that clamd, with one thread, scans within $patience
# seconds, told from a run over one message in sixteen. (Not in a subshell: whoever ends this script must know the daemon.)
choose_sample() {
    local begin seconds step=1 small
    small=$(sample_of 16)
    clamd_start "$work/sets/$1" 1 "$(cores_for 1)"
    begin=$EPOCHREALTIME
    clamd_scan "$(client_cores_for 1)" "$small" > /dev/null
    seconds=$(seconds_between "$begin" "$EPOCHREALTIME")
    clamd_stop
    seconds=$(awk -v s="$seconds" -v all="$(bytes_in "$work/mail")" -v part="$(bytes_in "$small")" 'BEGIN {print s * all / part}')
    while awk -v s="$seconds" -v n=$step -v most="$patience" 'BEGIN {exit !(s / n > most)}' && [ $step -lt 16 ]; do step=$((step * 2)); done
    sample=$(sample_of $step)
}
