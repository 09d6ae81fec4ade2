# SPDX-License-Identifier: Apache-2.0
# What `./run demo` shows of the relay: mail of a campus goes through it to an internet that consists of a name server
# and three mail servers on loopback. All of it ends with this script.
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "peers"))
from internet import checks, names, relay, sink  # noqa: E402

POSTERN, PROGRAMS, FOLDER, MAIL = sys.argv[1:5]
SENDER = "researcher@campus.example"

ZONES = {"example.": """partner MX 10 mx1.partner
partner MX 20 mx2.partner
mx1.partner A 127.0.0.2
mx2.partner A 127.0.0.3
busy MX 10 mx.busy
mx.busy A 127.0.0.3
campus MX 10 mx.campus
mx.campus A 127.0.0.4
nomail MX 0 .
"""}

SETTINGS = """[relay]
hostname = "relay.campus.example"
state_directory = "$folder/state"
[delivery]
port = %d
private_networks = ["127.0.0.0/8"]
[dns]
servers = ["127.0.0.1:%d"]
[log]
format = "json"
[metrics]
address = "127.0.0.1:%d"
[[listener]]
address = "127.0.0.1:0"
networks = ["127.0.0.0/8"]
"""


def say(text):
    print("\n\033[1m== %s\033[0m" % text, flush=True)


def queue(*words):
    command = [POSTERN, "queue", *words, "--state-directory", os.path.join(FOLDER, "relay", "state")]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def waiting_messages():
    return json.loads(queue("stats", "--format", "json"))


def in_crlf_lines(octets):
    octets = re.sub(rb"\r?\n", b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


class Internet:
    """The name server, the mail servers, and the relay in front of them."""

    def __init__(self):
        self.port = checks.free_port()
        self.names = names.NameServer(PROGRAMS, ZONES)
        said = {"RCPT": lambda line: "550 5.1.1 There is no such person here" if "nobody@" in line
                else "450 4.2.1 Come back in a while" if "later@" in line else "usual"}
        self.servers = {address: sink.Sink(address, self.port, answers=said)
                        for address in ("127.0.0.2", "127.0.0.3", "127.0.0.4")}
        metrics = checks.free_port()
        self.relay = relay.Relay(POSTERN, os.path.join(FOLDER, "relay"), SETTINGS % (self.port, self.names.port, metrics))

    def arrived(self):
        return [message for server in self.servers.values() for message in server.messages]

    def wait_until_delivered(self, seconds=30):
        end = time.time() + seconds
        while time.time() < end and waiting_messages()["waiting"]["messages"]:
            time.sleep(0.1)

    def end(self):
        self.relay.stop()
        self.names.stop()


def submit_samples(internet):
    """Each sample once, over SMTP; what was said, and the octets of those that were taken."""
    replies, taken = collections.OrderedDict(), {}
    for path in sorted(glob.glob(os.path.join(MAIL, "*.eml"))):
        name = os.path.basename(path)
        with open(path, "rb") as file:
            octets = in_crlf_lines(file.read())
        reply = internet.relay.submit(SENDER, ["colleague@partner.example"], octets)
        replies[name] = reply
        if "queued as " in reply:
            taken[reply.split("queued as ")[1].split()[0]] = octets
    return replies, taken


def show_replies(replies):
    kinds = collections.OrderedDict()
    for name, reply in replies.items():
        first = reply.split("\n")[0].replace("-", " ", 1) if reply[3:4] == "-" else reply.split("\n")[0]
        kind = re.sub(r'"[^"]*"|ending in \.\w+', "...", re.sub(r"(queued as|id=)\s*\S+", r"\1 ...", first))
        kinds.setdefault(kind, []).append(name)
    print("%5s  %-86s %s" % ("mails", "reply to the final dot", "for example"))
    for kind, those in sorted(kinds.items(), key=lambda each: (each[0][:3], -len(each[1]))):
        print("%5d  %-86s %s" % (len(those), kind[:86], those[0]))
    shown = next((name for name, reply in replies.items() if "zip file" in reply), None)
    if shown:
        print("\nin full, for %s:" % shown)
        print("  " + replies[shown].replace("\n", "\n  "))


def compare(internet, taken):
    internet.wait_until_delivered()
    whole, fronts = 0, []
    for message in internet.arrived():
        found = re.search(rb"id=(\S+?);", message["octets"])
        sent = taken.get(found.group(1).decode()) if found else None
        if sent is not None and message["octets"].endswith(sent):
            whole += 1
            fronts.append(message["octets"][:len(message["octets"]) - len(sent)].decode())
    print("%d accepted, %d arrived, %d of them octet for octet below two added fields:"
          % (len(taken), len(internet.arrived()), whole))
    if fronts:
        print("  " + fronts[0].rstrip().replace("\r\n", "\n  "))
    if whole != len(taken):
        raise SystemExit("what arrived is not what was sent; see %s/relay/relay.log" % FOLDER)


def show_failures(internet):
    text = b"From: researcher@campus.example\r\nTo: you\r\nSubject: a question\r\n\r\nGood day.\r\n"
    for to in ("nobody@partner.example", "someone@nomail.example", "someone@nowhere.example", "later@busy.example"):
        print("%-28s %s" % (to, internet.relay.submit(SENDER, [to], text)))
    home = internet.servers["127.0.0.4"]
    reports = home.wait_for(3)
    say("the sender got %d reports; this is the one about nobody@partner.example" % len(reports))
    for message in reports:
        octets = message["octets"].decode()
        if "nobody@partner.example" in octets:
            print("  " + octets.replace("\r\n", "\n  ").rstrip())
            break
    say("what has to wait: postern queue list")
    internet.wait_until_delivered()
    print(queue("list"), end="")


def load(internet, sessions=8, each=250, octets=10_000):
    text = in_crlf_lines(b"Subject: load\r\n\r\n" + b"A line of a message that is sent again and again.\r\n" * (octets // 51))
    before = len(internet.arrived())

    def session(_):
        client = internet.relay.client()
        for _ in range(each):
            reply = client.submit(SENDER, ["colleague@partner.example"], text)
            assert reply.startswith("250"), reply
        client.close()

    begin = time.time()
    with concurrent.futures.ThreadPoolExecutor(sessions) as pool:
        list(pool.map(session, range(sessions)))
    accepted = time.time() - begin
    while len(internet.arrived()) < before + sessions * each and time.time() < begin + 60:
        time.sleep(0.02)
    delivered = time.time() - begin
    count = sessions * each
    print("%d messages of %d octets over %d sessions: %.0f accepted a second, scanned and synced; %.0f delivered a second"
          % (count, len(text), sessions, count / accepted, count / delivered))
    print("(the client and the mail servers are Python, and share the processor with the relay)")


def main():
    say("a relay, its scanner, a name server (nsd) and three mail servers on loopback")
    internet = Internet()
    print("relay on %s; next hops on 127.0.0.2-4, port %d; names by 127.0.0.1:%d; log in %s/relay/relay.log"
          % (internet.relay.address, internet.port, internet.names.port, FOLDER))
    try:
        say("the sample mail, submitted over SMTP")
        replies, taken = submit_samples(internet)
        show_replies(replies)
        say("what arrived")
        compare(internet, taken)
        say("mail that cannot be delivered is accepted, and comes back with the reason")
        show_failures(internet)
        say("load, over SMTP")
        load(internet)
    finally:
        internet.end()


main()
checks.cleanup()
