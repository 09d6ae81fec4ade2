#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Nothing that was said 250 for is lost: kills (POSTERN_KILLS of them), failing disks, and the order of syncs; see
# durability.py.
. "$(dirname "$0")/lib.sh"
cc -O1 -shared -fPIC -o "$work/faults.so" "$(dirname "$0")/internet/faults.c" -ldl || skip "no C compiler"
/usr/bin/python3 "$(dirname "$0")/durability.py" "$postern" "$work/faults.so" "${@:2}"
