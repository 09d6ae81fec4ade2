#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clamdscan as Debian builds it, in each of its ways to hand over a file, and its exit codes.
. "$(dirname "$0")/lib.sh"
unpack clamdscan
needs "$peers/usr/bin/clamdscan"
start_scand scand --config "$(config_with_roots)"

printf 'LocalSocket %s\n' "$socket" > "$work/unix.conf"
printf 'TCPSocket %s\nTCPAddr 127.0.0.1\n' "$port" > "$work/tcp.conf"

# status_of CONF WORD...: the exit code, the answers left in $said.
status_of() {
    local conf=$1 status=0
    shift
    said=$("$peers/usr/bin/clamdscan" --config-file="$work/$conf.conf" "$@" 2>&1) || status=$?
    echo "$said" > "$work/said"
    echo "$status"
}

for conf in unix tcp; do
    for way in --stream --fdpass --multiscan "" --allmatch; do
        [ "$conf$way" = tcp--fdpass ] && continue
        expect "$conf $way: clean" 0 "$(status_of "$conf" $way "$clean")"
        expect_match "$conf $way: says OK" 'clean\.eml: OK$' "$(cat "$work/said")"
        for file in "$virus" "$zipped" "$virus_file"; do
            expect "$conf $way: $(basename "$file")" 1 "$(status_of "$conf" $way "$file")"
            expect_match "$conf $way: names it" "$(basename "$file"): [^ ]*[Ee]icar[^ ]* FOUND$" "$(cat "$work/said")"
        done
    done
    expect "$conf: a folder" 1 "$(status_of "$conf" --multiscan "$work/mails")"
    expect "$conf: three of four" 3 "$(grep -c ' FOUND$' "$work/said")"
    expect "$conf: no such file" 2 "$(status_of "$conf" "$work/none.eml")"
    expect "$conf: standard input" 1 "$(status_of "$conf" - < "$virus")"
    expect "$conf: ping" 0 "$(status_of "$conf" --ping 1)"
    expect "$conf: version" 0 "$(status_of "$conf" --version)"
    expect_match "$conf: version begins with ClamAV" '^ClamAV ' "$(cat "$work/said")"
    expect "$conf: reload" 0 "$(status_of "$conf" --reload)"
done

printf 'LocalSocket %s\n' "$work/nobody.sock" > "$work/dead.conf"
expect "nobody there" 2 "$(status_of dead --stream "$clean")"
report
