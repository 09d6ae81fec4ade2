#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What packaging/ holds: the example configuration of scand is good, also with what it leaves commented out, and the
# units are as closed as they should be by systemd-analyze (the relay's exposure is higher, since it binds ports and talks
# to the internet).
. "$(dirname "$0")/lib.sh"
packaging=$(dirname "$0")/../../packaging
status=0
"$postern" scand --check --config "$packaging/scand.toml" > "$work/said" 2>&1 || status=$?
expect "the example is good: $(cat "$work/said")" 0 "$status"
# A store brings its own sets.
sed -E 's/^# ([a-z_]+ = )/\1/; /^(policy|signature_key|store) =/d' "$packaging/scand.toml" > "$work/all.toml"
status=0
"$postern" scand --check --config "$work/all.toml" > "$work/said" 2>&1 || status=$?
expect "and with its comments: $(cat "$work/said")" 0 "$status"

command -v systemd-analyze > /dev/null || { report; skip "systemd-analyze is not there"; }
# exposure UNIT: as systemd-analyze judges it; nothing: it does not judge here.
exposure() {
    systemd-analyze security --offline=true "$packaging/$1" 2> "$work/said" |
        sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p' || true
}
for unit in postern-scand.service:2.0 postern-relay.service:2.5; do
    found=$(exposure "${unit%:*}")
    [ -n "$found" ] || { report; skip "systemd-analyze does not judge here"; }
    expect "exposure of ${unit%:*}: $found" yes "$(awk -v e="$found" -v m="${unit#*:}" 'BEGIN {print (e <= m ? "yes" : "no")}')"
done
report
