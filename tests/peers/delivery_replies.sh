#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What next hops may answer to the built relay, and what comes of it; the cases stand in delivery_replies.py.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 "$(dirname "$0")/delivery_replies.py" "$postern" "${@:2}"
