"""Waiting for new mail on a connection of its own (IMAP IDLE, RFC 2177), as a wake-up before the next poll."""

from __future__ import annotations

import imaplib
import io
import logging
import select
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, cast

from imap_tools import BaseMailBox

from mailbot.errors import MailboxProblem
from mailbot.mail.imap_server import BROKEN, ImapServer

log = logging.getLogger("mailbot.mail.idle")

RENEW_AFTER = 540
"""Seconds after which the waiting begins anew: Microsoft 365 goes silent on longer ones, firewalls forget them."""
LOOK_EVERY = 1.0
"""Seconds between looks at whether to stop."""


class ImapIdle:
    """Waits for mail in one folder. Only a hint: the worker polls all the same, and nothing is lost without it.

    `again_after` is in seconds: how long to leave a server in peace that has broken off.
    """

    def __init__(self, server: ImapServer, folder: str, again_after: float = 60) -> None:
        self.server, self.folder, self.again_after = server, folder, again_after

    def wait(self, new_mail: Callable[[], None], stopped: threading.Event) -> None:
        """Call `new_mail` whenever mail has come, or may have come unseen, until `stopped`. No server can end it."""
        while not stopped.is_set():
            try:
                if not self._wait_once(new_mail, stopped):
                    log.info("%s cannot tell of new mail by itself; it is polled", self.server.host)
                    return
            except (*BROKEN, MailboxProblem) as error:
                log.info("%s broke off while waiting for mail (%s)", self.server.host, type(error).__name__)
                stopped.wait(self.again_after)

    def _wait_once(self, new_mail: Callable[[], None], stopped: threading.Event) -> bool:
        """Wait on one connection until it ends; whether the server can."""
        mailbox = self.server.connect()
        try:
            if "IDLE" not in mailbox.client.capabilities:
                return False
            mailbox.folder.set(self.folder, readonly=True)
            # Whatever came while nobody was waiting.
            new_mail()
            while not stopped.is_set():
                if any(b" EXISTS" in line for line in self._idle(mailbox, stopped)):
                    new_mail()
        finally:
            mailbox.client.shutdown()
        return True

    def _idle(self, mailbox: BaseMailBox, stopped: threading.Event) -> list[bytes]:
        """What the server says, once it says something; nothing after a while. Raises one of BROKEN."""
        idle: Any = mailbox.idle
        idle.start()
        end = time.monotonic() + RENEW_AFTER
        while not (stopped.is_set() or _something_said(mailbox.client)) and time.monotonic() < end:
            continue
        _, said = idle.stop()
        return [line for line in said if line]


def _something_said(client: imaplib.IMAP4) -> bool:
    """What came in one breath with the server's consent lies in the reader's buffer, where no `select` sees it."""
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        if cast(io.BufferedReader, client.file).peek():
            return True
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    finally:
        client.sock.settimeout(patience)
    return bool(select.select([client.sock], [], [], LOOK_EVERY)[0])
