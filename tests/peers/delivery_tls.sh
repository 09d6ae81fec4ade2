#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# TLS to next hops, with certificates of an authority of our own; what each must come to under which policy stands in
# delivery_tls.py.
. "$(dirname "$0")/lib.sh"
unpack nsd
needs "$peers/usr/sbin/nsd"
/usr/bin/python3 "$(dirname "$0")/delivery_tls.py" "$postern" "$peers" "${@:2}"
