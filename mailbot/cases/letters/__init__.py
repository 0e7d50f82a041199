"""What each letter of the procedure says: its recipients, its facts and its attachments, from the case alone.

Letters carry the reference and initials; names stay inside the attachments. The words themselves are in
templates/letters, the Word forms in templates/documents.
"""

from __future__ import annotations

from mailbot.cases.letters.answers import answer_received, ask_once_more, extension
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
from mailbot.cases.letters.learning import learning_decision, learning_enquiry, learning_record, subgroup_request
from mailbot.cases.letters.life import case_news
from mailbot.cases.letters.meeting import (
    cancellations,
    invitations,
    outcomes,
    pack_letters,
    panel_decisions,
    sign_offs,
    submission,
    submission_facts,
)
from mailbot.cases.letters.office import to_office
from mailbot.cases.letters.papers import meeting_paper
from mailbot.cases.letters.scoping import acknowledgement, scoping, thanks
from mailbot.cases.letters.threshold import la_enquiry, notice, partner_enquiry, threshold_decision

__all__ = [
    "acknowledgement",
    "answer_received",
    "approval_expiry",
    "ask_once_more",
    "cancellations",
    "case_news",
    "common",
    "extension",
    "held_on",
    "invitations",
    "la_enquiry",
    "la_name",
    "ladder_letter",
    "learning_decision",
    "learning_enquiry",
    "learning_record",
    "meeting_paper",
    "meeting_text",
    "notice",
    "outcomes",
    "outline",
    "pack_letters",
    "panel_decisions",
    "partner_enquiry",
    "release_time",
    "scoping",
    "sign_offs",
    "subgroup_request",
    "submission",
    "submission_facts",
    "thanks",
    "threshold_decision",
    "to_office",
]
