# SPDX-License-Identifier: Apache-2.0
# What next hops may answer, and what comes of it: for each recipient, for the queue, and in the report to the sender,
# which Python's own parser must understand.
import email
import email.policy
import sys
import threading
import time

from internet import checks, relay, sink

postern = sys.argv[1]
expect = checks.expect
home = sink.Sink()  # where reports go

SETTINGS = """
[relay]
hostname = "relay.example"
state_directory = "$folder/state"
[log]
format = "json"
[dns]
servers = ["127.0.0.1:1"]
[delivery]
retry = ["%s"]
expire = "%s"
delay_warning = "%s"
[[listener]]
address = "127.0.0.1:0"
networks = ["127.0.0.0/8"]
[[route]]
domain = "home.example"
host = "127.0.0.1:%d"
"""


def start(targets, retry="1h", expire="5d", delay="4h"):
    text = SETTINGS % (retry, expire, delay, home.port)
    for domain, target in targets.items():
        text += '[[route]]\ndomain = "%s"\nhost = "127.0.0.1:%d"\n' % (domain, target.port)
    return relay.Relay(postern, checks.folder(), text)


def outcome(gate, box, count=1):
    found = gate.wait_for_events("delivery", count, which=lambda event: event["to"] == box)
    return found[-1] if found else {"outcome": "nothing"}


def reports_to(box, count=1, seconds=30):
    end = time.time() + seconds
    while True:
        found = [m for m in home.messages if any(("<%s>" % box) in rcpt for rcpt in m["rcpts"])]
        if len(found) >= count or time.time() > end:
            return [email.message_from_bytes(m["octets"], policy=email.policy.SMTPUTF8) for m in found]
        time.sleep(0.05)


def fields(report):
    """Of the message, and of each recipient."""
    groups = report.get_payload()[1].get_payload()
    return groups[0], groups[1:]


def test_replies_at_every_command():
    cases = {}
    for verb in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "."):
        for code in ("421 4.3.2 going down", "451 4.3.0 not now", "550 5.7.1 never", "close", "reset"):
            cases["%s-%s" % (verb.strip(".") or "end", code[:5].split(" ")[0])] = (verb, code)
    targets = {name.lower() + ".example": sink.Sink(answers={verb: code}) for name, (verb, code) in cases.items()}
    gate = start(targets)
    for domain in targets:
        gate.submit("from-%s@home.example" % domain.split(".")[0], ["u@" + domain], b"Subject: x\r\n\r\nbody\r\n")
    for name, (verb, code) in cases.items():
        domain = name.lower() + ".example"
        event = outcome(gate, "u@" + domain)
        # A server that refuses its service may be one of several, or be mended; EHLO refused is tried as HELO.
        final = code.startswith("5") and verb not in ("greeting", "EHLO")
        wanted = "refused" if final else "delivered" if code.startswith("5") and verb == "EHLO" else "deferred"
        expect("%s to %s: %s" % (code, verb, wanted), event["outcome"] == wanted, event)
        if wanted == "refused":
            reports = reports_to("from-%s@home.example" % domain.split(".")[0])
            expect("... and one report", len(reports) == 1, reports)
    gate.stop()


def test_each_recipient_has_an_outcome():
    def answer(line):
        return {"<no": "550 5.1.1 nobody here", "<la": "450 4.2.1 busy", "<fu": "552 5.2.2 full"}.get(line[8:11], "usual")

    target = sink.Sink(answers={"RCPT": answer})
    gate = start({"x.example": target})
    boxes = ["yes@x.example", "no1@x.example", "later@x.example", "no2@x.example", "full@x.example", "yes2@x.example"]
    gate.submit("partial@home.example", boxes, b"Subject: x\r\n\r\nbody\r\n")
    seen = {box: outcome(gate, box)["outcome"] for box in boxes}
    wanted = dict(zip(boxes, ("delivered", "refused", "deferred", "refused", "deferred", "delivered")))
    expect("partial acceptance", seen == wanted, seen)
    reports = reports_to("partial@home.example")
    expect("one report", len(reports) == 1)
    message, recipients = fields(reports[0])
    expect("about the two that were refused", [r["Final-Recipient"] for r in recipients] == ["rfc822; no1@x.example", "rfc822; no2@x.example"],
           reports[0].as_string())
    words = reports[0].get_payload()[0].get_content()
    expect("the reason stands first, in plain words", words.find("There is no such mailbox") < words.find("550 5.1.1 nobody here"), words)
    gate.stop()


def test_report_of_a_failure():
    target = sink.Sink(offer=("PIPELINING", "SIZE", "8BITMIME"), answers={"RCPT": "550-5.1.1 line one\r\n550 5.1.1 line two"})
    gate = start({"x.example": target})
    body = b"Subject: a subject\r\nX-Mark: 1\r\n\r\nthe body\r\n"
    box = ["joe@x.example"]
    gate.submit("dsn1@home.example", box, body, mail=" RET=HDRS ENVID=ab+2Bcd", rcpt=" NOTIFY=FAILURE ORCPT=rfc822;Joe+2Bx@old.example")
    gate.submit("dsn2@home.example", box, body, mail=" RET=FULL")
    gate.submit("dsn3@home.example", box, body, rcpt=" NOTIFY=NEVER")
    gate.submit("dsn4@home.example", box, body, rcpt=" NOTIFY=SUCCESS,DELAY")
    gate.submit("", box, body)
    report = reports_to("dsn1@home.example")[0]
    expect("multipart/report of the type delivery-status (RFC 6522)", report.get_content_type() == "multipart/report" and
           report.get_param("report-type") == "delivery-status", report["Content-Type"])
    expect("from nobody, generated by a machine", report["Auto-Submitted"] == "auto-replied" and report["To"] == "dsn1@home.example", report.items())
    parts = [part.get_content_type() for part in report.get_payload()]
    expect("three parts, RET=HDRS", parts == ["text/plain", "message/delivery-status", "text/rfc822-headers"], parts)
    message, recipients = fields(report)
    expect("Reporting-MTA, Arrival-Date", message["Reporting-MTA"] == "dns; relay.example" and message["Arrival-Date"], message.items())
    expect("ENVID comes back as it was meant", message["Original-Envelope-Id"] == "ab+cd", message.items())
    one = recipients[0]
    expect("Action, Status, Remote-MTA", (one["Action"], one["Status"], one["Remote-MTA"]) == ("failed", "5.1.1", "dns; [127.0.0.1]"), one.items())
    expect("Diagnostic-Code with both lines", one["Diagnostic-Code"] == "smtp; 550 5.1.1 line one line two", one.items())
    expect("ORCPT comes back", one["Original-Recipient"] == "rfc822; Joe+x@old.example", one.items())
    headers = report.get_payload()[2].get_payload()
    expect("the header, and no body", "X-Mark: 1" in headers and "the body" not in headers, headers)
    full = reports_to("dsn2@home.example")[0]
    expect("RET=FULL gives all back", full.get_payload()[2].get_content_type() == "message/rfc822" and
           b"the body" in full.as_bytes(), full.as_string())
    gate.wait_for_events("completion", 7)
    expect("NOTIFY=NEVER, NOTIFY without FAILURE and <> get none", len(home.messages) == len([m for m in home.messages if "dsn3" not in str(m["rcpts"]) and "dsn4" not in str(m["rcpts"]) and "<>" not in str(m["rcpts"])]))
    expect("a report has the null sender", all(m["mail"].startswith("MAIL FROM:<>") for m in home.messages))
    expect("a report passes on no parameters of the message", not any("RET=" in m["mail"] or "ENVID=" in m["mail"] or "NOTIFY" in str(m["rcpts"]) for m in home.messages), home.messages)
    gate.stop()


def test_parameters_are_passed_on():
    target = sink.Sink()
    gate = start({"x.example": target})
    gate.submit("p@home.example", ["u@x.example"], "Subject: \u00fc\r\n\r\nb\u00f6dy\r\n".encode(), mail=" BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=e+3D1",
                rcpt=" NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o@x.example")
    taken = target.wait_for(1)[0]
    words = taken["mail"].split(" ")[2:]
    expect("MAIL", set(words) >= {"BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=e+3D1"} and any(w.startswith("SIZE=") for w in words), taken)
    expect("RCPT", taken["rcpts"] == ["RCPT TO:<u@x.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o@x.example"], taken)
    size = int([w for w in words if w.startswith("SIZE=")][0][5:])
    expect("SIZE is what is sent", size == len(taken["octets"]), (size, len(taken["octets"])))
    time.sleep(1)
    expect("who passes NOTIFY=SUCCESS on sends no report of his own", not reports_to("p@home.example", 1, 0))
    gate.stop()


def test_relayed_report():
    target = sink.Sink(offer=("PIPELINING",))
    gate = start({"x.example": target})
    gate.submit("s@home.example", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n", rcpt=" NOTIFY=SUCCESS")
    report = reports_to("s@home.example")
    expect("a server without DSN: relayed, with the header alone", len(report) == 1 and fields(report[0])[1][0]["Action"] == "relayed" and
           report[0].get_payload()[2].get_content_type() == "text/rfc822-headers", report)
    expect("the log calls it so", [e["what"] for e in gate.events("report")] == ["relayed"], gate.events("report"))
    gate.stop()


def test_what_the_next_hop_cannot_take():
    target = sink.Sink(offer=("PIPELINING", "SIZE 2000"))
    gate = start({"x.example": target})
    eight = "Subject: x\r\n\r\nb\u00f6dy\r\n".encode()
    for sender, octets, mail, status in (
            ("eight", eight, " BODY=8BITMIME", "5.6.3"), ("large", b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 200, "", "5.3.4"),
            ("utf8", "Subject: \u00fc\r\n\r\nbody\r\n".encode(), " SMTPUTF8", "5.6.7")):
        gate.submit(sender + "@home.example", ["u@x.example"], octets, mail=mail)
        reports = reports_to(sender + "@home.example")
        expect("%s: %s" % (sender, status), len(reports) == 1 and "\nStatus: %s\r\n" % status in reports[0].as_string(), [r.as_string() for r in reports])
    gate.submit("seven@home.example", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n", mail=" BODY=8BITMIME SMTPUTF8")
    taken = target.wait_for(1)
    expect("what needs neither goes without them", len(taken) == 1 and "BODY" not in taken[0]["mail"] and "SMTPUTF8" not in taken[0]["mail"], taken)
    gate.submit("s\u00fc@home.example", ["\u00fc@x.example"], b"Subject: x\r\n\r\nbody\r\n", mail=" SMTPUTF8")
    reports = reports_to("s\u00fc@home.example")
    expect("the report about an international address is an international one (RFC 6533)", len(reports) == 1 and
           reports[0].get_param("report-type") == "global-delivery-status" and
           [p.get_content_type() for p in reports[0].get_payload()][1:] == ["message/global-delivery-status", "message/global"],
           [r.as_string() for r in reports])
    text = [m for m in home.messages if "s\u00fc@" in str(m["rcpts"])][0]["octets"].decode()
    expect("... with the address as it is", "Final-Recipient: utf-8; \u00fc@x.example" in text, text)
    gate.stop()


def test_hostile_replies():
    texts = ["550 " + "x" * 5000, "550 5.1.1 \x1b[31mred\x07\x7f", "550 5.1.1 \udcff\udcfe", "550 5.1.1 a\r\n550 5.1.2 b\r\n550 5.1.1 --boundary",
             "550 5.1.1 Content-Type: text/html", "550", "550-5.1.1 " + "\r\n550-x" * 60 + "\r\n550 end", "550 5.1.1 =_postern_\u00fc\u2028\u202e"]
    for n, text in enumerate(texts):
        target = sink.Sink(offer=(), answers={"RCPT": text})
        gate = start({"x.example": target})
        gate.submit("hostile%d@home.example" % n, ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n")
        event = outcome(gate, "u@x.example")
        if event["outcome"] == "deferred":
            expect("hostile reply %d breaks the session" % n, True)
            gate.stop()
            continue
        reports = reports_to("hostile%d@home.example" % n)
        raw = [m for m in home.messages if "hostile%d@" % n in str(m["rcpts"])][0]["octets"]
        good = len(reports) == 1 and not reports[0].defects and len(reports[0].get_payload()) == 3 and len(fields(reports[0])[1]) == 1
        expect("hostile reply %d: a report that parses" % n, good, raw)
        expect("... without controls, in short lines", all(c >= 32 or c in (10, 13, 9) for c in raw) and all(len(line) <= 998 for line in raw.split(b"\r\n")), raw)
        gate.stop()


def test_connections_are_used_again():
    target = sink.Sink()
    gate = start({"x.example": target})
    client = gate.client()
    for n in range(30):
        client.submit("a@home.example", ["u%d@x.example" % n], b"Subject: x\r\n\r\nbody\r\n")
    target.wait_for(30)
    expect("30 messages over few connections", len(target.messages) == 30 and len(target.sessions) <= 15, len(target.sessions))
    time.sleep(4)
    expect("an idle connection ends with QUIT", all(s.commands[-1] == "QUIT" for s in target.sessions), [s.commands[-3:] for s in target.sessions])
    gate.stop()


def test_a_kept_connection_may_have_died():
    counts = {}

    def after_two(line):
        me = threading.get_ident()
        counts[me] = counts.get(me, 0) + 1
        return {0: "421 4.4.2 you were idle", 1: "usual", 2: "usual"}[counts[me] % 3]

    target = sink.Sink(answers={"MAIL": after_two})
    gate = start({"x.example": target})
    for n in range(9):
        gate.submit("a@home.example", ["u%d@x.example" % n], b"Subject: x\r\n\r\nbody\r\n")
        target.wait_for(n + 1)
    seen = {e["outcome"] for e in gate.events("delivery")}
    expect("421 to the first command of a kept connection is no deferral", len(target.messages) == 9 and seen == {"delivered"}, gate.events("delivery"))
    gate.stop()


def test_whose_turn_never_came():
    gate = start({"dead.example": sink.Sink(answers={"greeting": "close"})}, retry="1h", expire="20s", delay="2s")
    for n in range(6):
        gate.submit("turn%d@home.example" % n, ["u@dead.example"], b"Subject: x\r\n\r\nbody\r\n")
        if n == 0:
            outcome(gate, "u@dead.example")
            time.sleep(0.5)  # from now on the destination is closed for half a minute
    report = reports_to("turn5@home.example")
    expect("the report says why nobody is reached there", len(report) == 1 and "closed the connection" in " ".join(report[0].get_payload()[0].get_content().split()),
           [r.as_string() for r in report])
    gate.stop()


def test_delay_and_expiry():
    target = sink.Sink(answers={"RCPT": "450 4.2.2 the mailbox is full"})
    gate = start({"x.example": target, "dead.example": sink.Sink(answers={"greeting": "close"})}, retry="2s", expire="25s", delay="3s")
    gate.submit("slow@home.example", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n")
    gate.submit("quiet@home.example", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n", rcpt=" NOTIFY=FAILURE")
    gate.submit("", ["u@x.example"], b"Subject: x\r\n\r\nbody\r\n")
    gate.submit("dead@home.example", ["u@dead.example"], b"Subject: x\r\n\r\nbody\r\n")
    delayed = reports_to("slow@home.example")
    expect("a delay is told", len(delayed) == 1 and "delayed" in delayed[0]["Subject"], delayed)
    one = fields(delayed[0])[1][0]
    expect("... with Action delayed, the last reply, and until when", (one["Action"], one["Status"]) == ("delayed", "4.2.2") and
           "450 4.2.2" in one["Diagnostic-Code"] and one["Will-Retry-Until"], one.items())
    both = reports_to("slow@home.example", 2, 60)
    expect("then its end, once", len(both) == 2 and fields(both[1])[1][0]["Action"] == "failed" and fields(both[1])[1][0]["Status"] == "4.4.7",
           [r.as_string() for r in both])
    expect("NOTIFY=FAILURE: no delay, but the end", [fields(r)[1][0]["Action"] for r in reports_to("quiet@home.example", 1, 30)] == ["failed"])
    dead = reports_to("dead@home.example", 2, 30)
    expect("a server that nobody reached: delayed, then failed", [fields(r)[1][0]["Action"] for r in dead] == ["delayed", "failed"], [r.as_string() for r in dead])
    gate.wait_for_events("completion", 4 + 5)
    time.sleep(11)
    counts = [len(reports_to(box + "@home.example", 1, 0)) for box in ("slow", "quiet", "dead")]
    expect("and nothing more", counts == [2, 1, 2], counts)
    gate.stop()


checks.main(globals(), sys.argv[2:])
