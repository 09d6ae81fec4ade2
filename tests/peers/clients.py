# SPDX-License-Identifier: Apache-2.0
# Other people's programs as clients of the relay: swaks, msmtp, Python's smtplib, curl and Postfix; the octets that they
# were given arrive behind the relay, and a refusal reaches them as one.
import os
import smtplib
import ssl
import subprocess
import sys
import time

from internet import certificates, checks, relay, servers, sink

postern, peers = sys.argv[1:3]
expect = checks.expect
authority = certificates.Authority(checks.folder())
certificate, key = authority.files(["DNS:localhost", "IP:127.0.0.1"])
behind = sink.Sink()
port, implicit = checks.free_port(), checks.free_port()
gate = relay.Relay(postern, checks.folder(), """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
[dns]
servers = ["127.0.0.1:1"]
[tls]
certificate = "%s"
key = "%s"
[delivery]
retry = ["1s"]
smarthost = "127.0.0.1:%d"
[[listener]]
address = "127.0.0.1:%d"
networks = ["127.0.0.0/8"]
[[listener]]
kind = "submissions"
address = "127.0.0.1:%d"
networks = ["127.0.0.0/8"]
""" % (certificate, key, behind.port, port, implicit))

WORDS = ("From: a@from.example\r\nTo: u@to.example\r\nSubject: %s\r\nMessage-ID: <%s@from.example>\r\n"
         "Date: Sat, 28 Nov 2026 10:00:00 +0000\r\n\r\n.a dot\r\n..two\r\nGr\u00fc\u00dfe\r\n\r\nthe end\r\n")
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EIC" + "AR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def message(name):
    return (WORDS % (name, name)).encode()


def virus(name):
    return ("From: a@from.example\r\nTo: u@to.example\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n"
            % (name, EICAR)).encode()


def written(name, octets):
    path = os.path.join(gate.folder, name)
    with open(path, "wb") as file:
        file.write(octets)
    return path


def arrives(what, octets, before):
    taken = behind.wait_for(before + 1, 30)[before:]
    expect(what + ": the octets arrive", len(taken) == 1 and taken[0]["octets"].endswith(octets), taken)


def run(words, octets=b""):
    done = subprocess.run(words, input=octets, capture_output=True, timeout=120)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def both(what, submit):
    """submit(octets) -> (status, output)."""
    before = len(behind.messages)
    status, output = submit(message(what.replace(" ", "-")))
    expect(what + ": taken", status == 0, output)
    arrives(what, message(what.replace(" ", "-")), before)
    status, output = submit(virus(what.replace(" ", "-")))
    expect(what + ": a virus is refused, and the client says why", status != 0 and "virus" in output, (status, output))


def test_swaks():
    def plain(octets, more=()):
        return run(["swaks", "--server", "127.0.0.1", "--port", str(port), "--helo", "client.example", "--from", "a@from.example", "--to",
                    "u@to.example", "--data", "@" + written("swaks.eml", octets[:-2]), *more])  # it adds a line end of its own

    both("swaks", plain)
    both("swaks with STARTTLS", lambda octets: plain(octets, ["--tls"]))
    both("swaks with PIPELINING", lambda octets: plain(octets, ["--pipeline"]))


def test_msmtp():
    words = [peers + "/usr/bin/msmtp", "--host=127.0.0.1", "--auth=off", "--from=a@from.example", "--domain=client.example"]
    # It reads lines that end in LF, as a sendmail does.
    both("msmtp", lambda octets: run(words + ["--port=%d" % port, "--tls=off", "u@to.example"], octets.replace(b"\r\n", b"\n")))
    tls = ["--tls=on", "--tls-trust-file=" + authority.file]
    both("msmtp with STARTTLS", lambda octets: run(words + tls + ["--port=%d" % port, "--tls-starttls=on", "u@to.example"], octets.replace(b"\r\n", b"\n")))
    both("msmtp with TLS", lambda octets: run(words + tls + ["--port=%d" % implicit, "--tls-starttls=off", "u@to.example"], octets.replace(b"\r\n", b"\n")))


def test_curl():
    def plain(octets, url="smtp://127.0.0.1:%d/client.example" % port, more=()):
        return run(["curl", "-sS", "--url", url, "--mail-from", "a@from.example", "--mail-rcpt", "u@to.example", "-v", *more, "-T", "-"], octets)

    both("curl", plain)
    both("curl with STARTTLS", lambda octets: plain(octets, more=["--ssl-reqd", "--cacert", authority.file]))
    both("curl with TLS", lambda octets: plain(octets, "smtps://127.0.0.1:%d/client.example" % implicit, ["--cacert", authority.file]))


def test_smtplib():
    trust = ssl.create_default_context(cafile=authority.file)

    def through(connect):
        def submit(octets):
            with connect() as client:
                try:
                    client.sendmail("a@from.example", ["u@to.example"], octets, mail_options=["BODY=8BITMIME"])
                except smtplib.SMTPDataError as error:
                    return 1, str(error)
            return 0, ""
        return submit

    def upgraded():
        client = smtplib.SMTP("127.0.0.1", port, "client.example")
        client.starttls(context=trust)
        return client

    both("smtplib", through(lambda: smtplib.SMTP("127.0.0.1", port, "client.example")))
    both("smtplib with STARTTLS", through(upgraded))
    both("smtplib with TLS", through(lambda: smtplib.SMTP_SSL("127.0.0.1", implicit, "client.example", context=trust)))


def test_postfix():
    postfix = servers.Postfix(peers, port)
    before = len(behind.messages)
    client = relay.Client("127.0.0.1:%d" % postfix.port)
    for n in range(20):
        client.submit("a@from.example", ["u@to.example"], message("postfix-%d" % n), mail=" BODY=8BITMIME")
    taken = behind.wait_for(before + 20, 60)[before:]
    good = [m for m in taken if any(m["octets"].endswith(message("postfix-%d" % n)) for n in range(20))]
    expect("Postfix: 20 messages arrive as they were", len(taken) == 20 and len(good) == 20, len(good))
    client.submit("a@from.example", ["u@to.example"], virus("postfix"))
    log, end = os.path.join(postfix.folder, "log"), time.time() + 60
    while time.time() < end and "status=bounced" not in open(log).read():
        time.sleep(0.1)
    # The report goes through the relay as well, and it gives the virus back.
    expect("Postfix: a virus is refused, and its log says why", "status=bounced" in open(log).read() and "virus" in open(log).read(), open(log).read())
    postfix.stop()


checks.main(globals(), sys.argv[3:])
