"""The office's own papers: what they say of a case, what `mailbot check` finds in them, and how they look."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
import pytest

from mailbot.cases.case import Case
from mailbot.cases.decisions import Facts
from mailbot.cases.office_papers import OFFICE_PAPERS, office_paper
from mailbot.documents.office import Converter, File
from mailbot.documents.paper_kinds import PAPERS, example
from mailbot.documents.papers import Papers
from mailbot.errors import ConfigProblems, NotAllowedNow, UsageProblem
from tests.builders import CHILD, LEADS, at, practice
from tests.cases.desk import Desk
from tests.documents.test_papers import SHIPPED, words

NOW = at("Tue 16 Jun 2026 10:00")
DARK = 110
"""Of 255: what is darker is ink."""


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A case whose meeting has decided."""
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "School")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.answer("Tue 2 Jun 2026 10:30", round_id="invitation-1")
    desk.work(at("Wed 10 Jun 2026 16:00"))
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "local_review", why=f"Nobody asked who cared for {CHILD}.")
    return desk


def paper(name: str, desk: Desk, agency: str = "") -> bytes:
    return Papers((SHIPPED,)).fill(name, office_paper(name, desk.case, desk.practice, NOW, agency))


def test_the_letter_to_the_panel_has_the_decision_its_reason_and_the_partners(desk: Desk) -> None:
    text = words(paper("panel_letter", desk))
    for must in (
        "Rapid Review of W.A.",
        "to carry out a local child safeguarding practice review",
        "Nobody asked who cared for W.A.",
        "all three safeguarding partners were represented",
        *("Ana Rao", "Col Frith", "Mira Oye", "Please confirm that you have received this submission"),
    ):
        assert must in text


def test_the_scoping_letter_says_what_document_3_must(desk: Desk) -> None:
    text = words(paper("scoping_letter", desk, "schools"))
    for must in (
        "basic facts about the case and the extent of each agency’s involvement",
        "nobody in your agency can reach them other than through a nominated representative",
        "Northshire Education Safeguarding",
        "nil return. We have had no involvement",
        "missing from this list, please tell us today",
    ):
        assert must in text


@pytest.mark.parametrize("name", ["panel_letter", "agenda", "decision_sheet", "outcome_letter", "scoping_letter"])
def test_no_letter_or_meeting_paper_names_the_child(desk: Desk, name: str) -> None:
    text = words(paper(name, desk, "schools"))
    assert "Wilfred" not in text
    assert "Ashgrove" not in text


def test_the_decision_sheet_has_everybody_invited_and_every_criterion(desk: Desk) -> None:
    document = docx.Document(BytesIO(paper("decision_sheet", desk)))
    people, criteria = document.tables[0], next(t for t in document.tables if t.cell(0, 0).text == "Criterion")
    assert [row.cells[0].text for row in people.rows[1:4]] == ["Ana Rao", "Col Frith", "Mira Oye"]
    assert len(criteria.rows) == 1 + len(desk.practice.procedure_of(desk.case).criterion)


def test_the_sheet_comes_to_the_office_before_the_meeting_and_once(desk: Desk) -> None:
    sheets = [letter for key, letter in desk.drafted.items() if "decision-sheet" in key]
    assert [[a.name for a in letter.attachments] for letter in sheets] == [
        ["RR-2026-001 attendance and decision sheet.docx"]
    ]


def test_the_agenda_goes_with_the_invitations(desk: Desk) -> None:
    invitations = [letter for _, letter in desk.letters("invitation")]
    assert len(invitations) == 3
    assert all("RR-2026-001 agenda.docx" in [a.name for a in letter.attachments] for letter in invitations)


def test_what_the_case_has_not_come_to_is_refused_in_words() -> None:
    office, case = practice(), Case(ref="RR-2026-001")
    for name, why in (
        ("panel_letter", "decided"),
        ("learning_record", "not considered"),
        ("scoping_letter", "asked"),
    ):
        with pytest.raises(NotAllowedNow, match=why):
            office_paper(name, case, office, NOW)


def test_a_paper_to_an_agency_asks_which(desk: Desk) -> None:
    with pytest.raises(UsageProblem, match="--agency council, police, health or schools"):
        office_paper("outcome_letter", desk.case, desk.practice, NOW)
    with pytest.raises(UsageProblem, match="These are: agenda"):
        office_paper("minutes", desk.case, desk.practice, NOW)


def test_every_paper_of_the_office_has_its_template() -> None:
    assert set(OFFICE_PAPERS) <= set(PAPERS)


def own_template(folder: Path, name: str, edit: tuple[str, str]) -> Path:
    """An office's own template: the shipped one with these words in the place of others."""
    (folder / "documents").mkdir()
    old, new = edit
    with (
        zipfile.ZipFile(SHIPPED / "documents" / f"{name}.docx") as source,
        zipfile.ZipFile(folder / "documents" / f"{name}.docx", "w") as target,
    ):
        for part in source.namelist():
            content = source.read(part)
            if part == "word/document.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(part, content)
    return folder


@pytest.mark.parametrize(
    ("name", "edit", "problem"),
    [
        ("panel_letter", ("{{ late }}", "soon"), "panel_letter.docx: it no longer says `late`"),
        ("panel_letter", ("{{ reason }}", "{{ reason | upper }}"), "it no longer says `reason`"),
        ("panel_letter", ("{{ reason }}", "{{ reason | replace('Jones', 'J') }}"), "it spoils `reason`"),
        ("panel_letter", ("{{ reason }}", "{{ reason | safe }}"), "panel_letter.docx: "),
        ("panel_letter", ("{{ person.role }}", "{{ person.rolle }}"), "it cannot be filled in: "),
        ("decision_sheet", ('w:val="dissent"', 'w:val="other"'), "lost the box to write in with the tag `dissent`"),
        ("agenda", ("{{ meeting or", "{{ meting or"), "there is no fact `meting`"),
        ("panel_letter", ("{{ late }}", "{{ late + 1 }}"), "panel_letter.docx: it cannot be filled in: "),
        ("panel_letter", ("{{ late }}", "{{ late }}{{ 1/0 }}"), "(ZeroDivisionError)"),
        ("agenda", ("{{ meeting or", "{% for i in range(99999999) %}{% endfor %}{{ meeting or"), "(OverflowError)"),
        ("agenda", ("{{ meeting or", "{{ 'x' * 3000000000 }}{{ meeting or"), "agenda.docx: "),
        ("agenda", ("{{ meeting or", "{{ 9 ** 999999999 }}{{ meeting or"), "agenda.docx: "),
    ],
)
def test_the_check_says_what_an_office_has_broken(
    tmp_path: Path, name: str, edit: tuple[str, str], problem: str
) -> None:
    problems = Papers((own_template(tmp_path, name, edit), SHIPPED)).problems_of(name)
    assert len(problems) >= 1
    assert problem in "\n".join(problems)


def test_a_fact_that_is_taken_for_markup_is_blamed_itself_and_no_other(tmp_path: Path) -> None:
    folder = own_template(tmp_path, "panel_letter", ("{{ reason }}", "{{ reason | safe }}"))
    problems = Papers((folder, SHIPPED)).check()
    assert len(problems) == 1
    assert "panel_letter.docx: it spoils `reason`" in problems[0]


def test_a_template_that_fails_names_nobody(tmp_path: Path) -> None:
    folder = own_template(
        tmp_path, "agenda", ("{{ meeting or", "{{ {}[people[0].name] + ref.index('x') }}{{ meeting or")
    )
    facts = example(PAPERS["agenda"].facts, "Wilfred Ashgrove")
    assert isinstance(facts, dict)
    with pytest.raises(ConfigProblems) as problem:
        Papers((folder, SHIPPED)).fill("agenda", facts)
    assert "Wilfred" not in str(problem.value)


def test_a_template_under_a_name_that_is_no_papers_is_told_of(tmp_path: Path) -> None:
    folder = own_template(tmp_path, "agenda", ("Items", "Points"))
    (folder / "documents" / "agenda.docx").rename(folder / "documents" / "agendas.docx")
    assert "agendas.docx: there is no such paper" in "\n".join(Papers((folder, SHIPPED)).check())


MANY: Facts = {
    "people": [
        {"name": name, "role": "Designated professional for safeguarding children", "partner": "", "reply": ""}
        for name in ["محمد عبد الرحمن", "Дарья Кузнецова", "Zoë Ó Súilleabháin-Featherstonehaugh-Okonkwo", "Al Q"] * 7
    ]
}


@pytest.fixture(scope="module")
def pages(desk: Desk) -> dict[str, list[bytes]]:
    """The pages of each paper as grey pixels, drawn by LibreOffice; the agenda with twenty-eight people."""
    papers, names = Papers((SHIPPED,)), ["agenda", "decision_sheet", "panel_letter", "outcome_letter"]
    converter = Converter.find()
    if not converter.available:
        pytest.skip("no LibreOffice is installed here")
    files: list[File] = []
    for name in names:
        facts = office_paper(name, desk.case, desk.practice, NOW, "schools")
        filled = papers.fill(name, facts | MANY if name == "agenda" else facts)
        files.append((filled, ".docx", "pdf"))
    drawn: dict[str, list[bytes]] = {}
    for name, pdf in zip(names, converter.convert_all(files), strict=True):
        assert isinstance(pdf, bytes)
        drawn[name] = [
            page.render(scale=0.5, grayscale=True).to_pil().tobytes() for page in pypdfium2.PdfDocument(pdf)
        ]
    return drawn


WIDE, HIGH = 298, 421
"""Pixels of an A4 page at half a point."""


def test_every_page_has_ink_inside_and_none_at_the_edges(pages: dict[str, list[bytes]]) -> None:
    for name, drawn in pages.items():
        for pixels in drawn:
            rows = [pixels[i * WIDE : (i + 1) * WIDE] for i in range(HIGH)]
            assert sum(p < DARK for row in rows for p in row) > 150, name
            margin = [*rows[:8], *rows[-8:], *(row[:14] + row[-14:] for row in rows)]
            assert not any(p < DARK for row in margin for p in row), name


def test_the_marking_stands_at_the_head_of_every_page(pages: dict[str, list[bytes]]) -> None:
    for drawn in pages.values():
        for pixels in drawn:
            head = [pixels[i * WIDE + 28 : i * WIDE + 100] for i in range(12, 24)]
            assert any(p < DARK for row in head for p in row)


def test_the_short_papers_are_short_and_the_long_one_goes_on(pages: dict[str, list[bytes]]) -> None:
    assert len(pages["outcome_letter"]) == 1
    assert len(pages["panel_letter"]) <= 2
    assert len(pages["agenda"]) >= 3
