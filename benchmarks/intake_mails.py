"""A home with open cases, and the mails in which their agencies return the Word form that each was sent.

Everything goes the way of a real office: referrals are read, rounds approved, letters sent to a folder; each return
is the template out of the agency's own letter, filled in. All people and places are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from docx import Document

from mailbot.config import load
from mailbot.demo.acting import REFERRER
from mailbot.demo.filling import FORMS, Answers, answers_of, fill_return
from mailbot.demo.mails import Arriving, answer_subject, quoted, write
from mailbot.demo.stage import FolderStage, make_home
from mailbot.intake.said import answer_round
from mailbot.mail.envelope import open_envelope
from mailbot.parts import open_parts
from mailbot.store.outbox import Letter

MONDAY = datetime(2026, 6, 1, 8, 12, tzinfo=UTC)
SENT = MONDAY + timedelta(hours=1)
RETURNED = MONDAY + timedelta(days=1)
"""When the referrals came, when the scoping letters went, when the returns lie in the mailbox."""
APPROVER = "manager@westmarchscp.example"
WORDS = ("author_name", "involvement_summary", "background", "key_issues", "good_practice", "signed_off_by")
"""The answers of each return that are compared with the record, word for word."""
FIRST_NAMES = ("Alba", "Bryn", "Cerys", "Dilan", "Esme", "Farid", "Gwen", "Hamza", "Iris", "Jonas")
LAST_NAMES = ("Ackerby", "Boldrewood", "Cottishall", "Dunfallow", "Elvaston", "Fernhurst")


class Return(NamedTuple):
    """One mail of an agency, and what intake must make of it."""

    raw: bytes
    case: str
    agency: str
    words: dict[str, str | None]


def office_with_open_cases(home: Path, returns: int) -> list[Return]:
    """Make the home, let it ask every agency of the directory in each of its cases, and give the returns."""
    make_home(home)
    agencies = home / "config" / "agencies.toml"
    entries = re.split(r"(?m)^(?=\[\[agency\]\])", agencies.read_text("utf-8"))
    asked = [re.sub(r'(?m)^ask = "\w+"', 'ask = "always"', entry) for entry in entries[1:]]
    agencies.write_text(entries[0] + "".join(asked), "utf-8")
    with open_parts(load(home)) as parts:
        stage = FolderStage(parts)
        for number in range(-(-returns // len(asked))):
            stage.deliver(_referral(number, parts.practice.office.address), MONDAY)
        stage.pass_(MONDAY)
        for case in parts.casebook.open_cases():
            for waiting in [r for r in case.rounds.values() if r.waiting]:
                answer_round(case.ref, waiting.id, "approve", None, APPROVER, "", parts, SENT)
        stage.pass_(SENT)
        letters = [x for x in parts.outbox.letters() if x.kind == "scoping" and x.status == "sent"]
        mails = list(_returns(letters, parts.practice.office.address))[:returns]
    if len(mails) != returns:
        raise RuntimeError(f"{len(mails)} agencies were asked, where {returns} returns are wanted")
    return mails


def _referral(number: int, office: str) -> bytes:
    """A referral of another child: other names and dates of birth, another address, no NHS number."""
    first, last = FIRST_NAMES[number % 10], LAST_NAMES[number // 10]
    born = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(days=97 * number)
    family = {"Leah Castellane": f"Mara {last}", "Dean Marlow": f"Owen {last}", "Isla Castellane": f"Ty {last}"}
    facts = {
        "Name of child": f"{first} {last}",
        "Other names used": "",
        "Date of birth": f"{born:%d/%m/%Y}",
        "NHS number": "",
        "Home address": f"{number + 3} Tannery Lane, Westmarch, WM{number % 9 + 1} 2AB",
    }
    paper = Document(BytesIO((FORMS / "referral.docx").read_bytes()))
    for row in (row for table in paper.tables for row in table.rows):
        label = row.cells[0].text.strip()
        if label in facts:
            row.cells[1].text = facts[label]
        elif label in family:
            row.cells[0].text = family[label]
            row.cells[2].text = f"{born + timedelta(days=31 * len(label)):%d/%m/}{born.year - 25}"
    saved = BytesIO()
    paper.save(saved)
    mail = Arriving(REFERRER, f"JCR referral {number + 1}", "Attached.", [("Referral.docx", saved.getvalue())])
    return write(mail, office, MONDAY)


def _returns(letters: list[Letter], office: str) -> Iterator[Return]:
    answers = answers_of("police")
    for letter in letters:
        asked = open_envelope(letter.raw, SENT)
        template = next(a.content for a in asked.attachments if "sharing template" in a.name)
        summary = f"{answers.fields['involvement_summary']} (Our number {letter.id}.)"
        fields = answers.fields | {"agency_name": letter.agency or "", "involvement_summary": summary}
        form = fill_return(template, Answers(fields, {}, ()).on("2 June 2026"))
        text = f"Please find our return attached.\n\n{quoted(asked)}\n"
        arriving = Arriving(letter.to[0], answer_subject(asked), text, [("Scoping return.docx", form)], asked)
        yield Return(
            write(arriving, office, RETURNED), letter.case, letter.agency or "", {n: fields[n] for n in WORDS}
        )
