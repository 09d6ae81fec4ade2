# SPDX-License-Identifier: Apache-2.0
# NameServer: nsd with zones of the test. A zone without records cannot be loaded, and is answered with SERVFAIL.
import glob
import os
import socket
import subprocess
import time

from . import checks

SOA = """$ORIGIN %s
$TTL 60
@ IN SOA ns.example. postmaster.example. ( 1 3600 600 86400 60 )
@ IN NS ns.example.
"""


class NameServer:
    """zones: name with its final dot -> records, or None."""

    def __init__(self, peers, zones, signed=()):
        self.peers, self.folder, self.port = peers, checks.folder(), checks.free_port()
        files = {}
        for name, records in zones.items():
            path = os.path.join(self.folder, name + "zone")
            files[name] = path
            if records is not None:
                with open(path, "w") as file:
                    file.write(SOA % name + records)
            if name in signed:
                files[name] = self.sign(name, path)
        self.config = os.path.join(self.folder, "nsd.conf")
        with open(self.config, "w") as file:
            file.write('server:\n  username: ""\n  zonesdir: "%s"\n  database: ""\n  pidfile: ""\n  xfrdfile: "%s/xfrd"\n'
                       '  zonelistfile: "%s/zones"\n  xfrdir: "%s"\n  cookie-secret-file: ""\n' % ((self.folder,) * 4))
            for address in ("127.0.0.1", "::1"):
                file.write("  ip-address: %s@%d\n" % (address, self.port))
            file.write("  server-count: 1\nremote-control:\n  control-enable: no\n")
            for name, path in files.items():
                file.write('zone:\n  name: "%s"\n  zonefile: "%s"\n' % (name, path))
        self.start()
        checks.at_end(self.stop)

    def start(self):
        self.log = open(os.path.join(self.folder, "nsd.log"), "ab")
        self.process = subprocess.Popen([self.peers + "/usr/sbin/nsd", "-d", "-c", self.config],
                                        stdout=self.log, stderr=self.log)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nsd does not answer: " + open(self.log.name).read())

    def sign(self, name, path):
        """The signed zone; its keys are DS records in self.anchor."""
        key = subprocess.run([self.peers + "/usr/bin/ldns-keygen", "-a", "ECDSAP256SHA256", "-k", name],
                             cwd=self.folder, capture_output=True, text=True, check=True).stdout.strip()
        subprocess.run([self.peers + "/usr/bin/ldns-signzone", "-o", name, path, key], cwd=self.folder, check=True)
        self.anchor = os.path.join(self.folder, "anchors")
        with open(self.anchor, "a") as anchors:
            for part in glob.glob(os.path.join(self.folder, key + ".ds")):
                anchors.write(open(part).read())
        return path + ".signed"

    def stop(self):
        self.process.terminate()
        self.process.wait()
