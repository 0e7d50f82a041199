"""An office changes its templates while letters wait: what was approved goes, a slip holds only its own letter."""

from __future__ import annotations

import zipfile
from io import BytesIO

from mailbot.config import shipped
from tests.documents.test_papers import words
from tests.intake.office import Office

TUESDAY, WEDNESDAY = "Tue 2 Jun 2026 10:00", "Wed 3 Jun 2026 9:00"
MEETING = "2026-06-11T10:00"


def agenda_says(office: Office, old: str, new: str) -> None:
    """The office's own agenda, with these words in the place of others."""
    folder = office.parts.settings.home / "templates" / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        zipfile.ZipFile(shipped() / "templates" / "documents" / "agenda.docx") as source,
        zipfile.ZipFile(folder / "agenda.docx", "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old.encode(), new.encode()))


def agenda(office: Office, status: str) -> bytes:
    """The agenda in the last invitation that stands so."""
    letter = office.letters("invitation", status=status)[-1]
    return next(a.content for a in office.opened(letter).attachments if a.name.endswith("agenda.docx"))


def test_what_is_approved_on_a_later_day_differs_in_its_date_alone(scoped: Office) -> None:
    scoped.record(TUESDAY, "meeting", MEETING)
    scoped.pass_(TUESDAY)
    seen, shown = agenda(scoped, "waiting"), scoped.opened(scoped.letters("invitation")[-1]).text
    scoped.answer(WEDNESDAY, "APPROVE")
    scoped.pass_("Wed 3 Jun 2026 9:10")
    sent = scoped.opened(scoped.letters("invitation", status="sent")[-1]).text
    assert sent == shown.replace("Tuesday 2 June 2026", "Wednesday 3 June 2026")
    assert sent != shown
    assert words(agenda(scoped, "sent")) == words(seen)


def test_words_that_nobody_approved_do_not_go_with_the_new_date(scoped: Office) -> None:
    scoped.record(TUESDAY, "meeting", MEETING)
    scoped.pass_(TUESDAY)
    seen = agenda(scoped, "waiting")
    agenda_says(scoped, "Items", "Points that nobody has seen")
    scoped.answer(WEDNESDAY, "APPROVE")
    scoped.pass_("Wed 3 Jun 2026 9:10")
    assert agenda(scoped, "sent") == seen


def test_a_paper_that_cannot_be_filled_in_is_told_of_and_the_others_go(scoped: Office) -> None:
    agenda_says(scoped, "{{ meeting or", "{{ 1/0 }}{{ meeting or")
    scoped.record(TUESDAY, "meeting", MEETING)
    scoped.agency_answers(
        TUESDAY, "probation", "RR-2026-001: nil return. We have had no involvement with this child or family."
    )
    for when in ("10:10", "10:20", "10:30"):
        scoped.pass_(f"Tue 2 Jun 2026 {when}")
    assert scoped.letters("thanks", status="sent")
    assert scoped.letters("invitation") == []
    told = next(a for a in scoped.letters("warning") if "failed 3 times" in scoped.opened(a).text)
    assert "templates/documents/agenda.docx" in scoped.opened(told).text
    (scoped.parts.settings.home / "templates" / "documents" / "agenda.docx").unlink()
    scoped.pass_("Tue 2 Jun 2026 11:00")
    assert len(scoped.letters("invitation", status="waiting")) == 4
    assert zipfile.is_zipfile(BytesIO(agenda(scoped, "waiting")))
