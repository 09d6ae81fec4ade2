# SPDX-License-Identifier: Apache-2.0
# What destinations that hang, trickle, reset, greet with 421 or refuse everything cost a healthy one: its throughput alone,
# and beside five of them with mail waiting for each. Postfix' smtp-source and smtp-sink are the healthy ends.
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/peers"))
from internet import checks, relay, sink  # noqa: E402

postern, peers = sys.argv[1:3]
MESSAGES = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
FOR_EACH = 200

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
[dns]
servers = ["127.0.0.1:1"]
[[listener]]
address = "127.0.0.1:%d"
networks = ["127.0.0.0/8"]
"""


def trickle(line):
    time.sleep(0.5)
    return "usual"


BAD = {"hangs": {"greeting": None}, "trickles": {v: trickle for v in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", ".")},
       "resets": {"EHLO": "reset"}, "busy": {"greeting": "421 4.3.2 busy"}, "refuses": {"RCPT": "550 5.1.1 nobody"}}


def tool(name, *words):
    home = peers + "/usr/lib/postfix"
    return subprocess.Popen([peers + "/usr/sbin/" + name, *words], env=dict(os.environ, LD_LIBRARY_PATH=home),
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(neighbours):
    """Messages a second, from the first handed in to the last delivered."""
    port, out = checks.free_port(), checks.free_port()
    healthy = tool("smtp-sink", "-u", "nobody", "-c", "127.0.0.1:%d" % out, "256")
    text = SETTINGS % port + '[[route]]\ndomain = "good.example"\nhost = "127.0.0.1:%d"\n' % out
    for name, target in neighbours.items():
        text += '[[route]]\ndomain = "%s.example"\nhost = "127.0.0.1:%d"\n' % (name, target.port)
    gate = relay.Relay(postern, checks.folder(), text)
    client = gate.client()
    for name in neighbours:
        for n in range(FOR_EACH):
            client.submit("", ["u%d@%s.example" % (n, name)], b"Subject: x\r\n\r\n" + b"y" * 70 + b"\r\n")
    time.sleep(1)
    begin = time.time()
    source = tool("smtp-source", "-s", "20", "-l", "10240", "-m", str(MESSAGES), "-c", "-f", "a@from.example", "-t", "u@good.example", "127.0.0.1:%d" % port)
    source.wait()
    accepted = time.time() - begin
    needle = b'"to":"u@good.example","outcome":"delivered"'
    while open(gate.log_path, "rb").read().count(needle) < MESSAGES and time.time() - begin < 120:
        time.sleep(0.05)
    seconds = time.time() - begin
    delivered = open(gate.log_path, "rb").read().count(needle)
    times = os.sysconf("SC_CLK_TCK")
    fields = open("/proc/%d/stat" % gate.process.pid).read().rsplit(")", 1)[1].split()
    me = os.times()
    print("  relay: %.1f s of processor time, this program: %.1f s so far" % ((int(fields[11]) + int(fields[12])) / times, me.user + me.system))
    healthy.terminate()
    gate.kill()
    return delivered / seconds, MESSAGES / accepted


alone, beside = [], []
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 2):
    alone.append(measure({}))
    beside.append(measure({name: sink.Sink(answers=answers) for name, answers in BAD.items()}))
for what, rates in (("alone", alone), ("beside five that misbehave", beside)):
    print("%-28s delivered %s/s, accepted %s/s" % (what, ", ".join("%.0f" % rate for rate, _ in rates), ", ".join("%.0f" % rate for _, rate in rates)))
print("share: %.2f" % (max(rate for rate, _ in beside) / max(rate for rate, _ in alone)))
checks.main({}, [])
