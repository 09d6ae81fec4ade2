# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The peer: ClamAV's daemon as Debian builds it, and its client. Sourced by run.sh.
#
# The library comes from its package; the programs are only unpacked, never installed, so that no service,
# no updater and no official database comes into being on the machine. The daemon that is measured reads
# our configuration, listens on a socket of ours, and is ended by the process id it was started with.
#
# Needs: $work (a folder of ours); says: clamd_version, clamd_pid, clamd_ready_seconds.

clamd_pid=
clamd_root=
# The daemon writes every part of every message to a file: on a disk it would wait for that.
clamd_temporary=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "$work")" postern-bench.XXXXXX)
# A socket has a path of at most 107 octets.
clamd_socket=$work/clamd.socket
[ ${#clamd_socket} -le 100 ] || clamd_socket=$clamd_temporary/clamd.socket

# Unpacks the daemon of the installed library's version, once.
clamd_fetch() {
    clamd_version=$(dpkg-query -W -f '${Version}' libclamav12)
    clamd_root=$work/peers/clamav-$clamd_version
    [ -x "$clamd_root/usr/sbin/clamd" ] && return
    local download=$work/peers/download package
    rm -rf "$download" && mkdir -p "$download"
    for package in clamav-daemon clamdscan; do
        (cd "$download" && apt-get download -qq "$package=$clamd_version" 2> apt.log) ||
            { cat "$download/apt.log" >&2; echo "bench: $package $clamd_version cannot be had; try apt-get update" >&2; return 1; }
    done
    for package in "$download"/*.deb; do dpkg -x "$package" "$download/root"; done
    rm -rf "$clamd_root" && mv "$download/root" "$clamd_root"
    rm -rf "$download"
}

# clamd_configure SET THREADS [LINE]: everything that is sent is to be scanned whole, each time anew. What would
# look for things that no signature here asks for (phishing, bytecode, image hashes) is off.
clamd_configure() {
    cat > "$work/clamd.conf" <<END
LocalSocket $clamd_socket
PidFile $work/clamd.pid
DatabaseDirectory $1
TemporaryDirectory $clamd_temporary
LogFile $work/clamd.log
LogFileMaxSize 0
Foreground yes
FixStaleSocket yes
MaxThreads $2
MaxQueue 100
SelfCheck 0
ConcurrentDatabaseReload no
OfficialDatabaseOnly no
DisableCache yes
ScanMail yes
Bytecode no
PhishingSignatures no
PhishingScanURLs no
ScanImageFuzzyHash no
AlertExceedsMax yes
MaxScanTime 0
MaxScanSize 0
MaxFileSize 2000M
MaxFiles 0
MaxRecursion 50
MaxEmbeddedPE 2000M
MaxHTMLNormalize 2000M
MaxHTMLNoTags 2000M
MaxScriptNormalize 2000M
MaxZipTypeRcg 2000M
StreamMaxLength 2000M
${3:-}
END
}

# clamd_start SET THREADS CORES [LINE]: returns when the daemon answers.
clamd_start() {
    local begin
    clamd_configure "$1" "$2" "${4:-}"
    rm -f "$clamd_socket" "$work/clamd.log"
    begin=$EPOCHREALTIME
    taskset -c "$3" "$clamd_root/usr/sbin/clamd" --config-file="$work/clamd.conf" > "$work/clamd.out" 2>&1 &
    clamd_pid=$!
    until [ -S "$clamd_socket" ] && clamdscan_run --ping 1 > /dev/null 2>&1; do
        kill -0 "$clamd_pid" 2> /dev/null ||
            { cat "$work/clamd.out" "$work/clamd.log" >&2; echo "bench: clamd did not start" >&2; clamd_pid=; return 1; }
        sleep 0.01
    done
    clamd_ready_seconds=$(seconds_between "$begin" "$EPOCHREALTIME")
}

clamdscan_run() { "$clamd_root/usr/bin/clamdscan" --config-file="$work/clamd.conf" "$@"; }

# clamd_scan CORES FOLDER: one line an answer, in clamdscan's words, on standard output. Each file is opened
# by the client and handed over as a descriptor; the daemon works on as many at once as it has threads.
clamd_scan() {
    local status=0
    taskset -c "$1" "$clamd_root/usr/bin/clamdscan" --config-file="$work/clamd.conf" \
        --fdpass --multiscan --no-summary "$2" || status=$?
    [ $status -le 1 ] || echo "bench: clamdscan ended with status $status" >&2
}

# Ends the daemon, and takes away what it leaves.
clamd_clean() {
    clamd_stop
    rm -rf "$clamd_temporary"
}

# CPU seconds of the daemon so far: in user mode, and in the kernel.
clamd_cpu_seconds() {
    awk -v hertz="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print $12 / hertz, $13 / hertz}' "/proc/$clamd_pid/stat"
}

clamd_peak_megabytes() { awk '/^VmHWM/ {print $2 * 1024 / 1e6}' "/proc/$clamd_pid/status"; }

clamd_stop() {
    [ -n "$clamd_pid" ] || return 0
    kill "$clamd_pid" 2> /dev/null || true
    wait "$clamd_pid" 2> /dev/null || true
    clamd_pid=
}
