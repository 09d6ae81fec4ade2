#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sessions of the built relay that time, TLS, vanishing clients or limits put to an end; see sessions.py.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 "$(dirname "$0")/sessions.py" "$postern" "${@:2}"
