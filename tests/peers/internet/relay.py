# SPDX-License-Identifier: Apache-2.0
# Relay: the built program with a configuration of the test's, what it logs, and a client to hand mail in.
import json
import os
import signal
import socket
import subprocess
import time

from . import checks


class Client:
    """One SMTP session, command by command."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def reply(self):
        lines = []
        while True:
            line = self.file.readline().decode("utf-8", "replace")
            lines.append(line.rstrip("\r\n"))
            if len(line) < 4 or line[3] != "-":
                return "\n".join(lines)

    def say(self, command):
        self.socket.sendall(command.encode("utf-8", "surrogateescape") + b"\r\n")
        return self.reply()

    def submit(self, sender, recipients, octets, mail="", rcpt=""):
        """The reply to the final dot, or the first refusal."""
        for command in ["EHLO client.example", "MAIL FROM:<%s>%s" % (sender, mail)] + [
            "RCPT TO:<%s>%s" % (recipient, rcpt) for recipient in recipients
        ] + ["DATA"]:
            reply = self.say(command)
            if reply[0] not in "23":
                return command + " -> " + reply
        stuffed = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in octets.split(b"\r\n")[:-1])
        self.socket.sendall(stuffed + b".\r\n")
        return self.reply()

    def close(self):
        self.socket.close()


class Relay:
    """`settings` is the configuration, with $folder for a folder of its own; `prefix` are words before the program's."""

    def __init__(self, postern, folder, settings, prefix=(), environment=None):
        self.postern, self.folder, self.settings = postern, folder, settings
        self.prefix, self.environment = list(prefix), environment
        os.makedirs(folder, exist_ok=True)
        self.log_path = os.path.join(folder, "relay.log")
        self.config = os.path.join(folder, "postern.toml")
        open(self.log_path, "w").close()
        checks.at_end(self.finish)
        self.start()

    def finish(self):
        if self.process.poll() is None:
            self.kill()

    def start(self):
        with open(self.config, "w") as file:
            file.write(self.settings.replace("$folder", self.folder))
        before = os.path.getsize(self.log_path)
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(self.prefix + [self.postern, "relay", "--config", self.config], stderr=log,
                                        stdout=log, start_new_session=True, env=self.environment)
        address, end = None, time.time() + 120
        while time.time() < end and self.process.poll() is None and not address:
            with open(self.log_path, "rb") as file:
                file.seek(before)
                for line in file.read().decode().splitlines():
                    if "listening on " in line:
                        address = line.split("listening on ")[1].split()[0].strip('"},')
            time.sleep(0.02)
        if not address:
            raise RuntimeError("the relay did not start:\n" + self.log())
        self.address = address

    def log(self):
        with open(self.log_path) as file:
            return file.read()

    def events(self, kind):
        found = []
        for line in self.log().splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") == kind:
                found.append(event)
        return found

    def wait_for_events(self, kind, count=1, seconds=60, which=lambda event: True):
        end = time.time() + seconds
        while time.time() < end:
            found = [event for event in self.events(kind) if which(event)]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        return [event for event in self.events(kind) if which(event)]

    def client(self):
        return Client(self.address)

    def submit(self, *arguments, **more):
        client = self.client()
        reply = client.submit(*arguments, **more)
        client.close()
        return reply

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)
        return self.process.returncode

    def kill(self):
        """The whole process group, with its scanning service."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
