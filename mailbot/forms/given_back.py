"""Papers of ours that come back filled in: the Rapid Review Template, and the attendance and decision sheet."""

from __future__ import annotations

import hashlib

from mailbot.forms.doubts import called
from mailbot.forms.form import Form
from mailbot.forms.seen import Seen, forms_of

_PAPERS = (".docx", ".doc", ".odt", ".pdf")


def given_back_template(seen: Seen) -> str:
    """The Rapid Review Template, changed since it was drafted; from the office also a Word file that lost its form.

    The draft itself, byte for byte, is none: mail programs send along what they answer.
    """
    files = [a for a in seen.envelope.attachments if not a.inline]
    drafts = {case.submission for case in seen.cases if case.submission}
    changed = [
        form
        for file, form in zip(files, seen.forms, strict=False)
        if hashlib.sha256(file.content).hexdigest() not in drafts
    ]
    if form := next((form for form in changed if form.kind == "rapid_review"), None):
        return f"{called(form)} is a Rapid Review Template"
    about_it = any("/submission-" in letter.key or "/gate/submission-" in letter.key for letter in seen.answers)
    word = next((form for form in changed if form.kind == "other" and form.name.casefold().endswith(_PAPERS)), None)
    found = seen.from_office and about_it and word is not None
    return "a document in answer to the request about the submission" if found else ""


def filled_in_sheet(seen: Seen) -> str:
    """The minute taker's sheet; an empty one beside an answer to something else is what a mail program sent along."""
    sheet = next((form for form in forms_of(seen) if form.kind == "decision_sheet"), None)
    if sheet is None or (_answers_an_approval(seen) and not _is_filled_in(sheet)):
        return ""
    return f"{called(sheet)} is an attendance and decision sheet"


def _is_filled_in(sheet: Form) -> bool:
    """Whether anything was ticked or written besides what we print: the names, the criteria, the partners."""
    printed = {"criterion", "name", "role", "partner", "stand_in"}
    rows = [row for name in ("attendance", "criteria", "actions") for row in sheet.tables.get(name, ())]
    return any(name != "case_ref" for name in sheet.fields) or any(set(row) - printed for row in rows)


def _answers_an_approval(seen: Seen) -> bool:
    return seen.known_code or any(letter.kind == "approval_request" for letter in seen.answers)
