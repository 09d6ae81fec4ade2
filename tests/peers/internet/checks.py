# SPDX-License-Identifier: Apache-2.0
# Checks, each with a name; main() runs the functions of a module that begin with "test_", all or those named.
import atexit
import os
import shutil
import socket
import sys
import tempfile
import traceback

failures = 0


def expect(what, good, seen=""):
    global failures
    print(("ok: " if good else "FAILED: ") + what + ("" if good else "\n  seen: %s" % (seen,)), flush=True)
    failures += not good


def folder():
    path = tempfile.mkdtemp(prefix="postern-peer-", dir="/tmp")
    atexit.register(shutil.rmtree, path, True)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


def main(tests, names):
    global failures
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (names and name not in names):
            continue
        try:
            test()
        except Exception:
            traceback.print_exc()
            expect(name + " ran to its end", False)
    sys.stdout.flush()
    os._exit(1 if failures else cleanup())


def cleanup():
    atexit._run_exitfuncs()
    return 0
