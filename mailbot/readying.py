"""What a meeting pack will need of LibreOffice and tesseract, done when papers have come and nothing else waits."""

from __future__ import annotations

import logging
from datetime import datetime

from mailbot.binding import make_ready
from mailbot.cases.life import SCOPED
from mailbot.parts import Parts

log = logging.getLogger("mailbot.readying")


def ready_next(parts: Parts, now: datetime) -> str:
    """Make the papers of one case ready for its pack: that of the nearest meeting first. Gives its reference, if any.

    One case at a time, so that mails never wait long for it. Raises what a bug raises, once for the same papers.
    """
    waiting = [case for case in parts.casebook.open_cases() if case.stage in SCOPED]
    for case in sorted(waiting, key=lambda case: (case.meeting_at is None, case.meeting_at or now, case.ref)):
        if make_ready(case, parts):
            log.info("%s: papers made ready for the pack", case.ref)
            return case.ref
    return ""
