# SPDX-License-Identifier: Apache-2.0
# Postfix, Exim and aiosmtpd as next hops: the octets that arrive behind them are those that were handed in, and nothing
# that looks like an end of data to some reader is ever read as two messages.
import itertools
import random
import sys
import time

from internet import checks, relay, servers, sink

postern, peers = sys.argv[1:3]
expect = checks.expect

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[limits]
errors = 100000
[log]
format = "json"
level = "warning"
[dns]
servers = ["127.0.0.1:1"]
[delivery]
retry = ["1s"]
smarthost = "127.0.0.1:%d"
[[listener]]
address = "127.0.0.1:%d"
networks = ["127.0.0.0/8"]
%s
"""

behind_postfix, behind_exim = sink.Sink(), sink.Sink()
HOPS = {
    "Postfix": (servers.Postfix(peers, behind_postfix.port), behind_postfix),
    "Exim": (servers.Exim(peers, behind_exim.port), behind_exim),
    "aiosmtpd": (servers.Aiosmtpd(), None),
}


def start(name, more=""):
    server, behind = HOPS[name]
    behind = behind or server
    behind.messages.clear()
    return relay.Relay(postern, checks.folder(), SETTINGS % (server.port, checks.free_port(), more)), behind


def lines(count, seed):
    chance = random.Random(seed)
    return b"".join(bytes(chance.choice(b"abc .,-=\t") for _ in range(chance.randrange(0, 90))) + b"\r\n" for _ in range(count))


BODIES = {
    "empty": b"",
    "dots": b".\r\n..\r\n...\r\n.a\r\na.\r\n\r\n.\r\n\r\n..\r\n",
    "dots at block borders": b"".join(b"x" * (65536 - len(b"\r\n")) + b"\r\n.\r\n" for _ in range(3)),
    "long lines": b"y" * 990 + b"\r\n" + b".z" * 400 + b"\r\n",
    "many lines": lines(3000, 1),
    "trailing blanks": b"a  \t\r\n \r\n\t\r\n",
    "From at the beginning": b"From me to you\r\n>From them\r\n",
    "controls": b"\x01\x02\x0b\x0c\x1b\x7f\r\n",
    "8-bit": "Gr\u00fc\u00dfe\r\n".encode() + b"\xff\xfe\x80\r\n",
    "commands": b"QUIT\r\nRSET\r\nMAIL FROM:<x@y.example>\r\nDATA\r\n",
    "a megabyte": lines(20000, 2),
}


def octets_arrive(name):
    gate, behind = start(name)
    client = gate.client()
    for number, (what, body) in enumerate(BODIES.items()):
        if name == "aiosmtpd" and what == "dots at block borders":
            continue  # it takes lines of 1001 octets at most
        if name in ("Postfix", "Exim") and what == "dots at block borders":
            body = b"".join(b"x" * 62 + b"\r\n" for _ in range(1023)) + b"x" * 60 + b"\r\n.\r\n" + body[-3:]
        message = b"From: a@from.example\r\nTo: u@to.example\r\nSubject: %d\r\nMessage-ID: <%d@from.example>\r\nDate: Sat, 28 Nov 2026 10:00:00 +0000\r\n\r\n" % (number, number) + body
        before = len(behind.messages)
        reply = client.submit("a@from.example", ["u@to.example"], message, mail=" BODY=8BITMIME")
        behind.wait_for(before + 1, 30)
        arrived = behind.messages[before:]
        same = reply.startswith("250") and len(arrived) == 1 and arrived[0]["octets"].endswith(message)
        above = arrived[0]["octets"][: -len(message)] if same else b""
        ours = above.count(b"Received: ") if name == "aiosmtpd" else above.count(b"by relay.example (postern)")
        expect("%s: %s arrives as it was, below one Received of ours" % (name, what), same and ours == 1,
               (reply, [(m["octets"][:900], m["octets"][-300:]) for m in arrived]))
    gate.stop()


def test_postfix():
    octets_arrive("Postfix")


def test_exim():
    octets_arrive("Exim")


def test_aiosmtpd():
    octets_arrive("aiosmtpd")


def variants():
    """What some reader somewhere may take for the end of the data, around a dot."""
    ends = [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\0\r\n", b"\r\0\n", b"\r\n\0", b"\x85", b"\x0b", b"\xc2\x85", b"\xe2\x80\xa8", b""]
    for before, after in itertools.product(ends, ends):
        for dot in (b".", b"..", b"\0."):
            variant = before + dot + after
            if b"\r\n.\r\n" not in variant and before + after:
                yield variant


SMUGGLED = b"MAIL FROM:<smuggled@from.example>\r\nRCPT TO:<u@to.example>\r\nDATA\r\nX-Name: smuggled\r\n\r\nsmuggled\r\n"


def nothing_is_read_twice(name):
    """Whole, and cut right behind and within the variant; strictly read, and mended as for old devices."""
    taken = {}
    for kind, more in (("strict", ""), ("mended", 'old_devices = ["127.0.0.0/8"]')):
        gate, behind = start(name, more)
        accepted, replies, client = set(), 0, None
        for number, variant in enumerate(variants()):
            for cut in (0, 1):
                if client is None:
                    client = gate.client()
                    client.say("EHLO client.example")
                mark = "%s-%d-%d" % (kind, number, cut)
                for command in ("MAIL FROM:<a@from.example> BODY=8BITMIME", "RCPT TO:<u@to.example>", "DATA"):
                    client.say(command)
                head = b"From: a@from.example\r\nX-Name: " + mark.encode() + b"\r\n\r\nfirst" + variant[:1]
                tail = variant[1:] + SMUGGLED + b"\r\n.\r\n"
                if cut:
                    client.socket.sendall(head)
                    for octet in tail[:8]:
                        client.socket.sendall(bytes([octet]))
                    client.socket.sendall(tail[8:])
                else:
                    client.socket.sendall(head + tail)
                reply = client.reply()
                again = client.say("NOOP")
                if not again.startswith("250 2.0.0 Still here") or reply[:3] not in ("250", "550"):
                    return expect("%s: %r has one reply" % (kind, variant), False, (reply, again))
                replies += 1
                if reply.startswith("250"):
                    accepted.add(mark)
        expect("%s, %s: %d messages, each with one reply" % (name, kind, replies), replies > 900)
        end = time.time() + 120
        while time.time() < end and len(behind.messages) < len(accepted):
            time.sleep(0.1)
        time.sleep(2)
        names = []
        for each in behind.messages:
            header = each["octets"].split(b"\r\n\r\n", 1)[0]
            found = [line[8:].decode() for line in header.split(b"\r\n") if line.startswith(b"X-Name: ")]
            names.append(found[0] if found else "no name")
        expect("%s, %s: the %d that were accepted arrive once, and nothing else" % (name, kind, len(accepted)),
               sorted(names) == sorted(accepted), sorted(set(names) ^ accepted)[:10])
        smuggled = [m for m in behind.messages if b"smuggled@" in (m["mail"].encode() if isinstance(m["mail"], str) else m["mail"])]
        expect("%s, %s: no message has the smuggled sender" % (name, kind), not smuggled, smuggled)
        gate.stop()


def test_smuggling_postfix():
    nothing_is_read_twice("Postfix")


def test_smuggling_exim():
    nothing_is_read_twice("Exim")


def test_smuggling_aiosmtpd():
    nothing_is_read_twice("aiosmtpd")


checks.main(globals(), sys.argv[3:])
