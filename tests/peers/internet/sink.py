# SPDX-License-Identifier: Apache-2.0
# Sink: a mail server that takes everything, but for what `answers` tells it to say instead.
import re
import socket
import struct
import threading
import time

OFFER = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 0")


class Close(Exception):
    """An answer: the connection ends here."""


class Sink:
    """answers: verb -> reply, or a function of the line that gives one. Verbs are those of SMTP, "greeting", and "."
    for the end of data. A reply may be None (nothing is said, ever), "close" or "reset"."""

    def __init__(self, address="127.0.0.1", port=0, offer=OFFER, tls=None, answers=None):
        self.offer, self.tls, self.answers = offer, tls, answers or {}
        self.messages, self.sessions, self.lock = [], [], threading.Lock()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, count, seconds=60):
        end = time.time() + seconds
        while time.time() < end and len(self.messages) < count:
            time.sleep(0.02)
        return list(self.messages)

    def close(self):
        self.listener.close()

    def _listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        session = Session(self, connection)
        with self.lock:
            self.sessions.append(session)
        try:
            session.run()
        except (OSError, Close):
            pass
        finally:
            session.connection.close()


class Session:
    def __init__(self, sink, connection):
        self.sink, self.connection, self.buffer = sink, connection, b""
        self.commands, self.encrypted, self.mail, self.rcpts = [], False, None, []

    def line(self):
        while b"\r\n" not in self.buffer:
            got = self.connection.recv(65536)
            if not got:
                raise Close
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def say(self, verb, line, usual):
        reply = self.sink.answers.get(verb, usual)
        if callable(reply):
            reply = reply(line)
            reply = usual if reply == "usual" else reply
        if reply is None:
            threading.Event().wait()
        if reply == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if reply in ("close", "reset"):
            raise Close
        self.connection.sendall(reply.encode("utf-8", "surrogateescape") + b"\r\n")
        if reply.startswith("421"):
            raise Close
        return reply

    def run(self):
        self.say("greeting", "", "220 sink ESMTP")
        while True:
            line = self.line()
            self.commands.append(line)
            verb = line.split(" ")[0].split(":")[0].upper()
            getattr(self, "on_" + verb.lower(), self.on_other)(verb, line)

    def on_ehlo(self, verb, line):
        words = list(self.sink.offer) + (["STARTTLS"] if self.sink.tls and not self.encrypted else [])
        lines = ["sink"] + words
        self.say(verb, line, "\r\n".join("250%s%s" % ("-" if i + 1 < len(lines) else " ", w) for i, w in enumerate(lines)))

    def on_starttls(self, verb, line):
        if self.say(verb, line, "220 go").startswith("220"):
            self.connection = self.sink.tls.wrap_socket(self.connection, server_side=True)
            self.buffer, self.encrypted = b"", True

    def on_mail(self, verb, line):
        if self.say(verb, line, "250 2.1.0 ok").startswith("2"):
            self.mail, self.rcpts = line, []

    def on_rcpt(self, verb, line):
        if self.say(verb, line, "250 2.1.5 ok" if self.mail else "503 5.5.1 no MAIL").startswith("2"):
            self.rcpts.append(line)

    def on_data(self, verb, line):
        if not self.say(verb, line, "354 go" if self.rcpts else "554 5.5.1 nobody").startswith("354"):
            return
        octets = b""
        while not (octets == b".\r\n" or octets.endswith(b"\r\n.\r\n")):
            if b"\n" in self.buffer:
                cut = self.buffer.index(b"\n") + 1
                octets, self.buffer = octets + self.buffer[:cut], self.buffer[cut:]
                continue
            got = self.connection.recv(1 << 20)
            if not got:
                raise Close
            self.buffer += got
        reply = self.say(".", line, "250 2.0.0 taken")
        if reply.startswith("2"):
            content = re.sub(rb"(?m)^\.", b"", octets[:-3])
            message = {"mail": self.mail, "rcpts": self.rcpts, "octets": content, "tls": self.encrypted}
            with self.sink.lock:
                self.sink.messages.append(message)
        self.mail, self.rcpts = None, []

    def on_rset(self, verb, line):
        self.mail, self.rcpts = None, []
        self.say(verb, line, "250 2.0.0 ok")

    def on_quit(self, verb, line):
        self.say(verb, line, "221 2.0.0 bye")
        raise Close

    def on_other(self, verb, line):
        self.say(verb, line, "250 ok" if verb in ("HELO", "NOOP") else "502 5.5.1 what")
