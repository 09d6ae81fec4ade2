# SPDX-License-Identifier: Apache-2.0
# Other people's mail servers on loopback, unpacked below build/ and configured here: each takes everything and hands it
# on to one port by SMTP.
import os
import shutil
import socket
import subprocess
import time

from . import checks


def wait_for_port(port, process, log):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
        if process.poll() is not None:
            break
    raise RuntimeError("nothing answers: " + open(log).read())


class Server:
    def start(self, words, environment=None):
        self.log = os.path.join(self.folder, "out")
        self.process = subprocess.Popen(words, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, env=environment)
        checks.at_end(self.stop)
        wait_for_port(self.port, self.process, self.log)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Postfix(Server):
    SERVICES = """127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""

    def __init__(self, peers, onward):
        self.folder, self.port = checks.folder(), checks.free_port()
        os.chmod(self.folder, 0o755)
        home = peers + "/usr/lib/postfix"
        config, queue, data = (os.path.join(self.folder, name) for name in ("config", "queue", "data"))
        for path in (config, queue, data):
            os.mkdir(path)
        shutil.chown(data, "postfix")
        for name in "active bounce corrupt defer deferred flush hold incoming private saved trace".split():
            os.mkdir(os.path.join(queue, name))
            shutil.chown(os.path.join(queue, name), "postfix")
        for name in ("maildrop", "public"):
            os.mkdir(os.path.join(queue, name))
            shutil.chown(os.path.join(queue, name), "postfix", "postdrop")
        os.mkdir(os.path.join(queue, "pid"))
        settings = {
            "compatibility_level": "3.6", "queue_directory": queue, "data_directory": data, "daemon_directory": home + "/sbin",
            "command_directory": peers + "/usr/sbin", "shlib_directory": home, "meta_directory": config,
            "sendmail_path": peers + "/usr/sbin/sendmail", "mail_owner": "postfix", "setgid_group": "postdrop",
            "myhostname": "postfix.example", "mydestination": "", "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8", "alias_maps": "", "relayhost": "[127.0.0.1]:%d" % onward, "smtputf8_enable": "yes",
            "maillog_file": os.path.join(self.folder, "log"), "maillog_file_prefixes": "/tmp", "message_size_limit": "0",
            "import_environment": "MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH=" + home,
        }
        with open(os.path.join(config, "main.cf"), "w") as file:
            file.writelines("%s = %s\n" % item for item in settings.items())
        with open(os.path.join(config, "master.cf"), "w") as file:
            file.write(self.SERVICES % self.port)
        self.start([home + "/sbin/master", "-c", config, "-d"], dict(os.environ, MAIL_CONFIG=config, LD_LIBRARY_PATH=home))


class Exim(Server):
    CONFIG = """exim_path = {exim}
keep_environment =
exim_user = Debian-exim
exim_group = Debian-exim
primary_hostname = exim.example
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = accept
acl_smtp_data = accept
smtputf8_advertise_hosts = *
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
message_size_limit = 200M
begin acl
begin routers
onward:
  driver = manualroute
  transport = onward
  route_list = * 127.0.0.1
  self = send
begin transports
onward:
  driver = smtp
  port = {onward}
  allow_localhost
  hosts_avoid_tls = *
begin retry
* * F,1h,1s
"""

    def __init__(self, peers, onward):
        self.folder, self.port = checks.folder(), checks.free_port()
        os.chmod(self.folder, 0o755)
        os.mkdir(os.path.join(self.folder, "spool"))
        shutil.chown(self.folder, "Debian-exim", "Debian-exim")
        shutil.chown(os.path.join(self.folder, "spool"), "Debian-exim", "Debian-exim")
        config, exim = os.path.join(self.folder, "exim.conf"), peers + "/usr/sbin/exim4"
        with open(config, "w") as file:
            file.write(self.CONFIG.replace("{folder}", self.folder).replace("{port}", str(self.port)).replace("{onward}", str(onward)).replace("{exim}", exim))
        self.start([exim, "-C", config, "-bdf", "-q1m"])


class Aiosmtpd:
    """Keeps what it takes in `messages`, as a Sink does."""

    def __init__(self):
        from aiosmtpd.controller import Controller

        self.messages, self.port = [], checks.free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, data_size_limit=0)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope):
        self.messages.append({"mail": envelope.mail_from, "rcpts": envelope.rcpt_tos, "octets": envelope.content})
        return "250 taken"

    def wait_for(self, count, seconds=60):
        end = time.time() + seconds
        while time.time() < end and len(self.messages) < count:
            time.sleep(0.02)
        return list(self.messages)

    def stop(self):
        self.controller.stop()
