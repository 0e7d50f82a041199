"""The combined chronology as people see it: the table's pages, the timeline, and the Excel file."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mailbot.cases.case import Case, Child, Request
from mailbot.cases.chronology import Chronology, combined
from mailbot.cases.events import Row
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.documents.chronology_pages import ChronologyPages, Heading
from mailbot.documents.chronology_workbook import workbook
from mailbot.documents.time_axis import BREAK, axis_of
from mailbot.documents.timeline import LEFT, RIGHT, drawn, numbers
from tests.builders import at, practice

SHIPPED = Path(__file__).parents[2] / "templates"
HEADING = Heading(
    partnership="Wychmoor & District Safeguarding Children Partnership",
    marking="OFFICIAL-SENSITIVE",
    prepared="Prepared at 10 am on Friday 12 June 2026",
)
NOW = at("Fri 12 Jun 2026 10:00")
WIDTH, HEIGHT = 842, 571
FIRST_BLUE = (0x1F, 0x5F, 0xA8)
SHOUTING = "A neighbour reported shouting at the home address late in the evening."
ENDLESS = "https://records.northvale.example/" + "a-path-that-never-ends/" * 6 + "x" * 300


def asked(name: str, *rows: Row, completeness: str | None = "full") -> Request:
    request = Request(agency=name.casefold(), name=name, because="", round="r1", item=1, rows=rows)
    known = {"sent_at": at("Mon 1 Jun 2026 09:00"), "completeness": completeness if rows else None}
    return request.model_copy(update=known)


def case_of(*requests: Request) -> Case:
    child = Child(name="Wilfred Ashgrove", initials="W.A.", dob="2025-11-03")
    return Case(
        ref="RR-2026-001",
        child=child,
        children=(child,),
        referral={"date_of_incident": "2026-05-28"},
        requests={r.agency: r for r in requests},
    )


def chronology_of(*requests: Request) -> Chronology:
    return combined(case_of(*requests), practice(), NOW)


def row(day: str, event: str, **cells: str) -> Row:
    return {"date": day, "event": event, **cells}


POLICE = asked(
    "Police",
    row("2026-05-03", SHOUTING, time="22:20", source="Incident log", action_outcome="Words of advice."),
    row("2025-01-14", "Wilfred's mother rang about an argument.", comment="Not recorded as domestic abuse."),
)
HOMES = asked(
    "Homes",
    row("2026-05-03", SHOUTING.replace("late in", "late on in"), source="Tenancy file"),
    row("2026-05-05", "Arrears letter sent.", date_raw="?5 May"),
    row("2026-02", "Home visit.", date_raw="02/26"),
    {"date_raw": "T2", "event": "Tenancy signed.", "source": "Tenancy file"},
)
PROBATION = asked("Probation")


@pytest.fixture(scope="module")
def pages() -> ChronologyPages:
    return ChronologyPages((SHIPPED,))


@pytest.fixture(scope="module")
def chronology() -> Chronology:
    return chronology_of(POLICE, HOMES, PROBATION)


@pytest.fixture(scope="module")
def table(pages: ChronologyPages, chronology: Chronology) -> bytes:
    return pages.pages(chronology, HEADING)


@pytest.fixture(scope="module")
def timeline(pages: ChronologyPages, chronology: Chronology) -> bytes:
    return pages.picture(chronology, HEADING)


def words(pdf: bytes) -> list[str]:
    """The words of each page, white space made single, places to break taken out."""
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return [" ".join(text.replace("\u200b", "").replace("\ufffe", "").split()) for text in texts]


def seen(pdf: bytes, page: int = 0) -> Image.Image:
    """The page as it is seen, one pixel a point."""
    image: Image.Image = pypdfium2.PdfDocument(pdf)[page].render(scale=1).to_pil()
    return image.convert("RGB")


def dark(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    return sum(image.convert("L").crop(box).histogram()[:110])


def nothing_at_the_edges(pdf: bytes) -> bool:
    pictures = [seen(pdf, page) for page in range(len(pypdfium2.PdfDocument(pdf)))]
    edges = ((0, 0, 24, HEIGHT), (WIDTH - 24, 0, WIDTH, HEIGHT), (0, 0, WIDTH, 18), (0, HEIGHT - 8, WIDTH, HEIGHT))
    return all(dark(picture, edge) == 0 for picture in pictures for edge in edges)


def like(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel is of that colour, or nearly."""
    return isinstance(pixel, tuple) and all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def test_the_first_page_says_what_the_chronology_shows_and_what_it_does_not(table: bytes) -> None:
    text = words(table)[0]
    for sentence in (
        "OFFICIAL-SENSITIVE · Wychmoor & District Safeguarding Children Partnership",
        "6 rows from 2 senders make 5 entries.",
        "1 row tells what another row of the same date tells",
        "No contact recorded by anyone for 12 months: 14 January 2025 to 1 February 2026.",
        "The date was written as “T2”, which could not be read.",
        "Asked on Monday 1 June 2026; no return has come",
    ):
        assert sentence in text


def test_the_table_tells_every_row_whole(table: bytes) -> None:
    text = " ".join(words(table))
    for said in (
        "1 14 January 2025 A Police Wilfred's mother rang about an argument.",
        "Comment: Not recorded as domestic abuse.",
        "February 2026 written: “02/26” B Homes Home visit.",
        "22:20 A Police Incident log",
        "also told by Homes",
        "shouting at the home address late on in the evening.",
        "written: “?5 May”",
        "◆ W.A. is born · 3 November 2025",
        "◆ The incident · 28 May 2026",
        "Date not given, or not to be read",
    ):
        assert said in text
    assert text.index("is born · 3") < text.index("Home visit.") < text.index("The incident · 28")


def test_pages_are_landscape_tagged_and_named(table: bytes, timeline: bytes) -> None:
    for made in (table, timeline):
        with pikepdf.open(io.BytesIO(made)) as opened:
            assert [round(float(side)) for side in opened.pages[0].mediabox[2:]] == [WIDTH, HEIGHT]
            assert opened.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in opened.Root
            assert str(opened.Root.Lang) == "en-GB"
            assert str(opened.docinfo["/Title"]).startswith("RR-2026-001")
        assert nothing_at_the_edges(made)


def test_an_agency_has_a_colour_and_a_letter(table: bytes) -> None:
    page = seen(table)
    blue = [
        (x, y)
        for y in range(200, HEIGHT - 40)
        for x in range(30, WIDTH - 30)
        if like(page.getpixel((x, y)), FIRST_BLUE)
    ]
    assert len(blue) > 150
    assert " A Police" in words(table)[0]


def test_header_year_and_month_are_on_every_page_of_a_long_table(pages: ChronologyPages) -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(120)]
    rows = [row(day.isoformat(), f"Seen at home, visit {n}. " * 3) for n, day in enumerate(days)]
    made = pages.pages(chronology_of(asked("Police", *rows)), HEADING)
    texts = words(made)
    assert len(texts) > 4
    for text in texts[1:]:
        assert "No Date Agency Source, who What happened Action and outcome 2025" in text
    assert all(f"Seen at home, visit {n}." in " ".join(texts) for n in range(120))
    assert nothing_at_the_edges(made)


def test_a_word_without_end_stays_on_its_page(pages: ChronologyPages) -> None:
    endless = row("2026-05-03", f"See {ENDLESS}", source="W" * 80, action_outcome="É" * 120)
    made = pages.pages(chronology_of(asked("Police" * 30, endless)), HEADING)
    assert ENDLESS in "".join(words(made)).replace(" ", "").replace("See", "See ").split("See ")[1]
    assert nothing_at_the_edges(made)


@pytest.mark.parametrize(
    ("one", "other"),
    [("زارت الممرضة المنزل", "نام الطفل في الليل"), ("Дарья кричит", "Мать устала"), ("שלום לך", "ילד קטן")],
)
def test_other_writings_are_drawn_letter_by_letter(pages: ChronologyPages, one: str, other: str) -> None:
    """Boxes in place of letters that no font has would look alike."""
    drawings = [
        pages.pages(chronology_of(asked("Police", row("2026-05-03", said))), HEADING) for said in (one, other)
    ]
    pictures = [seen(made, len(pypdfium2.PdfDocument(made)) - 1) for made in drawings]
    assert all(dark(picture, (30, 30, WIDTH - 30, HEIGHT - 40)) > 500 for picture in pictures)
    assert pictures[0].tobytes() != pictures[1].tobytes()


def test_a_birth_is_told_from_the_left_however_the_childs_initials_are_written(pages: ChronologyPages) -> None:
    child = Child(name="عائشة الهاشمي", initials="ع.ا.", dob="2025-11-03")
    case = case_of(POLICE).model_copy(update={"child": child, "children": (child,)})
    found = combined(case, practice(), NOW)
    assert "is born · 3 November 2025" in "".join(words(pages.pages(found, HEADING)))
    assert "is born 3 November 2025" in words(pages.picture(found, HEADING))[0]


def test_a_name_of_one_long_word_is_shortened_and_not_left_out(pages: ChronologyPages) -> None:
    found = chronology_of(*(asked(f"{chr(65 + n)}{'lanfairpwllgwyngyll' * 3}") for n in range(25)))
    assert "Alanfairpwllgwyngylllanfai…" in words(pages.picture(found, HEADING))[0]


def test_nothing_told_yet_is_said(pages: ChronologyPages) -> None:
    for nothing in (chronology_of(), chronology_of(PROBATION)):
        assert "No agency has sent a chronology yet." in " ".join(words(pages.pages(nothing, HEADING)))
    assert "No agency has been asked yet." in words(pages.picture(chronology_of(), HEADING))[0]
    assert (
        "No agency has sent an entry with a date yet." in words(pages.picture(chronology_of(PROBATION), HEADING))[0]
    )


def test_the_timeline_is_one_page_with_a_lane_for_everybody(timeline: bytes) -> None:
    (text,) = words(timeline)
    for said in ("5 entries from 2 of 3 agencies", "Police", "Homes", "Probation", "Asked on Monday 1 June 2026"):
        assert said in text
    for said in ("W.A. is born 3 November 2025", "The incident 28 May 2026", "no contact for 12 months"):
        assert said in text


def test_every_dot_is_where_its_day_is(chronology: Chronology, timeline: bytes) -> None:
    page, data = seen(timeline), drawn(chronology)
    top, height = 104.0, 46.0
    marks = [m for m in data["marks"] if isinstance(m, dict)]  # type: ignore[union-attr]
    assert [(m["lane"], m["hollow"], m["text"]) for m in marks] == [
        *((0, False, "1"), (0, False, "3"), (1, False, "3"), (1, True, "4"), (1, True, "5")),
    ]
    for mark in marks:
        pixel = page.getpixel((int(float(str(mark["x"]))), int(top + (int(str(mark["lane"])) + 0.5) * height)))
        assert isinstance(pixel, tuple)
        assert (min(pixel) > 225) == mark["hollow"]


def test_silences_are_shaded_and_the_incident_is_a_line(chronology: Chronology, timeline: bytes) -> None:
    page, data = seen(timeline), drawn(chronology)
    (silence,) = [s for s in data["silences"] if isinstance(s, dict)]  # type: ignore[union-attr]
    shade = page.getpixel((int(float(str(silence["left"]))) + 3, 111))
    beside = page.getpixel((int(float(str(silence["left"]))) - 6, 111))
    assert isinstance(shade, tuple)
    assert isinstance(beside, tuple)
    assert shade[0] < beside[0] - 12
    (incident,) = [m for m in data["landmarks"] if isinstance(m, dict) and m["kind"] == "incident"]  # type: ignore[union-attr]
    assert dark(page, (int(float(str(incident["x"]))) - 2, 150, int(float(str(incident["x"]))) + 3, 240)) > 60


def test_twenty_five_agencies_are_on_one_page(pages: ChronologyPages) -> None:
    rows = [row(f"20{20 + n % 6}-0{1 + n % 9}-1{n % 10}", f"Visit {n}") for n in range(40)]
    many = chronology_of(*(asked(f"Agency {n} of Wychmoor and Northvale NHS Trust", *rows) for n in range(25)))
    made = pages.picture(many, HEADING)
    (text,) = words(made)
    assert all(f"Agency {n} of" in text for n in range(25))
    assert nothing_at_the_edges(made)


@given(st.lists(st.dates(date(1990, 1, 1), date(2026, 12, 31)), min_size=1, max_size=40))
def test_the_axis_keeps_the_order_of_days_and_stays_on_the_page(days: list[date]) -> None:
    axis = axis_of(days, LEFT, RIGHT)
    places = [axis.at(day) for day in sorted(set(days))]
    assert all(one < other for one, other in pairwise(places))
    assert places[0] >= LEFT
    assert places[-1] <= RIGHT


def test_a_long_time_without_entries_becomes_a_break() -> None:
    axis = axis_of([date(2012, 3, 1), date(2012, 3, 9), date(2026, 5, 1), date(2026, 5, 28)], LEFT, RIGHT)
    one, two = axis.stretches
    assert (one.last, two.first) == (date(2012, 3, 9), date(2026, 5, 1))
    assert two.left - one.right == BREAK
    assert one.right < axis.at(date(2019, 1, 1)) < two.left


def test_numbers_of_one_dot_are_short() -> None:
    assert numbers([4]) == "4"
    assert numbers([3, 5, 6, 7]) == "3, 5–7"
    assert numbers([3, 9, 12, 20]) == "3 +3"


def test_names_can_be_hidden_in_all_of_it(pages: ChronologyPages) -> None:
    case = case_of(POLICE)
    found, hide = combined(case, practice(), NOW), Pseudonyms(case)
    assert "W.'s mother rang" in " ".join(words(pages.whole(found, HEADING, hide)))
    assert "Wilfred" not in " ".join(words(pages.whole(found, HEADING, hide)))
    assert all("Wilfred" not in str(cell) for line in sheet(workbook(found, hide)) for cell in line)


def test_the_same_chronology_gives_the_same_bytes(
    pages: ChronologyPages, chronology: Chronology, table: bytes, timeline: bytes
) -> None:
    assert pages.pages(chronology, HEADING) == table
    assert pages.picture(chronology, HEADING) == timeline
    assert len(pypdfium2.PdfDocument(pages.whole(chronology, HEADING))) == len(words(table)) + 1


def test_what_is_wrong_with_an_offices_own_page_is_said(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "timeline.typ").write_text("#let told = ")
    (problem,) = ChronologyPages((tmp_path, SHIPPED)).check()
    assert "whole_chronology.typ: " in problem
    assert ChronologyPages((SHIPPED,)).check() == []


def sheet(content: bytes, name: str = "Chronology") -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True))


def test_the_workbook_has_a_row_an_entry_with_real_dates_where_they_are_exact(chronology: Chronology) -> None:
    head, *rows = sheet(workbook(chronology))
    cells = [dict(zip(head, line, strict=True)) for line in rows]
    assert [line["Date"] for line in cells] == [
        datetime(2025, 1, 14),  # noqa: DTZ001 a cell holds no zone
        "February 2026",
        datetime(2026, 5, 3),  # noqa: DTZ001
        datetime(2026, 5, 5),  # noqa: DTZ001
        "T2",
    ]
    assert cells[2]["Time"] == time(22, 20)
    assert "Homes: Tenancy file | A neighbour reported" in str(cells[2]["Also told by"])
    assert [line["Mark"] for line in cells] == ["A", "B", "A", "B", "B"]
    assert "Impact" not in head


def test_the_workbook_is_filtered_frozen_and_tells_silences_and_agencies(chronology: Chronology) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(chronology)))
    assert book.sheetnames == ["Chronology", "Silences and doubts", "Agencies"]
    for one in book:
        assert (one.freeze_panes, one.print_title_rows) == ("A2", "$1:$1")
        assert one.auto_filter.ref == one.dimensions
    assert sheet(workbook(chronology), "Silences and doubts")[1][0] == "Silence"
    assert [line[1] for line in sheet(workbook(chronology), "Agencies")] == ["Agency", "Police", "Homes", "Probation"]


@pytest.mark.parametrize("begins", ["=1+1", "+44 1632 960100", "-", "@SUM(A1)", '=HYPERLINK("http://x.example")'])
def test_no_text_of_an_agency_is_ever_a_formula(begins: str) -> None:
    made = workbook(chronology_of(asked("=Police", row("2026-05-03", begins, source=begins, odd=begins))))
    cells = [cell for line in openpyxl.load_workbook(io.BytesIO(made))["Chronology"] for cell in line]
    assert [cell.value for cell in cells].count(begins) == 2
    assert not [cell for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_holds_no_hour_at_which_it_was_written(chronology: Chronology) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(chronology))) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {2000}
        assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2
    assert workbook(chronology) == workbook(chronology)
