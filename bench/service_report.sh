# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a run of `./run bench service` leaves: service.json, its tables, the dated record. Sourced by service.sh.
#
# service.json is the truth; the others are views of it.
#
# Needs: $rows, $out, clamd_version, report.sh.

# What issue and design ask for, and what came out.
service_bars='def bar($what; $is; $wanted; $met): {what: $what, is: $is, wanted: $wanted, met: $met};
    def median: sort | .[length / 2 | floor];
    def corpus($service; $way): [$all[] | select(.what == "corpus" and .service == $service and .way == $way) | .bytes / 1e6 / .seconds] | median;
    def small($service): first($all[] | select(.what == "small" and .service == $service));
    [ ((corpus("scand"; "fildes") / corpus("clamd"; "fildes")) as $times
        | bar("times the speed of clamd: the attachment corpus by FILDES"; $times; "at least 15"; $times >= 15)),
      (((small("scand").p50 - small("process").p50) * 1e6) as $over
        | bar("microseconds over a scan in the same process: 10 KB by FILDES, a connection for each, median"; $over; "below 300"; $over < 300)),
      (first($all[] | select(.what == "worker start")).seconds * 1000
        | bar("milliseconds until a fresh worker is ready"; .; "below 200"; . < 200)) ]'

write_service_result() {
    jq -n --slurpfile all "$rows" --argjson machine "$(machine)" --argjson versions "$(versions)" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg commit "$(commit)" --argjson seconds "$seconds" \
        '{date: $date, commit: $commit, machine: $machine, versions: $versions, seconds: $seconds, rows: $all,
          got_of_its_core: first($all[] | select(.what == "small" and .service == "process")).got_of_its_core,
          bars: ('"$service_bars"')}' > "$out/service.json"
}

# Lines of fields divided by tabs, which tables are made of.
corpus_fields() {
    jq -r 'def median: sort | .[length / 2 | floor];
        def speed($service): map(select(.service == $service) | .bytes / 1e6 / .seconds) | median;
        ["by", "scand MB/s", "clamd MB/s", "times clamd"],
        ([.rows[] | select(.what == "corpus")] | group_by(.way)[]
          | [.[0].way, (speed("scand") | round), (speed("clamd") * 10 | round / 10), (speed("scand") / speed("clamd") * 10 | round / 10)]) | @tsv' "$out/service.json"
}

latency_fields() {
    jq -r 'def us: . * 1e6 | round;
        def three: if . == null then ["", "", ""] else [(.scans / .seconds * 10 | round / 10), (.p50 | us), (.p99 | us)] end;
        ["by", "octets", "clients", "scand scans/s", "p50 us", "p99 us", "clamd scans/s", "p50 us", "p99 us"],
        ([.rows[] | select(.what == "latency")] | group_by([.way, .octets, .clients])[]
          | (map({key: .service, value: .}) | from_entries) as $by
          | [.[0].way, .[0].octets, .[0].clients] + ($by.scand | three) + ($by.clamd | three)) | @tsv' "$out/service.json"
}

service_bar_fields() { jq -r '.bars[] | [(.is * 10 | round / 10), .what, .wanted, (if .met then "met" else "NOT MET" end)] | @tsv' "$out/service.json"; }

memory_sentence() { jq -r '[.rows[] | select(.what == "memory") | "\(.service) \(.megabytes) MB"] | "Memory after all of it, each service with its processes: " + join(", ") + "."' "$out/service.json"; }

print_service() {
    say "result"
    corpus_fields | column -t -s $'\t'
    echo
    latency_fields | column -t -s $'\t'
    echo
    memory_sentence
    service_bar_fields | awk -F'\t' '{printf "%9s  %s (%s: %s)\n", $1, $2, $3, $4}'
    jq -r "$unquiet" "$out/service.json"
    echo "   $out/service.json"
}

write_service_record() {
    local file
    mkdir -p bench/results
    file=bench/results/$(date -u +%Y-%m-%d)-$(processor | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')-$(nproc)-cores-service.md
    {
        jq -r '"# \(.date[:10]), \(.machine.processor), \(.machine.cores) cores: the service\n",
            "Written by `./run bench service --record`; how to read it: [docs/benchmarks.md](../../docs/benchmarks.md).\n",
            "- tree: \(.commit)", "- machine: \(.machine.processor), \(.machine.cores) cores, \(.machine.memory_gigabytes) GB, \(.machine.system), Linux \(.machine.kernel)",
            "- versions: ClamAV \(.versions.clamav), Hyperscan \(.versions.hyperscan), GMime \(.versions.gmime), \(.versions.compiler)\n"' "$out/service.json"
        jq -r "$unquiet" "$out/service.json"
        printf '## Against the bars\n\n'
        { printf 'is\twhat\twanted\t\n'; service_bar_fields; } | markdown_table
        printf '\n## The attachment corpus, four clients\n\n'
        corpus_fields | markdown_table
        printf '\n## One message again and again\n\n'
        latency_fields | markdown_table
        printf '\n%s\n' "$(memory_sentence)"
    } > "$file"
    echo "   $file"
}
