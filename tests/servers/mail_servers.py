"""Real Dovecot (IMAP, LMTP) and Exim (SMTP, real bounces) on loopback, without root, each in a folder of its own.

Needs Debian's dovecot-imapd, dovecot-lmtpd and exim4-daemon-light. Started as root they drop to `nobody`.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import trustme

from tests.servers.entra import Entra, run_entra, run_introspection

HERE = Path(__file__).parent
DOVECOT = Path("/usr/sbin/dovecot")
EXIM = Path("/usr/sbin/exim4")
LMTP = Path("/usr/lib/dovecot/lmtp")
PASSWORD = "test"


@dataclass(frozen=True)
class MailServers:
    """Where the servers listen. Any user name is let in with `password`, or with a token of `entra` for that name.

    Each address has a mailbox of its own.
    """

    imap: int
    imaps: int
    lmtp: int
    smtp: int
    base: Path
    ca_file: Path
    entra: Entra
    introspection: int
    host: str = "localhost"
    password: str = PASSWORD
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Dovecot stands still (SIGSTOP): it takes connections and bytes and answers nothing, until it goes on."""
        self._signal_dovecot(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal_dovecot(signal.SIGCONT)

    def _signal_dovecot(self, number: signal.Signals) -> None:
        """Send a signal to Dovecot and to every process that serves a connection."""
        master = self._running["dovecot"].pid
        for pid in (master, *_children(master)):
            # A connection may have ended since the list was read.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def restart_dovecot(self) -> None:
        """Kill it as a power cut would, and start it again on the same ports; it is ready when this returns."""
        _kill_tree(self._running["dovecot"])
        self._start("dovecot", [DOVECOT, "-F", "-c", self.base / "dovecot.conf"])
        _wait_for_greeting(self.imap, b"* OK", self._running["dovecot"], self.base / "dovecot.log")

    def _start(self, name: str, command: Sequence[str | Path]) -> None:
        user, group = _account()
        with (self.base / "out").open("ab") as out:
            self._running[name] = _start(command, out, user, group)

    def deliver(self, address: str, raw: bytes, sender: str = "sender@police.example") -> None:
        """Hand a mail over by LMTP, as a mail server would; it is in the mailbox when this returns."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            lmtp.sendmail(sender, [address], raw)

    def append(self, address: str, *mails: bytes, received: datetime | None = None, folder: str = "INBOX") -> None:
        """Lay mails into a folder byte for byte, with the INTERNALDATE given."""
        date = imaplib.Time2Internaldate(received) if received else ""
        with self.login(address) as client:
            for raw in mails:
                answer = client.append(folder, "", date, raw)
                assert answer[0] == "OK", answer

    @contextlib.contextmanager
    def login(self, address: str, folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """A colleague's mail program: a connection of its own to the mailbox, with the folder open."""
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=10)
        try:
            client.login(address, self.password)
            if folder is not None:
                answer = client.select(folder)
                assert answer[0] == "OK", answer
            yield client
        finally:
            client.logout()

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail of the folder as it lies there; none where there is no such folder."""
        with self.login(address) as client:
            status, number = client.select(folder, readonly=True)
            if status != "OK" or number == [b"0"]:
                return []
            found = client.fetch("1:*", "(BODY.PEEK[])")[1]
            return [part[1] for part in found if isinstance(part, tuple)]

    def wait_for(self, address: str, number: int = 1, seconds: float = 20) -> list[bytes]:
        """The mails of the inbox, as soon as there are that many. The server tells of new mail (IDLE, RFC 2177)."""
        end = time.monotonic() + seconds
        with self.login(address, "INBOX") as client:
            while (there := int((client.select("INBOX", readonly=True)[1][0] or b"0").decode())) < number:
                left = end - time.monotonic()
                assert left > 0, f"only {there} of {number} mails reached {address} in {seconds} s"
                _idle(client, left)
        return self.mails(address)


def missing_programs() -> list[str]:
    """The Debian packages that are not installed here."""
    needed = {LMTP: "dovecot-lmtpd", DOVECOT: "dovecot-imapd", EXIM: "exim4-daemon-light"}
    return [package for program, package in needed.items() if not program.exists()]


@contextlib.contextmanager
def run_mail_servers() -> Iterator[MailServers]:
    """Start both servers in a new temporary folder, and stop them and remove it at the end."""
    base = Path(tempfile.mkdtemp(prefix="mailbot-mail-"))
    user, group = _account()
    imap, imaps, lmtp, smtp = free_ports(4)
    stack = contextlib.ExitStack()
    entra = stack.enter_context(run_entra(base))
    introspection = stack.enter_context(run_introspection(entra))
    servers = MailServers(imap, imaps, lmtp, smtp, base, base / "ca.pem", entra, introspection)
    _lay_out(servers, user, group)
    log = base / "out"
    running = servers._running
    try:
        servers._start("dovecot", [DOVECOT, "-F", "-c", base / "dovecot.conf"])
        servers._start("exim", [EXIM, "-C", base / "exim.conf", "-bdf", "-q5s"])
        _wait_for_greeting(imap, b"* OK", running["dovecot"], base / "dovecot.log")
        _wait_for_greeting(smtp, b"220", running["exim"], log)
        yield servers
    finally:
        for process in reversed(running.values()):
            _kill_tree(process)
        stack.close()
        shutil.rmtree(base, ignore_errors=True)


def _account() -> tuple[str, str]:
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


def _lay_out(servers: MailServers, user: str, group: str) -> None:
    """Folders, certificate and configs, all readable by the account the servers run as."""
    base = servers.base
    base.chmod(0o755)
    for folder in ("run", "state", "mail", "home", "exim"):
        (base / folder).mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(servers.ca_file)
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(base / "server.key")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(base / "server.pem", append=number > 0)
    for name in ("dovecot.conf", "oauth2.conf", "exim.conf"):
        (base / name).write_text((HERE / name).read_text().format(**vars(servers), user=user, group=group))
    if os.geteuid() == 0:
        for path in [base, *base.rglob("*")]:
            shutil.chown(path, user, group)
        # Exim refuses a config that others than root can write.
        shutil.chown(base / "exim.conf", "root", "root")
    (base / "exim.conf").chmod(0o644)


def _start(command: Sequence[str | Path], out: IO[bytes], user: str, group: str) -> subprocess.Popen[bytes]:
    """Run as the account. The root folder is the working folder: the account may not enter the one we stand in."""
    if os.geteuid() != 0:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd="/")
    return subprocess.Popen(
        command, stdout=out, stderr=subprocess.STDOUT, cwd="/", user=user, group=group, extra_groups=[]
    )


def _wait_for_greeting(port: int, greeting: bytes, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if process.poll() is not None:
            said = log.read_text(errors="replace")[-800:] if log.exists() else "nothing"
            raise RuntimeError(f"{process.args!r} ended at once and said: {said}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as sock:
            if sock.recv(200).startswith(greeting):
                return
        time.sleep(0.02)
    raise TimeoutError(f"{process.args!r} gave no greeting on port {port}")


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to Dovecot takes 6 s and the data is thrown away: stop it, so that it cannot fork, then kill."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGSTOP)
    for pid in _children(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _idle(client: imaplib.IMAP4, seconds: float) -> None:
    """Wait until the server says that something happened in the folder, or that many seconds."""
    client.send(b"IDLE1 IDLE\r\n")
    client.sock.settimeout(min(seconds, 5))
    with contextlib.suppress(TimeoutError, ssl.SSLError):
        client.readline()
        client.readline()
    client.sock.settimeout(10)
    client.send(b"DONE\r\n")
    while not client.readline().startswith(b"IDLE1"):
        continue
