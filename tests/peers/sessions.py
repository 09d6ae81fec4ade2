# SPDX-License-Identifier: Apache-2.0
# What a session comes to when time, octets, TLS or the number of others are against it: the built relay with short times
# and small limits.
import os
import socket
import ssl
import struct
import sys
import threading
import time

from internet import certificates, checks, relay, sink

postern = sys.argv[1]
expect = checks.expect
authority = certificates.Authority(checks.folder())
certificate, key = authority.files(["DNS:relay.example"])
behind = sink.Sink()

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[limits]
command_time = "2s"
read_time = "2s"
message_time = "5s"
session_time = "1h"
connections_per_client = 400
greeting_pause = "300ms"
message_size = "1M"
%s
[log]
format = "json"
[dns]
servers = ["127.0.0.1:1"]
[tls]
certificate = "%s"
key = "%s"
[delivery]
smarthost = "127.0.0.1:%d"
[[listener]]
address = "%s"
networks = ["127.0.0.0/8", "::1"]
%s
"""


def start(limits="", listener="", address="127.0.0.1:0"):
    return relay.Relay(postern, checks.folder(), SETTINGS % (limits, certificate, key, behind.port, address, listener))


gate = start()


def begin(client):
    client.say("EHLO client.example")
    client.say("MAIL FROM:<a@from.example>")
    client.say("RCPT TO:<u@to.example>")
    client.say("DATA")


def closed(client):
    try:
        return client.file.read(1) == b""
    except OSError:
        return True


def trickle(client, text, pause=0.3):
    """Octet by octet; stops when the other side has had enough."""
    def send():
        try:
            for octet in text:
                client.socket.sendall(bytes([octet]))
                time.sleep(pause)
        except OSError:
            pass
    threading.Thread(target=send, daemon=True).start()


def ends_within(what, client, code, least, most):
    begun = time.time()
    reply = client.reply()
    took = time.time() - begun
    expect(what, reply.startswith(code) and least <= took <= most and closed(client), (reply, took))


def test_times():
    ends_within("nothing is said: 421 4.4.2", gate.client(), "421 4.4.2", 1.5, 30)
    client = gate.client()
    trickle(client, b"NOOP " + b"x" * 400)
    ends_within("a command that trickles has one deadline for all of it", client, "421 4.4.2", 1.5, 30)
    client = gate.client()
    begin(client)
    ends_within("no message comes", client, "421 4.4.2", 1.5, 30)
    client = gate.client()
    begin(client)
    trickle(client, b"x" * 100)
    ends_within("a message that trickles has one for all of it", client, "421 4.4.2", 4, 40)
    client = gate.client()
    client.say("EHLO client.example")
    client.say("STARTTLS")
    begun = time.time()
    over = closed(client)
    expect("a handshake that never comes", over and time.time() - begun < 30)
    client = gate.client()
    for _ in range(4):
        time.sleep(0.8)
        reply = client.say("NOOP")
    expect("whoever goes on speaking is heard", reply.startswith("250"), reply)


def test_early_talker():
    for words in (b"EHLO client.example\r\n", b"X", b"\r\n", b"\x16\x03\x01"):
        raw = socket.create_connection(("127.0.0.1", int(gate.address.rsplit(":", 1)[1])), timeout=60)
        raw.sendall(words)
        seen = b""
        try:
            while True:
                got = raw.recv(1000)
                if not got:
                    break
                seen += got
        except OSError:
            pass
        expect("%r before the greeting is refused, and there is no 220" % words, seen.startswith(b"554 ") and b"220" not in seen, seen)


def test_tls():
    def upgraded(behind_it=b"", version=None):
        client = gate.client()
        client.say("EHLO client.example")
        client.socket.sendall(b"STARTTLS\r\n" + behind_it)
        expect("STARTTLS is answered", client.reply().startswith("220"))
        context = ssl.create_default_context(cafile=authority.file)
        if version:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        client.socket = context.wrap_socket(client.socket, server_hostname="relay.example")
        client.file = client.socket.makefile("rb")
        return client

    client = upgraded()
    expect("behind TLS a message is taken", client.submit("a@from.example", ["u@to.example"], b"Subject: x\r\n\r\nx\r\n").startswith("250"))
    client = upgraded(b"MAIL FROM:<injected@from.example>\r\n")
    expect("what was sent with STARTTLS in one piece was never said", client.say("NOOP").startswith("250 2.0.0 Still"))
    expect("... and EHLO is wanted", client.say("MAIL FROM:<a@from.example>").startswith("503"))
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        try:
            upgraded(version=version)
            expect("%s is refused" % version, False)
        except (ssl.SSLError, OSError):
            expect("%s is refused" % version, True)
    client = gate.client()
    client.say("EHLO client.example")
    client.say("STARTTLS")
    client.socket.sendall(b"EHLO this is no handshake\r\n" * 3)
    seen = b""
    try:
        seen = client.file.read()
    except OSError:
        pass
    expect("what is no handshake ends the session, and nothing is said in plain text", b"250" not in seen, seen)
    expect("and others are served", gate.client().say("NOOP").startswith("250"))


def test_limits():
    small = start("connections = 5", "max_connections = 3")
    held = [small.client() for _ in range(3)]
    full = small.client()
    expect("a listener's limit", full.greeting.startswith("421") and closed(full), full.greeting)
    held[0].say("QUIT")
    time.sleep(0.5)
    expect("... counts who is there", small.client().greeting.startswith("220"))
    small.stop()
    own = start("connections_per_client = 2".replace("connections_per_client", "recipients = 3\nerrors = 4\nunknown_commands"))
    client = own.client()
    client.say("EHLO client.example")
    client.say("MAIL FROM:<a@from.example>")
    replies = [client.say("RCPT TO:<u%d@to.example>" % n)[:9] for n in range(5)]
    expect("recipients", replies == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 2, replies)
    client = own.client()
    replies = [client.say("BAD") for _ in range(3)]
    expect("unknown commands", replies[-1].startswith("500") and client.reply().startswith("421 4.7.0") and closed(client), replies)
    own.stop()


def test_many_idle():
    idle = [gate.client() for _ in range(300)]
    begun = time.time()
    reply = gate.submit("a@from.example", ["u@to.example"], b"Subject: x\r\n\r\nx\r\n")
    expect("300 idle connections hold nobody up", reply.startswith("250"), (reply, time.time() - begun))
    for client in idle:
        client.close()


def test_clients_that_vanish():
    for octets in (b"", b"half a message\r\n", b"x" * 300000, b"whole\r\n.\r"):
        client = gate.client()
        begin(client)
        client.socket.sendall(octets)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()
        client.file.close()
    time.sleep(1)
    spool = os.path.join(gate.folder, "state", "spool")
    expect("of what broke off nothing is kept", os.listdir(spool) == [] and not [m for m in behind.messages if b"half" in m["octets"] or b"whole" in m["octets"]], os.listdir(spool))
    client = gate.client()
    client.say("EHLO client.example")
    client.socket.sendall(b"MAIL FROM:<a@from.example>\r\nRCPT TO:<u@to.example>\r\nDATA\r\n")
    for _ in range(3):
        client.reply()
    client.socket.sendall(b"Subject: half closed\r\n\r\nx\r\n.\r\nQUIT\r\n")
    client.socket.shutdown(socket.SHUT_WR)
    replies = [client.reply(), client.reply()]
    expect("who has closed its half still hears the replies", replies[0].startswith("250") and replies[1].startswith("221"), replies)


def test_size():
    client = gate.client()
    body = b"Subject: x\r\n\r\n" + b"y" * 70 + b"\r\n"
    exact = body + b"z" * (1048576 - len(body) - 2) + b"\r\n"
    expect("a message of exactly SIZE is taken", client.submit("a@from.example", ["u@to.example"], exact).startswith("250"))
    expect("one octet more is not", client.submit("a@from.example", ["u@to.example"], b"z" + exact).startswith("552 5.3.4"))
    stuffed = b"Subject: x\r\n\r\n" + b".\r\n" * ((1048576 - 14) // 3)
    expect("dots that are doubled on the way do not count", client.submit("a@from.example", ["u@to.example"], stuffed).startswith("250"))


def test_ipv6():
    six = start(address="[::1]:%d" % checks.free_port())
    reply = six.submit("a@from.example", ["u@to.example"], b"Subject: by-six\r\n\r\nx\r\n")
    taken = [m for m in behind.wait_for(1) if b"by-six" in m["octets"]]
    end = time.time() + 30
    while not taken and time.time() < end:
        time.sleep(0.1)
        taken = [m for m in behind.messages if b"by-six" in m["octets"]]
    expect("IPv6, and the literal in Received", reply.startswith("250") and taken and b"([IPv6:::1])" in taken[0]["octets"], taken)
    six.stop()


def test_trace():
    before = len(behind.messages)
    gate.submit("a@from.example", ["u@to.example"], b"Bcc: kept\r\nReturn-Path: <kept@from.example>\r\nX-Postern-Scan: forged\r\nSubject: x\r\n\r\nx\r\n")
    octets = behind.wait_for(before + 1)[before]["octets"].decode()
    fields = octets.split("\r\n\r\n")[0].replace("\r\n\t", " ").split("\r\n")
    expect("Received with all its clauses (RFC 5321 4.4)", fields[0].startswith("Received: from client.example ([127.0.0.1]) by relay.example (postern) with ESMTP id ")
           and " for <u@to.example>; " in fields[0], fields)
    expect("one scan field of ours, below it", fields[1].startswith("X-Postern-Scan: id=") and octets.count("X-Postern-Scan") == 1, fields)
    expect("nothing else is added, changed or removed", fields[2:] == ["Bcc: kept", "Return-Path: <kept@from.example>", "Subject: x"], fields)
    before = len(behind.messages)
    gate.submit("a@from.example", ["u@to.example", "v@to.example"], b"Subject: x\r\n\r\nx\r\n")
    octets = behind.wait_for(before + 1)[before]["octets"]
    expect("with two recipients none of them stands in Received", b"for <" not in octets, octets)


checks.main(globals(), sys.argv[2:])
