"""`mailbot demo --imap`, used as a mail program would: refer, approve, and read what an agency got."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from imap_tools import AND, MailBox, MailBoxUnencrypted, MailMessage

from mailbot.demo.embedded import PASSWORD

OFFICE = "rapidreview@westmarchscp.example"
REFERRER = "jo.penrose@westmarch-council.example"
APPROVER = "manager@westmarchscp.example"
POLICE = "review.team@westmarch-police.example"
FORM = Path(__file__).parents[2] / "mailbot" / "demo" / "forms" / "referral.docx"
SOON = 60
"""Seconds in which the worker must have answered."""


class Served:
    """The demo's office and where it listens."""

    def __init__(self, imap: int, smtp: int) -> None:
        self.imap, self.smtp = imap, smtp

    def send(
        self, sender: str, subject: str, text: str, answers: MailMessage | None = None, form: bool = False
    ) -> None:
        """A mail to the office, as a mail program writes it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, OFFICE, subject
        mail["Message-ID"] = f"<{time.monotonic_ns()}@program.example>"
        if answers is not None:
            mail["In-Reply-To"] = mail["References"] = answers.headers["message-id"][0].strip()
        mail.set_content(text)
        if form:
            mail.add_attachment(FORM.read_bytes(), maintype="application", subtype="octet-stream", filename=FORM.name)
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=SOON) as smtp:
            smtp.send_message(mail)

    def waits_for(self, address: str, words: str) -> MailMessage:
        """The first mail with these words in its subject that comes to the address, waited for over IDLE."""
        end = time.monotonic() + SOON
        with MailBoxUnencrypted("127.0.0.1", self.imap, timeout=SOON).login(address, PASSWORD) as box:
            while (found := self._of(box, words)) is None and time.monotonic() < end:
                box.idle.wait(timeout=1)
        assert found is not None, f"{address} got no mail about {words}"
        return found

    def _of(self, box: MailBox | MailBoxUnencrypted, words: str) -> MailMessage | None:
        return next(iter(box.fetch(AND(subject=words))), None)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        imap, smtp = one.getsockname()[1], other.getsockname()[1]
    command = [sys.executable, "-c", "from mailbot.cli import main; main()", "demo", str(tmp_path / "demo"), "--imap"]
    process = subprocess.Popen(
        [*command, "--port-imap", str(imap), "--port-smtp", str(smtp)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    try:
        assert process.stdout is not None
        assert any("Ctrl-C ends it" in line for line in process.stdout), "the demo ended before it began"
        yield Served(imap, smtp)
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) == 0
    finally:
        process.kill()
        process.wait()


def test_a_case_is_opened_and_scoped_from_a_mail_program(served: Served) -> None:
    served.send(REFERRER, "JCR referral", "Please find the referral attached.", form=True)
    assert "RR-2026-001" in served.waits_for(REFERRER, "RR-2026-001").text
    asked = served.waits_for(APPROVER, "Approve")
    served.send(APPROVER, f"Re: {asked.subject}", "Approve\n\n> Please approve.", answers=asked)
    letter = served.waits_for(POLICE, "RR-2026-001")
    assert any(file.filename.endswith("template.docx") for file in letter.attachments)
