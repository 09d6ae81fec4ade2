# SPDX-License-Identifier: Apache-2.0
# Certificates of an authority of the test, made by openssl; each as a context for a server.
import os
import ssl
import subprocess


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.file = self.path("ca.pem")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/CN=authority of a test", "-keyout", self.path("ca.key"), "-out", self.file)

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def server(self, names, signed=True, expired=False):
        """A context whose certificate has those names: "DNS:mx.example", "IP:127.0.0.1"."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files(names, signed, expired))
        return context

    def files(self, names, signed=True, expired=False):
        """The same as files: certificate and key."""
        stem = self.path("c%d" % len(os.listdir(self.folder)))
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server",
                     "-keyout", stem + ".key", "-out", stem + ".csr")
        with open(stem + ".ext", "w") as extensions:
            extensions.write("subjectAltName=" + ",".join(names) + "\n")
        if expired:
            self.sign_for_last_year(stem)
        else:
            signer = ["-CA", self.file, "-CAkey", self.path("ca.key"), "-CAcreateserial"] if signed else ["-signkey", stem + ".key"]
            self.openssl("x509", "-req", "-in", stem + ".csr", "-days", "30", "-extfile", stem + ".ext", "-out", stem + ".pem", *signer)
        return stem + ".pem", stem + ".key"

    def sign_for_last_year(self, stem):
        open(self.path("index"), "a").close()
        with open(self.path("ca.conf"), "w") as config:
            config.write("[ca]\ndefault_ca = us\n[us]\ndatabase = %s\nnew_certs_dir = %s\nrand_serial = yes\ndefault_md = sha256\n"
                         "policy = any\n[any]\ncommonName = supplied\n" % (self.path("index"), self.folder))
        self.openssl("ca", "-batch", "-config", self.path("ca.conf"), "-cert", self.file, "-keyfile", self.path("ca.key"), "-notext",
                     "-startdate", "20250101000000Z", "-enddate", "20250201000000Z", "-extfile", stem + ".ext",
                     "-in", stem + ".csr", "-out", stem + ".pem")
