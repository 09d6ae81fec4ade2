# SPDX-License-Identifier: Apache-2.0
# Checks, each with a name; main() runs the functions of a module that begin with "test_", all or those named.
import os
import shutil
import signal
import socket
import sys
import tempfile
import traceback

failures = 0
folders = []
ends = []


# Nothing of a test outlives it, even when its time runs out.
signal.signal(signal.SIGTERM, lambda number, frame: finish(1))


def expect(what, good, seen=""):
    global failures
    print(("ok: " if good else "FAILED: ") + what + ("" if good else "\n  seen: %s" % (seen,)), flush=True)
    failures += not good


def folder():
    path = tempfile.mkdtemp(prefix="postern-peer-", dir="/tmp")
    folders.append(path)
    return path


def at_end(work):
    ends.append(work)


def free_port():
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


def finish(status):
    for work in reversed(ends):
        work()
    for path in folders:
        shutil.rmtree(path, True)
    sys.stdout.flush()
    os._exit(status)  # servers' threads may wait for ever


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
    finish(1 if failures else 0)
