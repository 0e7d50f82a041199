"""The mail server of `mailbot demo --imap`: Debian's Dovecot and Exim on loopback, in a folder of their own.

Every address that ends in .example has a mailbox, all with one password. Nothing listens to other machines, and no
mail leaves this one.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailbot.demo.mails import SERVER
from mailbot.errors import UsageProblem

CONFIGS = Path(__file__).parent / "servers"
NEEDED = {
    Path("/usr/sbin/dovecot"): "dovecot-imapd",
    Path("/usr/lib/dovecot/lmtp"): "dovecot-lmtpd",
    Path("/usr/sbin/exim4"): "exim4-daemon-light",
}
PASSWORD = "demo"  # noqa: S105 whoever tries the demo may be anybody in it
STARTING = 15.0
"""Seconds in which a server must have started."""


@dataclass(frozen=True)
class MailServer:
    """Where it listens, on 127.0.0.1, without TLS."""

    imap: int
    smtp: int


@contextmanager
def mail_server(imap: int, smtp: int) -> Iterator[MailServer]:
    """Run it on these ports, in a folder that is removed at the end with all its mail.

    Raises UsageProblem where the programs are not installed, a port is taken, or one of the programs does not start.
    """
    if missing := [package for program, package in NEEDED.items() if not program.exists()]:
        raise UsageProblem(f"The demo's mail server needs Debian's {', '.join(missing)}: apt-get install them.")
    for port in (imap, smtp):
        _must_be_free(port)
    dovecot, _, exim = NEEDED
    base = Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    try:
        _lay_out(base, imap, smtp)
        with (
            _running([dovecot, "-F", "-c", base / "dovecot.conf"], base, imap, b"* OK"),
            _running([exim, "-C", base / "exim.conf", "-bdf", "-q1m"], base, smtp, b"220"),
        ):
            yield MailServer(imap, smtp)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _must_be_free(port: int) -> None:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError as error:
            why = error.strerror
            raise UsageProblem(
                f"Port {port} cannot be used ({why}). Name others: --port-imap, --port-smtp."
            ) from error


def _lay_out(base: Path, imap: int, smtp: int) -> None:
    """Folders and configs, readable by the account that the servers run as."""
    base.chmod(0o755)
    user, group = _account()
    for name in ("run", "state", "mail", "home", "exim"):
        (base / name).mkdir()
    with socket.socket() as any_free:
        any_free.bind(("127.0.0.1", 0))
        lmtp = any_free.getsockname()[1]
    for name in ("dovecot.conf", "exim.conf"):
        text = (CONFIGS / name).read_text("utf-8")
        filled = text.format(
            base=base, user=user, group=group, server=SERVER, password=PASSWORD, imap=imap, smtp=smtp, lmtp=lmtp
        )
        (base / name).write_text(filled, "utf-8")
    if os.geteuid() == 0:
        for path in [base, *base.rglob("*")]:
            shutil.chown(path, user, group)
        # Exim refuses a config that others than root can write.
        shutil.chown(base / "exim.conf", "root", "root")
    (base / "exim.conf").chmod(0o644)


def _account() -> tuple[str, str]:
    """Who the servers run as: never root."""
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


@contextmanager
def _running(command: Sequence[str | Path], base: Path, port: int, greeting: bytes) -> Iterator[None]:
    """The program, once it greets, until the end; what it starts ends with it."""
    user, group = _account()
    account = {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
    with (base / "out").open("ab") as out:
        # The root folder is the working folder: the account may not enter the one we stand in. Ctrl-C is for mailbot.
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd="/",
            start_new_session=True,
            **account,  # type: ignore[call-overload]
        )
    try:
        _wait_for(greeting, port, process, base / "out")
        yield
    finally:
        # The mail is thrown away: nobody needs to say goodbye.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(greeting: bytes, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as client:
            if client.recv(200).startswith(greeting):
                return
        time.sleep(0.02)
    said = log.read_text(errors="replace")[-800:]
    raise UsageProblem(f"The mail server did not start on port {port}. It said: {said or 'nothing'}")
