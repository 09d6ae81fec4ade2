# SPDX-License-Identifier: Apache-2.0
# Where mail goes by the DNS, asked of a real name server.
import os
import re
import socket
import subprocess
import sys
import threading

from internet import checks, names, relay, sink

postern, peers = sys.argv[1:3]
expect = checks.expect
port = checks.free_port()
own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
own = next((address for address in own if "." in address), None)

sinks = {n: sink.Sink("127.0.0.%d" % n, port) for n in (2, 3, 5, 6)}
v6 = sink.Sink("::1", port)
refusing = sink.Sink("127.0.0.7", port, answers={"greeting": "554 5.3.2 no mail here"})
busy = sink.Sink("127.0.0.8", port, answers={"greeting": "421 4.3.2 too busy"})

ZONE = """
ns A 127.0.0.1
sender MX 10 two
two A 127.0.0.2
three A 127.0.0.3
closed A 127.0.0.4
refusing A 127.0.0.7
busy A 127.0.0.8
prefer MX 20 three
prefer MX 10 two
second MX 10 closed
second MX 20 three
turned-away MX 10 refusing
turned-away MX 20 three
too-busy MX 10 busy
too-busy MX 20 three
equal MX 10 two
equal MX 10 three
several MX 10 several-addresses
several-addresses A 127.0.0.4
several-addresses A 127.0.0.5
both MX 10 both-addresses
both-addresses A 127.0.0.6
both-addresses AAAA ::1
dead-six MX 10 dead-six-addresses
dead-six-addresses A 127.0.0.6
dead-six-addresses AAAA fd00:dead::1
bare A 127.0.0.2
bare-six AAAA ::1
nothing TXT "neither a mail server nor an address"
null MX 0 .
null A 127.0.0.2
null-twice MX 0 .
null-twice MX 10 .
alias CNAME prefer
alias-mx MX 10 alias-host
alias-host CNAME two
missing-mx MX 10 not-there
one-missing MX 10 not-there
one-missing MX 20 two
servfail-mx MX 10 host.broken
half MX 10 host.broken
half MX 20 two
loop MX 10 relay
relay A 127.0.0.1
backup MX 10 closed
backup MX 20 relay
backup MX 30 three
primary MX 10 two
primary MX 20 relay
private MX 10 private-address
private-address A 10.1.2.3
mapped MX 10 mapped-address
mapped-address AAAA ::ffff:10.1.2.3
all-dead MX 10 closed
xn--bcher-kva MX 10 two
"""
ZONE += "".join("many MX %d m%d\nm%d A 127.0.0.2\n" % (i, i, i) for i in range(60))
ZONE += "".join("wide MX 10 wide-addresses\nwide-addresses A 127.0.1.%d\n" % i for i in range(1, 30))
if own:
    ZONE += "ourselves MX 10 our-address\nour-address A %s\n" % own
    ZONE += "behind-us MX 10 closed\nbehind-us MX 20 our-address\nbehind-us MX 30 three\n"

server = names.NameServer(
    peers,
    {"example.": ZONE, "broken.example.": None,
     "signed.example.": "@ MX 10 host\nhost A 127.0.0.2\n", "bogus.example.": "@ MX 10 host\nhost A 127.0.0.2\n"},
    signed=("signed.example.", "bogus.example."))

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
[dns]
servers = [%s]
%s
[delivery]
port = %d
retry = ["1h"]
private_networks = ["127.0.0.0/8", "::1/128", "fd00::/8"]
%s
[[listener]]
address = "127.0.0.1:0"
networks = ["127.0.0.0/8"]
"""


def settings(servers=None, dns="", delivery=""):
    return SETTINGS % (servers or '"127.0.0.1:%d"' % server.port, dns, port, delivery)


gate = relay.Relay(postern, checks.folder(), settings())


def deliver(domain, through=gate, sender="from@sender.example", more=""):
    """The event of the first attempt for a message to that domain."""
    box = "u%d@%s" % (len(through.events("reception")), domain)
    reply = through.submit(sender, [box], b"Subject: %s\r\n\r\nbody\r\n" % domain.encode(), mail=more)
    if not reply.startswith("250"):
        return {"outcome": reply}
    found = through.wait_for_events("delivery", which=lambda event: event["to"] == box)
    return found[0] if found else {"outcome": "nothing"}


def goes_to(domain, host, why):
    event = deliver(domain)
    expect(why, event["outcome"] == "delivered" and host in event["host"], event)


def bounces(domain, status, words, why):
    event = deliver(domain)
    good = event["outcome"] == "refused" and event["status"] == status and words in event["reply"]
    expect(why, good, event)
    reports = [m for m in sinks[2].messages if ("@" + domain).encode() in m["octets"] and m["mail"].startswith("MAIL FROM:<>")]
    for _ in range(200):
        if reports:
            break
        threading.Event().wait(0.05)
        reports = [m for m in sinks[2].messages if ("@" + domain).encode() in m["octets"] and m["mail"].startswith("MAIL FROM:<>")]
    expect("... and is reported with " + status, len(reports) == 1 and b"Status: " + status.encode() in reports[0]["octets"], reports)


def waits(domain, status, words, why, through=gate):
    event = deliver(domain, through)
    good = event["outcome"] == "deferred" and event["status"] == status and words in event["reply"]
    expect(why, good, event)


def test_preference():
    goes_to("prefer.example", "two.example[127.0.0.2]", "the lowest preference is tried first")
    goes_to("second.example", "three.example[127.0.0.3]", "a server that does not answer is followed by the next")
    goes_to("turned-away.example", "three.example[127.0.0.3]", "so is one that greets with 554")
    goes_to("too-busy.example", "three.example[127.0.0.3]", "and one that greets with 421")
    hosts = {deliver("equal.example", sender="f%d@sender.example" % i)["host"] for i in range(24)}
    expect("equal preferences share the mail", len(hosts) >= 1 and all("127.0.0" in h for h in hosts), hosts)


def test_equal_preferences_are_drawn_by_lot():
    # Connections are kept and used again: a relay anew draws anew.
    hosts = set()
    for i in range(16):
        once = relay.Relay(postern, checks.folder(), settings())
        hosts.add(deliver("equal.example", once)["host"].split("[")[0])
        once.stop()
        if len(hosts) == 2:
            break
    expect("both of two equal servers are used", hosts == {"two.example", "three.example"}, hosts)


def test_addresses():
    goes_to("several.example", "[127.0.0.5]", "the second address of a server, when the first does not answer")
    goes_to("both.example", "[::1]", "IPv6 before IPv4")
    goes_to("dead-six.example", "[127.0.0.6]", "IPv4 when IPv6 leads nowhere")
    goes_to("bare.example", "bare.example[127.0.0.2]", "without MX the address record counts")
    goes_to("bare-six.example", "bare-six.example[::1]", "so does an AAAA record")
    goes_to("alias.example", "[127.0.0.2]", "a CNAME for the domain is followed")
    goes_to("alias-mx.example", "[127.0.0.2]", "and one behind an MX")
    goes_to("many.example", "m0.example", "of 60 servers the first")
    goes_to("one-missing.example", "two.example", "a server without an address is passed over")
    goes_to("half.example", "two.example", "so is one that cannot be looked up, when another can")
    goes_to("primary.example", "two.example", "a backup server delivers to the primary")


def test_never():
    bounces("not-there.example", "5.1.2", "no domain not-there.example", "NXDOMAIN")
    bounces("nothing.example", "5.1.2", "no mail server", "neither MX nor address")
    bounces("null.example", "5.1.10", "null MX", "null MX, though there is an address")
    bounces("null-twice.example", "5.1.10", "null MX", "null MX twice")
    bounces("missing-mx.example", "5.1.2", "no mail server", "the only server has no address")
    bounces("loop.example", "5.4.6", "loop", "the MX is this relay by name")
    bounces("private.example", "5.4.4", "10.1.2.3", "the MX points to private space")
    bounces("mapped.example", "5.4.4", "10.1.2.3", "... in an IPv6 coat")
    if own:
        bounces("ourselves.example", "5.4.6", "loop", "the MX is this machine by address")


def test_later():
    waits("x.broken.example", "4.4.3", "SERVFAIL", "SERVFAIL for the domain")
    waits("servfail-mx.example", "4.4.3", "could not be looked up", "SERVFAIL for its only server")
    waits("all-dead.example", "4.4.1", "closed.example[127.0.0.4]", "nobody answers")
    waits("backup.example", "4.4.1", "closed.example", "nothing behind ourselves is tried")
    waits("wide.example", "4.4.1", "127.0.1.", "29 dead addresses end in one deferral")
    if own:
        waits("behind-us.example", "4.4.1", "closed.example", "nothing behind our own address is tried")


def test_silence():
    hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hole.bind(("127.0.0.1", 0))
    deaf = relay.Relay(postern, checks.folder(), settings('"127.0.0.1:%d"' % hole.getsockname()[1]))
    waits("prefer.example", "4.4.3", "could not be looked up", "a name server that says nothing", deaf)
    deaf.stop()


def test_second_name_server():
    two = relay.Relay(postern, checks.folder(), settings('"127.0.0.1:1", "[::1]:%d"' % server.port))
    event = deliver("prefer.example", two)
    expect("a dead name server is followed by the next, by IPv6", event["outcome"] == "delivered", event)
    two.stop()


def test_signatures():
    path = os.path.join(server.folder, "bogus.example.zone.signed")
    text = open(path).read()
    with open(path, "w") as file:
        file.write(re.sub(r"(host\.bogus\.example\.\s+60\s+IN\s+A\s+)127\.0\.0\.2", r"\g<1>127.0.0.3", text))
    server.stop()
    server.start()
    strict = relay.Relay(postern, checks.folder(), settings(dns='trust_anchor = "%s"' % server.anchor))
    event = deliver("signed.example", strict)
    expect("what is signed and true is believed", event["outcome"] == "delivered", event)
    waits("bogus.example", "4.4.3", "could not be looked up", "what is signed and forged is not, and waits", strict)
    event = deliver("prefer.example", strict)
    expect("what is not signed is believed as before", event["outcome"] == "delivered", event)
    strict.stop()


def test_smart_host():
    for place, host in (("127.0.0.3:%d", "127.0.0.3:"), ("[::1]:%d", "[::1]:"), ("three.example:%d", "three.example[127.0.0.3]")):
        smart = relay.Relay(postern, checks.folder(), settings(delivery='smarthost = "%s"' % (place % port)))
        event = deliver("not-there.example", smart)
        expect("a smart host takes what has no MX: " + place, event["outcome"] == "delivered" and host in event["host"], event)
        smart.stop()
    lost = relay.Relay(postern, checks.folder(), settings(delivery='smarthost = "not-there.example:25"'))
    waits("prefer.example", "4.4.4", "not-there.example", "a smart host that is not there is no reason to bounce", lost)
    lost.stop()


def test_routes():
    routes = '\n'.join('[[route]]\ndomain = "%s"\nhost = "%s:%d"' % (domain, host, port)
                       for domain, host in (("prefer.example", "127.0.0.3"), (".below.example", "127.0.0.5")))
    routed = relay.Relay(postern, checks.folder(), settings() + routes)
    for domain, host in (("prefer.example", "127.0.0.3"), ("a.b.below.example", "127.0.0.5"), ("bare.example", "127.0.0.2")):
        event = deliver(domain, routed)
        expect("the route of " + domain, event["outcome"] == "delivered" and host in event["host"], event)
    event = deliver("PREFER.Example", routed)
    expect("a route is found in any case", event["outcome"] == "delivered" and "127.0.0.3" in event["host"], event)
    routed.stop()


def test_international_domain():
    gate.submit("from@sender.example", ["u@b\u00fccher.example"], b"Subject: x\r\n\r\nbody\r\n", mail=" SMTPUTF8")
    found = gate.wait_for_events("delivery", which=lambda event: "cher.example" in event["to"])
    expect("a U-label is looked up as its A-label", found and found[0]["outcome"] == "delivered", found)


checks.main(globals(), sys.argv[3:])
