#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rspamd's antivirus module, of type clamav: it streams over TCP. The symbol it sets is what an administrator sees.
. "$(dirname "$0")/lib.sh"
unpack rspamd
rspamd=$peers/usr/bin/rspamd
export LD_LIBRARY_PATH=$peers/usr/lib/rspamd:$peers/usr/lib/x86_64-linux-gnu/rspamd
needs "$rspamd"
start_scand scand
http=$(free_port)
share=$peers/usr/share/rspamd
mkdir -p "$work/db" "$work/run"
printf 'com\norg\n' > "$work/tld"  # the whole list takes it half a minute to compile
cat > "$work/rspamd.conf" <<END
options {
    pidfile = "$work/run/pid";
    tempdir = "$work";
    rspamd_run_dir = "$work/run";
    filters = "";
    url_tld = "$work/tld";
    dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 0; }
    control_socket = "$work/run/control mode=0600";
    hs_cache_dir = "$work/db";
}
logging { type = "file"; filename = "$work/rspamd.log"; level = "info"; }
worker "normal" { bind_socket = "127.0.0.1:$http"; count = 1; }
lua = "$share/rules/rspamd.lua";
modules { path = "$share/plugins/antivirus.lua"; }
metric "default" { actions { reject = 15; } }
antivirus {
    scand {
        type = "clamav"; servers = "127.0.0.1:$port"; symbol = "SCAND"; scan_mime_parts = false; action = "reject";
        log_clean = true;
    }
}
END
"$rspamd" -f -i -c "$work/rspamd.conf" --var=LUALIBDIR="$share/lualib" --var=RULESDIR="$share/rules" \
    --var=PLUGINSDIR="$share/plugins" --var=SHAREDIR="$share" --var=DBDIR="$work/db" --var=RUNDIR="$work/run" \
    --var=CONFDIR="$work" --var=LOCAL_CONFDIR="$work" > "$work/out" 2>&1 &
started+=($!)
wait_for rspamd answers_on "$http"

# check FILE: rspamd's answer.
check() {
    exec 4<> "/dev/tcp/127.0.0.1/$http"
    { printf 'POST /checkv2 HTTP/1.0\r\nContent-Length: %s\r\n\r\n' "$(stat -c %s "$1")"; cat "$1"; } >&4
    cat <&4
    exec 4>&-
}
said=$(check "$clean")
expect_match "clean: rspamd answers" '"action"' "$said"
expect "clean: no symbol" 0 "$(grep -c SCAND <<< "$said")"
for file in "$virus" "$zipped"; do
    said=$(check "$file")
    expect_match "$(basename "$file"): the symbol" '"SCAND"' "$said"
    expect_match "$(basename "$file"): and the name" '[Ee]icar' "$said"
    expect_match "$(basename "$file"): is rejected" '"action":"reject"' "$said"
done
report
