"""What each letter of the procedure says: its recipients, its facts and its attachments, from the case alone.

Letters carry the reference and initials; names stay inside the attachments. The words themselves are in
templates/letters, the Word forms in templates/documents.
"""

from __future__ import annotations

from mailbot.cases.letters.common import (
    approval_expiry,
    common,
    held_on,
    la_name,
    meeting_text,
    outline,
    release_time,
)
from mailbot.cases.letters.late import ladder_letter
from mailbot.cases.letters.learning import learning_decisions, learning_enquiries, subgroup_requests
from mailbot.cases.letters.life import case_news
from mailbot.cases.letters.meeting import outcomes, pack_letters, submission
from mailbot.cases.letters.office import to_office
from mailbot.cases.letters.scoping import acknowledgement, scoping, thanks

__all__ = [
    "acknowledgement",
    "approval_expiry",
    "case_news",
    "common",
    "held_on",
    "la_name",
    "ladder_letter",
    "learning_decisions",
    "learning_enquiries",
    "meeting_text",
    "outcomes",
    "outline",
    "pack_letters",
    "release_time",
    "scoping",
    "subgroup_requests",
    "submission",
    "thanks",
    "to_office",
]
