# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests with other people's programs share: unpacking them, a scand of their own, the three mails.
#
# The programs are only unpacked, below build/peers, never installed: no service comes into being on the
# machine. Their libraries are installed from packages.txt, group [peers]. A test whose program cannot be had,
# or does not run here, ends with 77, which ctest reports as skipped.
#
# Says: $peers (the unpacked root), $work (a folder of this test), $postern, $socket, $port, and the files
# $clean, $virus, $zipped (messages) and $virus_file.
set -euo pipefail

postern=${1:?the program}
words=("$@")
build=$(dirname "$postern")/..
peers=$(realpath "$build")/peers/root
work=$(mktemp -d /tmp/postern-peer-XXXXXX)
started=()

finish() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2> /dev/null || true; done
    rm -rf "$work" ${POSTERN_USERS:+"$POSTERN_USERS"}
}
trap finish EXIT

# with_users USER...: runs this script anew where these users and groups exist, in a mount namespace of its own; the
# machine's passwd stays as it is. To be called before anything is started.
with_users() {
    local user id=64100
    [ -n "${POSTERN_USERS:-}" ] && return
    [ "$(id -u)" = 0 ] || skip "users of its own want root"
    POSTERN_USERS=$(mktemp -d /tmp/postern-users-XXXXXX)
    cp /etc/passwd /etc/group "$POSTERN_USERS"
    for user in "$@"; do
        echo "$user:x:$id:$id::/nonexistent:/usr/sbin/nologin" >> "$POSTERN_USERS/passwd"
        echo "$user:x:$id:" >> "$POSTERN_USERS/group"
        id=$((id + 1))
    done
    unshare -m true 2> /dev/null || { rm -rf "$POSTERN_USERS"; skip "mount namespaces are not to be had"; }
    rm -rf "$work"
    export POSTERN_USERS
    # shellcheck disable=SC2016
    exec unshare -m bash -c 'mount --bind "$POSTERN_USERS/passwd" /etc/passwd && mount --bind "$POSTERN_USERS/group" /etc/group &&
        exec bash "$@"' with_users "$0" "${words[@]}"
}

skip() { echo "skipped: $*"; exit 77; }

failures=0
# expect WHAT WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}
# expect_match WHAT PATTERN GOT: an extended regular expression.
expect_match() {
    if grep -qE -- "$2" <<< "$3"; then echo "ok: $1"; else printf 'FAILED: %s\n  no match for %s in:\n%s\n' "$1" "$2" "$3"; failures=$((failures + 1)); fi
}
report() { [ "$failures" = 0 ] || exit 1; }

# unpack PACKAGE...: of the distribution, once for all tests.
unpack() {
    local package download
    mkdir -p "$peers"
    exec 9> "$peers.lock"
    flock 9
    for package in "$@"; do
        [ -e "$peers/.$package" ] && continue
        download=$(mktemp -d /tmp/postern-download-XXXXXX)
        (cd "$download" && apt-get download -qq "$package" > /dev/null 2>&1 && dpkg -x ./*.deb "$peers") ||
            { rm -rf "$download"; skip "$package cannot be had"; }
        rm -rf "$download"
        touch "$peers/.$package"
    done
    exec 9>&-
}

# needs PROGRAM: with all of its libraries.
needs() {
    [ -x "$1" ] || skip "$1 is not there"
    ! ldd "$1" | grep 'not found' || skip "$1 lacks libraries; ./run deps peers"
}

free_port() {
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 20000))
        (exec 3<> "/dev/tcp/127.0.0.1/$candidate") 2> /dev/null || { echo "$candidate"; return; }
    done
}

# wait_for WHAT COMMAND...: a minute at most.
wait_for() {
    local what=$1 i
    shift
    for ((i = 0; i < 600; i++)); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done
    echo "FAILED: $what did not come up"
    exit 1
}

answers_on() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# start_scand NAME [WORD...]: at $socket and $port.
start_scand() {
    local name=$1
    shift
    socket=$work/$name.sock
    port=$(free_port)
    "$postern" scand --socket "$socket" --tcp "127.0.0.1:$port" "$@" > "$work/$name.log" 2>&1 &
    started+=($!)
    wait_for "scand" test -S "$socket"
    wait_for "scand" answers_on "$port"
}

# EICAR's test file, put together here, so that no scanner takes this script away.
eicar() { printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR' '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'; }

# mail TYPE FILE-NAME < OCTETS: a message with that attachment.
mail() {
    printf 'From: a@example.org\r\nTo: b@example.org\r\nSubject: test\r\nMessage-ID: <%s@example.org>\r\n' "$RANDOM$RANDOM"
    printf 'Date: Sat, 28 Nov 2026 06:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n'
    printf -- '--b1\r\nContent-Type: text/plain\r\n\r\nGood day.\r\n--b1\r\nContent-Type: %s; name="%s"\r\n' "$1" "$2"
    printf 'Content-Disposition: attachment; filename="%s"\r\nContent-Transfer-Encoding: base64\r\n\r\n' "$2"
    base64 -w 76 | sed 's/$/\r/'
    printf -- '--b1--\r\n'
}

# A zip with one stored member, as octets: no program is needed for it. The CRC is of EICAR.
zip_of_eicar() {
    printf 'PK\3\4\12\0\0\0\0\0\0\0\0\0\74\317\121\150\104\0\0\0\104\0\0\0\5\0\0\0a.txt'
    eicar
    printf 'PK\1\2\36\3\12\0\0\0\0\0\0\0\0\0\74\317\121\150\104\0\0\0\104\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a.txt'
    printf 'PK\5\6\0\0\0\0\1\0\1\0\63\0\0\0\147\0\0\0\0\0'
}

clean=$work/mails/clean.eml virus=$work/mails/virus.eml zipped=$work/mails/zipped.eml virus_file=$work/mails/eicar.txt
mkdir "$work/mails"
chmod 755 "$work" "$work/mails"
printf 'a good day to you' | mail text/plain note.txt > "$clean"
eicar | mail application/octet-stream report.txt > "$virus"
zip_of_eicar | mail application/zip report.zip > "$zipped"
eicar > "$virus_file"

# A configuration that lets path commands read this test's folder; the name of its file.
config_with_roots() {
    printf '[scan]\npaths_below = ["%s"]\n' "$work" > "$work/scand.toml"
    echo "$work/scand.toml"
}
