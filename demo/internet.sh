#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# internet.sh POSTERN FOLDER MAIL: the relay between a client and an internet on loopback. The name server is Debian's
# nsd, unpacked below FOLDER's neighbour and never installed, so that no service comes into being on this machine.
set -euo pipefail
postern=$(realpath "$1") folder=$(realpath "$2") mail=$(realpath "$3")
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
programs=$(dirname "$folder")/peers/root

if [ ! -x "$programs/usr/sbin/nsd" ]; then
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    fetch() { (cd "$download" && apt-get download -qq nsd > apt.log 2>&1); }
    as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    fetch || { as_root apt-get update -qq && fetch; } || { cat "$download/apt.log"; exit 1; }
    mkdir -p "$programs"
    dpkg -x "$download"/nsd_*.deb "$programs"
    rm -rf "$download"
    trap - EXIT
fi
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 "$here/internet.py" "$postern" "$programs" "$folder" "$mail"
