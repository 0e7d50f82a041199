"""What of a mail becomes a paper of its case: each file byte for byte, and the mail's own words where they count."""

from __future__ import annotations

from typing import NamedTuple

from mailbot.cases.arrivals import ReadForm
from mailbot.cases.events import Found, Paper, PaperKind
from mailbot.cases.wording import say_day
from mailbot.forms.form import Form
from mailbot.forms.recognise import has_locked
from mailbot.forms.seen import filled
from mailbot.intake.opening import Opened
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts


class ReadPaper(NamedTuple):
    """A paper of the case, and the forms in it."""

    paper: Paper
    forms: tuple[Form, ...]


def papers_of(read: list[ReadPaper]) -> list[Paper]:
    return [one.paper for one in read]


def papers_in(opened: Opened, parts: Parts, agency: str | None, kinds: dict[str, PaperKind]) -> list[ReadPaper]:
    """Each attachment as a paper of the case, byte for byte; its kind is that of the form in it.

    A locked file is none until a person has opened it: a meeting could not read it. A form in the mail itself makes
    the mail's own words a paper.
    """
    files = [a for a in opened.envelope.attachments if not a.inline]
    papers = []
    for file, form in zip(files, opened.seen.forms, strict=True):
        if has_locked((form,)) and not filled(form):
            continue
        inside = filled(form)
        sha256 = parts.mailbag.keep_file(file.content)
        papers.append(
            ReadPaper(Paper(kind=_kind(inside, kinds), name=file.name, sha256=sha256, agency=agency), inside)
        )
    if opened.seen.pasted is not None and (inside := filled(opened.seen.pasted)):
        papers.append(ReadPaper(email_paper(opened, parts, _kind(inside, kinds), agency), inside))
    return papers


def _kind(inside: tuple[Form, ...], kinds: dict[str, PaperKind]) -> PaperKind:
    return next((kinds[form.kind] for form in inside if form.kind in kinds), "other")


def email_paper(opened: Opened, parts: Parts, kind: PaperKind, agency: str | None) -> Paper:
    """What the sender wrote in the mail itself, as a paper of the case."""
    day = say_day(parts.practice.calendar.day_of(opened.envelope.received))
    sha256 = parts.mailbag.keep_file(fresh_text(opened.envelope).encode())
    return Paper(kind=kind, name=f"Email of {day}.txt", sha256=sha256, agency=agency)


def plain(form: Form, papers: list[Paper]) -> ReadForm:
    fields = {name: answer.text for name, answer in form.fields.items()}
    found = Found(file=form.name, places={name: answer.place for name, answer in form.fields.items() if answer.place})
    return ReadForm(fields=fields, tables=form.tables, papers=tuple(papers), found=found)


def forms_in(opened: Opened) -> list[Form]:
    return [leaf for form in opened.seen.read for leaf in filled(form)]
