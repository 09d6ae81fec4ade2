#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# swaks, msmtp, curl, Python's smtplib and Postfix hand mail to the relay, plain, with STARTTLS and with TLS; see clients.py.
. "$(dirname "$0")/lib.sh"
with_users postfix postdrop
unpack postfix msmtp
needs "$peers/usr/bin/msmtp"
LD_LIBRARY_PATH=$peers/usr/lib/postfix needs "$peers/usr/lib/postfix/sbin/smtpd"
command -v swaks curl > /dev/null || skip "swaks or curl is not there; ./run deps peers"
/usr/bin/python3 "$(dirname "$0")/clients.py" "$postern" "$peers" "${@:2}"
