# SPDX-License-Identifier: Apache-2.0
# TLS to next hops: what each policy makes of each certificate, and of servers that break it off.
import ssl
import sys

from internet import checks, certificates, names, relay, sink

postern, peers = sys.argv[1:3]
expect = checks.expect
authority = certificates.Authority(checks.folder())
server = names.NameServer(peers, {"example.": "ns A 127.0.0.1\nmx A 127.0.0.1\na.mail A 127.0.0.1\nsender MX 10 mx\n"})

good = authority.server(["DNS:mx.example", "IP:127.0.0.1"])
wildcard = authority.server(["DNS:*.mail.example"])
self_signed = authority.server(["DNS:mx.example"], signed=False)
expired = authority.server(["DNS:mx.example"], expired=True)
wrong_name = authority.server(["DNS:other.example"])
old = authority.server(["DNS:mx.example"])
old.minimum_version = ssl.TLSVersion.TLSv1
old.maximum_version = ssl.TLSVersion.TLSv1_1
old.set_ciphers("ALL:@SECLEVEL=0")
wants_certificate = authority.server(["DNS:mx.example"])
wants_certificate.verify_mode = ssl.CERT_REQUIRED
wants_certificate.load_verify_locations(authority.file)

SINKS = {
    "plain": sink.Sink(),
    "good": sink.Sink(tls=good),
    "wildcard": sink.Sink(tls=wildcard),
    "self-signed": sink.Sink(tls=self_signed),
    "expired": sink.Sink(tls=expired),
    "wrong-name": sink.Sink(tls=wrong_name),
    "old": sink.Sink(tls=old),
    "wants-certificate": sink.Sink(tls=wants_certificate),
    "refuses": sink.Sink(tls=good, answers={"STARTTLS": "454 4.7.0 not now"}),
    "closes": sink.Sink(tls=good, answers={"STARTTLS": "close"}),
    "resets": sink.Sink(tls=good, answers={"STARTTLS": "reset"}),
    "babbles": sink.Sink(offer=sink.OFFER + ("STARTTLS",), answers={"STARTTLS": "250 this is no TLS"}),
    "injects": sink.Sink(tls=good, answers={"STARTTLS": "220 go\r\n250-injected\r\n250 DSN"}),
    "hangs-up": sink.Sink(tls=good, answers={"STARTTLS": lambda line: "220 go\r\n\x15\x03\x01"}),
}

# TLS used, plain text, or a deferral with these words.
EXPECTED = {
    "none": {name: "plain" for name in SINKS},
    "may": dict({name: "plain" for name in SINKS}, **{n: "tls" for n in ("good", "wildcard", "self-signed", "expired", "wrong-name")}),
    "encrypt": {
        "plain": "TLS is required", "good": "tls", "wildcard": "tls", "self-signed": "tls", "expired": "tls", "wrong-name": "tls",
        "old": "when TLS was begun", "wants-certificate": "certificate required", "refuses": "454 4.7.0 not now", "closes": "closed the connection",
        "resets": "", "babbles": "250 this is no TLS", "injects": "between its 220 and TLS", "hangs-up": "between its 220 and TLS"},
}
EXPECTED["verify"] = dict(EXPECTED["encrypt"], **{
    "self-signed": "self-signed", "expired": "expired", "wrong-name": "mismatch"})

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
[dns]
servers = ["127.0.0.1:%d"]
[delivery]
retry = ["1h"]
tls = "%s"
trusted_certificates = "%s"
[[listener]]
address = "127.0.0.1:0"
networks = ["127.0.0.0/8"]
"""


def route(domain, place, tls=""):
    return '[[route]]\ndomain = "%s"\nhost = "%s"\ntls = "%s"\n' % (domain, place, tls)


def send(through, domain):
    through.submit("a@sender.example", ["u@" + domain], b"Subject: x\r\n\r\nbody\r\n")
    found = through.wait_for_events("delivery", which=lambda event: event["to"] == "u@" + domain)
    return found[0] if found else {"outcome": "nothing"}


def policy(name):
    routes = "".join(route(case + ".example", "%s.example:%d" % ("a.mail" if case == "wildcard" else "mx", s.port)) for case, s in SINKS.items())
    gate = relay.Relay(postern, checks.folder(), SETTINGS % (server.port, name, authority.file) + routes)
    for case, wanted in EXPECTED[name].items():
        SINKS[case].messages.clear()
        event = send(gate, case + ".example")
        taken = SINKS[case].messages
        if wanted in ("tls", "plain"):
            seen = event["outcome"] == "delivered" and len(taken) == 1 and taken[0]["tls"] == (wanted == "tls")
            seen = seen and bool(event.get("tls")) == (wanted == "tls")
        else:
            seen = event["outcome"] == "deferred" and wanted in event["reply"] and not taken
        expect("%s, %s: %s" % (name, case, wanted or "deferred"), seen, (event, taken))
    gate.stop()


def test_none():
    policy("none")


def test_may():
    policy("may")


def test_encrypt():
    policy("encrypt")


def test_verify():
    policy("verify")


def test_what_was_offered_before_is_forgotten():
    offers = [("PIPELINING", "DSN", "SIZE 5", "STARTTLS"), ("8BITMIME",)]
    told = []

    def ehlo(line):
        told.append(line)
        words = offers[min(len(told), 2) - 1]
        return "\r\n".join("250%s%s" % ("-" if i < len(words) else " ", w) for i, w in enumerate(("sink",) + words))

    target = sink.Sink(tls=good, answers={"EHLO": ehlo})
    gate = relay.Relay(postern, checks.folder(), SETTINGS % (server.port, "encrypt", authority.file) + route("x.example", "mx.example:%d" % target.port))
    gate.submit("a@sender.example", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n", mail=" RET=HDRS ENVID=e", rcpt=" NOTIFY=FAILURE")
    taken = target.wait_for(1)
    expect("EHLO is said again, and only what it brings then counts",
           len(told) == 2 and taken and taken[0]["mail"] == "MAIL FROM:<a@sender.example>" and taken[0]["rcpts"] == ["RCPT TO:<u@x.example>"],
           (told, taken))
    gate.stop()


def test_routes_have_policies_of_their_own():
    named = []
    good.sni_callback = lambda connection, name, context: named.append(name)
    routes = route("verified.example", "mx.example:%d" % SINKS["good"].port, "verify")
    routes += route("strict.example", "mx.example:%d" % SINKS["self-signed"].port, "verify")
    routes += route("*", "127.0.0.1:%d" % SINKS["good"].port, "none")
    routes += route("address.example", "127.0.0.1:%d" % SINKS["good"].port, "verify")
    gate = relay.Relay(postern, checks.folder(), SETTINGS % (server.port, "may", authority.file) + routes)
    for domain, outcome, encrypted in (("verified.example", "delivered", True), ("strict.example", "deferred", False),
                                       ("other.example", "delivered", False), ("address.example", "delivered", True)):
        event = send(gate, domain)
        expect("the policy of the route of " + domain, event["outcome"] == outcome and bool(event.get("tls")) == encrypted, event)
    expect("the server is told by which name it is asked (SNI), and no address", named == ["mx.example", None], named)
    good.sni_callback = None
    gate.stop()


def test_unreadable_certificates():
    try:
        relay.Relay(postern, checks.folder(), SETTINGS % (server.port, "verify", "/nowhere/ca.pem")).stop()
        expect("certificates that cannot be read are told at the start", False)
    except RuntimeError as error:
        expect("certificates that cannot be read are told at the start", "/nowhere/ca.pem" in str(error) and "cannot be read" in str(error), error)


checks.main(globals(), sys.argv[3:])
