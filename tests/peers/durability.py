# SPDX-License-Identifier: Apache-2.0
# What was said 250 for is never lost: kills of the whole process group under load, disks that fail at every write,
# and the order of writes, syncs and replies in one message.
import ctypes
import errno
import mmap
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time

from internet import checks, relay, sink

postern, shim = sys.argv[1:3]
KILLS = int(os.environ.get("POSTERN_KILLS", "8"))
SEED = int(os.environ.get("POSTERN_SEED", "0")) or random.randrange(1 << 30)
expect = checks.expect

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
level = "%s"
[dns]
servers = ["127.0.0.1:1"]
[delivery]
retry = ["1s"]
smarthost = "127.0.0.1:%d"
[[listener]]
address = "127.0.0.1:%d"
networks = ["127.0.0.0/8"]
"""

SMALL = b"x" * 70 + b"\r\n"


def message(name, size):
    return b"Subject: " + name.encode() + b"\r\nX-Name: " + name.encode() + b"\r\n\r\n" + SMALL * max(1, size // len(SMALL))


def name_of(taken):
    return re.search(rb"X-Name: (\S+)\r\n", taken["octets"]).group(1).decode()


class Taken:
    """A sink that keeps names, times and whether the octets were right."""

    def __init__(self):
        self.times, self.broken, self.sizes = {}, [], {}
        self.sink = sink.Sink()
        self.sink.messages = self
        self.sink.sessions = _Nothing()

    def append(self, taken):
        name = name_of(taken)
        self.times.setdefault(name, []).append(time.time())
        if not taken["octets"].endswith(message(name, int(name.split("-")[-1]))):
            self.broken.append(name)


class _Nothing(list):
    def append(self, item):
        pass


def test_kills():
    print("seed %d, %d kills" % (SEED, KILLS))
    chance = random.Random(SEED)
    taken, port = Taken(), checks.free_port()
    gate = relay.Relay(postern, checks.folder(), SETTINGS % ("warning", taken.sink.port, port))
    acknowledged, tried, lock, over = [], [0], threading.Lock(), threading.Event()

    def load(worker):
        mine = random.Random(SEED + worker)
        number = 0
        while not over.is_set():
            try:
                client = gate.client()
                while not over.is_set():
                    number += 1
                    size = mine.choice([500, 5000, 20000, 60000, 200000])
                    name = "w%d-%d-%d" % (worker, number, size)
                    with lock:
                        tried[0] += 1
                    reply = client.submit("a@from.example", ["u@to.example"], message(name, size))
                    if reply.startswith("250"):
                        with lock:
                            acknowledged.append(name)
                client.close()
            except (OSError, IndexError):
                time.sleep(0.02)

    workers = [threading.Thread(target=load, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    kills = []
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 1.5))
        gate.kill()
        kills.append(time.time())
        gate.start()
    over.set()
    for worker in workers:
        worker.join()
    end = time.time() + 240
    while time.time() < end and any(name not in taken.times for name in acknowledged):
        time.sleep(0.1)
    time.sleep(2)
    lost = [name for name in acknowledged if name not in taken.times]
    twice = {name: times for name, times in taken.times.items() if len(times) > 1}
    in_flight = [name for name, times in twice.items()
                 if all(any(first <= kill + 0.5 and kill - 5 < first and kill < second for kill in kills) for first, second in zip(times, times[1:]))]
    print("kills %d, tried %d, acknowledged %d, arrived %d, lost %d, twice %d" %
          (len(kills), tried[0], len(acknowledged), len(taken.times), len(lost), len(twice)))
    expect("acknowledged and lost: none", not lost and len(acknowledged) > KILLS, lost[:10])
    expect("octets as they were", not taken.broken, taken.broken[:10])
    expect("twice only what was in flight at a kill", len(in_flight) == len(twice) and len(twice) <= 20 * KILLS, {n: t for n, t in twice.items() if n not in in_flight})
    expect("the queue is whole", gate.stop() == 0)


class Faults:
    def __init__(self, folder):
        path = os.path.join(folder, "control")
        with open(path, "wb") as file:
            file.write(b"\0" * 4096)
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 4096)
        self.environment = dict(os.environ, LD_PRELOAD=shim, FAULT_CONTROL=path, FAULT_FOLDER=os.path.join(folder, "state"))

    def set(self, first=0, how_many=1, error=0):
        self.map[0:20] = struct.pack("iiiii", 0, how_many, error, 0, 0)
        self.map[0:4] = struct.pack("i", first)

    def failed(self):
        return struct.unpack("iiiii", self.map[0:20])[4]


def faulty(error, how_many):
    folder, taken, port = checks.folder(), Taken(), checks.free_port()
    faults = Faults(folder)
    gate = relay.Relay(postern, folder, SETTINGS % ("warning", taken.sink.port, port), environment=faults.environment)
    name, accepted, refused, met = errno.errorcode[error], [], [], 0
    for size in (500, 300000):
        fault = 0
        while True:
            fault += 1
            faults.set(fault, how_many, error)
            box = "%s%d-%d-%d" % (name, how_many, fault, size)
            reply = gate.submit("a@from.example", ["u@to.example"], message(box, size))
            if reply.startswith("250"):
                accepted.append(box)
            elif " -> " in reply or reply[:3] in ("451", "452"):
                refused.append(box)
            else:
                expect("%s at call %d: a reply that makes sense" % (name, fault), False, reply)
            if reply.startswith("250") and faults.failed() == 0:
                end = time.time() + 3  # the calls of its delivery count too
                while time.time() < end and box not in taken.times:
                    time.sleep(0.01)
                time.sleep(0.05)
            hit = faults.failed()
            faults.set()
            if not hit:
                break
            met += 1
    box = "recovered-1-500"
    end = time.time() + 60
    while time.time() < end and not gate.submit("a@from.example", ["u@to.example"], message(box, 500)).startswith("250"):
        time.sleep(0.2)
    accepted.append(box)
    end = time.time() + 90
    while time.time() < end and any(each not in taken.times for each in accepted):
        time.sleep(0.1)
    lost = [each for each in accepted if each not in taken.times]
    print("%s, %d in a row: %d places met, 250 %d times, 4xx %d times" % (name, how_many, met, len(accepted), len(refused)))
    expect("%s: no 250 without the message, and it recovers by itself" % name, not lost and met > 5, lost)
    expect("%s: octets as they were" % name, not taken.broken, taken.broken)
    expect("%s: what was refused is not delivered" % name, not [each for each in refused if each in taken.times], refused)
    expect("%s: and the relay ends well" % name, gate.stop() == 0)


def test_no_space_once():
    faulty(errno.ENOSPC, 1)


def test_no_space_for_a_while():
    faulty(errno.ENOSPC, 40)


def test_io_error_once():
    faulty(errno.EIO, 1)


def test_io_error_for_a_while():
    faulty(errno.EIO, 40)


CALL = re.compile(r"^(?:\[pid +(\d+)\] |(\d+) +)?(?:[\d.:]+ )?(\w+)\((.*)\) += (-?\d+)")


def test_everything_is_synced_before_the_250():
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
        return print("skipped: strace does not work here")
    for size in (500, 300000):
        folder, taken, port = checks.folder(), Taken(), checks.free_port()
        trace = os.path.join(folder, "trace")
        gate = relay.Relay(postern, folder, SETTINGS % ("warning", taken.sink.port, port))
        gate.submit("a@from.example", ["u@to.example"], message("warm-1-500", 500))
        tracer = subprocess.Popen(["strace", "-f", "-y", "-s", "60", "-o", trace, "-p", str(gate.process.pid), "-e",
                                   "trace=write,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,openat,sendto,ftruncate"],
                                  stderr=subprocess.PIPE)
        tracer.stderr.readline()
        time.sleep(0.5)
        gate.submit("a@from.example", ["u@to.example"], message("traced-1-%d" % size, size))
        tracer.terminate()
        tracer.wait()
        dirty, synced, said = set(), [], False
        state = os.path.join(folder, "state")
        for line in unfinished(open(trace, errors="replace").read()):
            call = CALL.match(line)
            if not call or call.group(5).startswith("-"):
                continue
            name, words = call.group(3), call.group(4)
            path = re.search(r"<(%s[^>]*)>" % re.escape(state), words)
            if name in ("write", "pwrite64", "pwritev", "ftruncate") and path and not path.group(1).endswith("-shm"):
                dirty.add(path.group(1))
            if name in ("fsync", "fdatasync") and path:
                synced.append(path.group(1))
                dirty.discard(path.group(1))
            if name.startswith(("rename", "link")):
                old, new = re.findall(r'"([^"]*)"', words)[:2]
                expect("%d octets: a file is synced before it gets its name" % size, not [d for d in dirty if os.path.basename(d) == os.path.basename(old)], dirty)
                dirty.add(os.path.dirname(new) if new.startswith("/") else state)
            if name == "sendto" and "250 2.0.0 Accepted" in words:
                said = True
                break
        expect("%d octets: all is synced before the 250" % size, said and not dirty and synced, (said, dirty, synced))
        print("  synced, in order: " + ", ".join(os.path.relpath(path, folder) for path in synced))
        gate.stop()


def unfinished(text):
    """The lines of a trace, each call at the place where it ended."""
    open_calls = {}
    for line in text.splitlines():
        thread = line.split(" ")[0]
        if line.endswith("<unfinished ...>"):
            open_calls[thread] = line[: -len("<unfinished ...>")].rstrip()
        elif " resumed>" in line:
            yield open_calls.pop(thread, thread + " ") + line.split(" resumed>")[1]
        else:
            yield line


checks.main(globals(), sys.argv[3:])
