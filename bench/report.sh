# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a run of the benchmark leaves: result.json, the table, the plot, the dated record. Sourced by run.sh.
#
# result.json is the truth; the others are views of it.
#
# Needs: $work, $rows, $postern, clamd_version, large.jsonl, ceiling.json and verified.json in $work.

processor() { awk -F': *' '/^model name/ {print $2; exit}' /proc/cpuinfo; }

machine() {
    jq -n --arg processor "$(processor)" --argjson cores "$(nproc)" \
        --argjson memory "$(awk '/^MemTotal/ {printf "%.1f", $2 * 1024 / 1e9}' /proc/meminfo)" \
        --arg kernel "$(uname -r)" --arg system "$(. /etc/os-release && echo "$PRETTY_NAME")" \
        '{processor: $processor, cores: $cores, memory_gigabytes: $memory, kernel: $kernel, system: $system}'
}

version_of() { dpkg-query -W -f '${Version}' "$1" 2> /dev/null || echo unknown; }

versions() {
    jq -n --arg clamav "$clamd_version" --arg hyperscan "$(version_of libhyperscan5)" --arg gmime "$(version_of libgmime-3.0-0)" \
        --arg compiler "$(g++ -dumpfullversion)" '{clamav: $clamav, hyperscan: $hyperscan, gmime: $gmime, compiler: ("g++ " + $compiler)}'
}

# The commit, and whether the tree differed from it.
commit() {
    local changed=
    [ -z "$(git status --porcelain --untracked-files=no 2> /dev/null)" ] || changed=' with changes'
    printf '%s%s' "$(git rev-parse --short=12 HEAD 2> /dev/null || echo unknown)" "$changed"
}

# One pair for each measured set and number of threads: both engines over the same files.
pairs='[.rows[] | select(.engine == "clamd")] | map(. as $clamd
    | first($all[] | select(.engine == "postern" and .set == $clamd.set and .threads == $clamd.threads and .files == $clamd.files)) as $postern
    | {set, threads, files, clamd: .megabytes_per_second, postern: $postern.megabytes_per_second,
       ratio: ($postern.megabytes_per_second / .megabytes_per_second)})'

# What issue and design ask for, and what came out.
bars='def bar($what; $is; $wanted; $met): {what: $what, is: $is, wanted: $wanted, met: $met};
    def postern($set; $threads): first($all[] | select(.engine == "postern" and .set == $set and .threads == $threads and .files == "mail"));
    [ (.pairs[] | select(.set == "bodies-100000" and .threads == 1)
        | bar("times the speed of clamd: 100,000 bodies, one thread"; .ratio; "at least 30"; .ratio >= 30)),
      ((.ceiling.seconds / postern("bodies-100000"; 1).seconds) as $share
        | (.ceiling.cpu_seconds / (postern("bodies-100000"; 1) | .user_cpu_seconds + .system_cpu_seconds) * 1000 | round / 1000) as $cpu
        | bar("of the speed of Hyperscan alone over the same decoded octets, one thread (by CPU time: \($cpu))"; $share; "at least 0.5"; $share >= 0.5)),
      (if any($all[]; .threads == 2) then
         (postern("bodies-100000"; 1).seconds / postern("bodies-100000"; 2).seconds) as $gain
         | bar("times the speed of one thread, with two (two threads of Hyperscan alone that share nothing: \(.ceiling.gain_of_threads))"; $gain; "at least 1.8"; $gain >= 1.8) else empty end),
      (.large[] | select(.set == "bodies-100000")
        | bar("seconds for a message of 100 MiB in memory, \(.threads) threads"; .seconds; "below 0.4"; .seconds < 0.4)),
      (.large[] | select(.set == "bodies-1") | (.peak_megabytes * 1e6 / .bytes) as $times
        | bar("times its size in memory for it, set of one body"; $times; "below 3"; $times < 3)) ]'

write_result() {
    jq -n --slurpfile rows "$rows" --slurpfile large "$work/large.jsonl" --slurpfile ceiling "$work/ceiling.json" \
        --slurpfile verified "$work/verified.json" --argjson machine "$(machine)" --argjson versions "$(versions)" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg commit "$(commit)" \
        --argjson seed "$seed" --argjson repeats "$repeats" \
        --argjson messages "$(files_in "$work/mail")" --argjson bytes "$(bytes_in "$work/mail")" \
        '$rows as $all | {date: $date, commit: $commit, machine: $machine, versions: $versions,
         corpus: {messages: $messages, bytes: $bytes, seed: $seed}, repeats: $repeats,
         verified: $verified[0], rows: $rows, ceiling: $ceiling[0], large: $large}
         | .got_of_its_core = ([$all[] | select(.engine == "postern" and .threads == 1 and .files == "mail")
             | (.user_cpu_seconds + .system_cpu_seconds) / .seconds] | min)
         | .pairs = ('"$pairs"') | .bars = ('"$bars"')' > "$work/result.json"
}

# Lines of fields divided by tabs, which both tables are made of.
measured_fields() {
    jq -r 'def round2: . * 100 | round / 100;
        (["signatures", "threads", "engine", "mail", "MB/s", "messages/s", "CPU s", "ready s", "memory MB", "times clamd"]),
        (. as $result | .rows[] | . as $row | [.set, .threads, .engine,
          (if .files == "mail" then "all" else .files | sub("mail-1-in-"; "1 in ") end),
          (.megabytes_per_second * 10 | round / 10), (.messages_per_second | round), (.user_cpu_seconds + .system_cpu_seconds | round2),
          (.ready_seconds | round2), (.peak_megabytes | round),
          (if .engine == "postern" then
            (first($result.pairs[] | select(.set == $row.set and .threads == $row.threads and .files == $row.files)) // {ratio: null})
            | if .ratio == null then "" else (.ratio * 10 | round / 10) end else "" end)])
        | @tsv' "$work/result.json"
}

# With one thread, postern computes all the time; what it did not get, another program took.
unquiet='select(.got_of_its_core < 0.9) | "The machine was not quiet: with one thread, postern got only \(.got_of_its_core * 100 | round) % of its core. Do not rely on these figures."'

bar_fields() { jq -r '.bars[] | [(.is * 1000 | round / 1000), .what, .wanted, (if .met then "met" else "NOT MET" end)] | @tsv' "$work/result.json"; }

print_table() {
    say "result"
    measured_fields | awk -F'\t' '{printf "%-16s %7s  %-8s %-8s %9s %11s %8s %8s %10s %12s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9, $10}'
    echo
    bar_fields | awk -F'\t' '{printf "%9s  %s (%s: %s)\n", $1, $2, $3, $4}'
    jq -r "$unquiet" "$work/result.json"
}

plot() {
    jq -r '. as $result | [["bodies-1", "1 body"], ["bodies-10000", "10,000 bodies"], ["bodies-100000", "100,000 bodies"],
         ["digests-1000000", "1,000,000 digests"]][] as [$set, $title]
        | [$title, (("clamd", "postern") as $engine | (1, 2) as $threads
            | first($result.rows[] | select(.set == $set and .engine == $engine and .threads == $threads)) // {megabytes_per_second: "?"}
            | .megabytes_per_second)] | @tsv' "$work/result.json" > "$work/throughput.tsv"
    gnuplot -e "data='$work/throughput.tsv'; output_file='$work/throughput.svg'" bench/throughput.gp
    echo && echo "   $work/result.json" && echo "   $work/throughput.svg"
}

markdown_table() { awk -F'\t' '{gsub(/\t/, " | "); print "| " $0 " |"} NR == 1 {gsub(/[^|]+/, "---"); print "|" $0 "|"}'; }

write_record() {
    local name file
    name=$(date -u +%Y-%m-%d)-$(processor | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')-$(nproc)-cores
    mkdir -p bench/results
    file=bench/results/$name.md
    {
        jq -r '"# \(.date[:10]), \(.machine.processor), \(.machine.cores) cores\n",
            "Written by `./run bench --record`; how to read it: [docs/benchmarks.md](../../docs/benchmarks.md).\n",
            "- tree: \(.commit)", "- machine: \(.machine.processor), \(.machine.cores) cores, \(.machine.memory_gigabytes) GB, \(.machine.system), Linux \(.machine.kernel)",
            "- versions: ClamAV \(.versions.clamav), Hyperscan \(.versions.hyperscan), GMime \(.versions.gmime), \(.versions.compiler)",
            "- mail: \(.corpus.messages) messages, \(.corpus.bytes) octets, seed \(.corpus.seed); median of \(.repeats) runs",
            "- planted EICAR: \(.verified.planted) messages; postern found \(.verified.planted - (.verified.postern_missed | length)), clamd \(.verified.planted - (.verified.clamd_missed | length))",
            "- not scanned whole: postern \(.verified.postern_partial), clamd \(.verified.clamd_partial)\n"' "$work/result.json"
        measured_fields | markdown_table
        printf '\n' && jq -r "$unquiet" "$work/result.json"
        printf '\n## Against the bars\n\n'
        { printf 'is\twhat\twanted\t\n'; bar_fields; } | markdown_table
        printf '\n## The ceiling\n\n'
        jq -r '.ceiling | "Hyperscan alone, one thread, \(.literals) literals in one database: \(.decoded_bytes) decoded octets of \(.mail_bytes) octets of mail in \(.seconds) s: \(.decoded_megabytes_per_second | round) MB/s of decoded octets, which is \(.mail_megabytes_per_second | round) MB/s of mail. \(.threads) thread(s) of it that share nothing do \(.gain_of_threads) times the work of one."' "$work/result.json"
        printf '\n![throughput](%s.svg)\n' "$name"
    } > "$file"
    cp "$work/throughput.svg" "bench/results/$name.svg"
    echo "   $file"
}
