#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Postfix, Exim and aiosmtpd as next hops of the relay; what must come of each message stands in next_hops.py.
. "$(dirname "$0")/lib.sh"
with_users postfix postdrop Debian-exim
unpack postfix exim4-daemon-heavy
needs "$peers/usr/sbin/exim4"
LD_LIBRARY_PATH=$peers/usr/lib/postfix needs "$peers/usr/lib/postfix/sbin/smtpd"
/usr/bin/python3 -c 'import aiosmtpd' 2> /dev/null || skip "aiosmtpd is not there; ./run deps peers"
/usr/bin/python3 "$(dirname "$0")/next_hops.py" "$postern" "$peers" "${@:2}"
