#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where the relay delivers to, with nsd as name server and zones of our own; what each domain must come to stands in
# delivery_dns.py.
. "$(dirname "$0")/lib.sh"
unpack nsd ldnsutils
needs "$peers/usr/sbin/nsd"
needs "$peers/usr/bin/ldns-signzone"
/usr/bin/python3 "$(dirname "$0")/delivery_dns.py" "$postern" "$peers" "${@:2}"
