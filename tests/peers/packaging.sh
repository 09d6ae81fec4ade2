#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What packaging/ holds for scand: the example configuration is good, also with what it leaves commented out, and the
# unit is as closed as it should be (systemd-analyze's exposure of 2.0 at most).
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
exposure=$(systemd-analyze security --offline=true "$packaging/postern-scand.service" 2> "$work/said" |
    sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p') || true
[ -n "$exposure" ] || { report; skip "systemd-analyze does not judge here"; }
expect "exposure $exposure" yes "$(awk -v e="$exposure" 'BEGIN {print (e <= 2.0 ? "yes" : "no")}')"
report
