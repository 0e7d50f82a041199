"""The meeting pack of a case as it stands, bound from the record: for those who attend, and for readers outside."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pypdfium2
import pytest

from mailbot.binding import bind_initials, bind_pack
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.worker import settle
from tests.builders import at
from tests.intake.office import REF, Office
from tests.intake.test_returns import TUESDAY, completed

LATER = "Wed 3 Jun 2026 9:00"


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.fixture
def returned(scoped: Office) -> Office:
    scoped.agency_answers(TUESDAY, "police", "Attached.", completed(scoped, "police"))
    return scoped


def test_the_pack_has_the_combined_chronology_and_what_is_missing(returned: Office) -> None:
    contents, *shown = pages(bind_pack(returned.case, 1, returned.parts, at(LATER)))[1:]
    for title in ("What each agency sent", "Referral", "Westmarch Police", "Timeline by agency", "What is missing"):
        assert title in contents
    (missing,) = [page for page in shown if "No return from" in page]
    assert "Westmarch Education Safeguarding: asked, no answer yet" in missing


def test_the_initials_version_names_nobody_of_the_family_and_its_key_everybody(returned: Office) -> None:
    pack, key = (" ".join(pages(pdf)) for pdf in bind_initials(returned.case, returned.parts, at(LATER)))
    people = [name for name, *_ in Pseudonyms(returned.case).people]
    assert len(people) > 3
    for name in people:
        assert name in key
        for word in name.split():
            assert not re.search(rf"\b{word}\b", pack)
    for number in (returned.case.referral["nhs_number"], "WM4 7QT", "Fuller"):
        assert number not in pack
    assert "Initials version" in pack
    assert "Westmarch Police" in pack


def test_the_office_gets_the_chronology_in_excel_with_the_question_and_no_attendee_does(returned: Office) -> None:
    returned.record("Tue 2 Jun 2026 16:00", "meeting", "2026-06-11T10:00")
    settle(returned.parts, at("Wed 10 Jun 2026 17:30"))
    case = returned.case
    assert case.pack_workbook is not None
    name = f"{REF} combined chronology.xlsx"
    asked = next(a for a in returned.letters("approval_request") if "/pack-1/" in a.key)
    files = {file.name: file.content for file in returned.opened(asked).attachments}
    assert list(files) == [f"{REF} meeting pack.pdf", name]
    assert files[name] == returned.parts.mailbag.file(case.pack_workbook.sha256)
    entries = openpyxl.load_workbook(BytesIO(files[name])).worksheets[0]
    assert entries.max_row > 1
    packs = returned.letters("pack")
    assert packs
    assert not any(f.name.endswith(".xlsx") for p in packs for f in returned.opened(p).attachments)
