"""The combined chronology as an Excel file, for the panel's own work: entries, silences and doubts, agencies."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.cases.chronology import Chronology, Entry, Telling
from mailbot.cases.wording import say_list

Value = str | int | date | time | None
Row = tuple[Value, ...]
Columns = tuple[tuple[str, int], ...]

ENTRIES = (
    ("No", 6),
    ("Date", 13),
    ("Date as placed", 22),
    ("Date as written", 18),
    ("Time", 8),
    ("Mark", 6),
    ("Agency", 28),
    ("Team, where named", 20),
    ("Source", 20),
    ("Who", 20),
    ("What happened", 70),
    ("Action and outcome", 45),
    ("Impact", 25),
    ("Comment", 35),
    ("Other columns", 30),
    ("Also told by", 45),
    ("To be looked at", 45),
    ("After the incident", 10),
)
FINDINGS = (("What", 16), ("From", 13), ("Until", 13), ("Months", 9), ("Entries", 14), ("In words", 90))
AGENCIES = (
    ("Mark", 7),
    ("Agency", 36),
    ("Entries", 9),
    ("First", 22),
    ("Last", 22),
    ("What it told, or why not", 90),
)
ALWAYS = frozenset(("No", "Date", "Date as written", "Time", "Mark", "Agency", "Source", "What happened"))
KINDS = {"date": "Two dates", "time": "Two times", "record": "Against the record", "involvement": "Involvement"}
COLOURS = ("DCE6F2", "FBE5D6", "E2F0D9", "FFF2CC", "EADCF4", "D9F2F0", "F8D9E0", "E7E6E6", "E4E9C8", "D6E4FF")
"""Light fills, one an agency in turn; the mark beside tells agencies apart where colours cannot."""
CUT = " … (longer than a cell holds: the whole is in the PDF and in the return)"
TALLEST = 409.0
"""Points that a row may be high (Excel's own limit)."""
LONGEST = 32_767
"""Characters that a cell holds (ECMA-376 as Excel reads it)."""
A3 = 8
"""ECMA-376 part 1, 18.3.1.63: so many columns are not to be read on A4."""
_LINE = Border(bottom=Side(style="thin", color="B8C2CC"))
_WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 a workbook's properties hold no zone; one moment for all, so same bytes


def workbook(chronology: Chronology, hide: Callable[[str], str] | None = None) -> bytes:
    """The workbook as bytes; same chronology, same bytes. `hide` goes over every text (names to initials)."""
    shown = chronology.hidden(hide) if hide else chronology
    book = Workbook()
    book.properties.creator, book.properties.title = "mailbot", f"{shown.ref} combined chronology"
    book.properties.created = book.properties.modified = _MADE
    entries = book.active or book.create_sheet()
    entries.title = "Chronology"
    notes = _notes(shown)
    _sheet(entries, *_used(ENTRIES, [_entry(e, notes.get(e.number, [])) for e in shown.entries]))
    _coloured(entries, shown)
    _sheet(book.create_sheet("Silences and doubts"), FINDINGS, list(_findings(shown)))
    lines = [(a.mark, a.name, a.entries, a.first, a.last, a.because) for a in shown.agencies]
    _sheet(book.create_sheet("Agencies"), AGENCIES, lines)
    return _settled(book)


def _entry(entry: Entry, notes: list[str]) -> Row:
    told, when = entry.told, entry.when
    exact = when.first if when.precision == "day" and when.first and when.first.year >= 1900 else None
    return (
        entry.number,
        exact or when.placed or when.written or "not given",
        when.placed,
        when.written,
        _clock(when.time),
        told.mark,
        told.name,
        told.unit,
        told.source,
        told.who,
        told.event,
        told.outcome,
        told.impact,
        told.comment,
        "\n".join(f"{name}: {text}" for name, text in told.more),
        "\n".join(_whole(other) for other in entry.also),
        "\n".join((*entry.doubts, *notes)),
        "yes" if entry.after_incident else "",
    )


def _used(columns: Columns, rows: list[Row]) -> tuple[Columns, list[Row]]:
    """The table without those of the last columns that nobody has filled."""
    kept = [n for n, (name, _) in enumerate(columns) if name in ALWAYS or any(row[n] for row in rows)]
    return tuple(columns[n] for n in kept), [tuple(row[n] for n in kept) for row in rows]


def _whole(other: Telling) -> str:
    """Another row that tells the same, whole."""
    cells = (other.written, other.time, other.unit, other.source, other.who, other.event, other.outcome, other.impact)
    extra = tuple(f"{name}: {text}" for name, text in other.more)
    return f"{other.name}: {' | '.join(text for text in (*cells, other.comment, *extra) if text)}"


def _clock(text: str) -> Value:
    return time.fromisoformat(text) if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) else text


def _notes(chronology: Chronology) -> dict[int, list[str]]:
    notes: dict[int, list[str]] = {}
    for found in chronology.contradictions:
        for number in found.entries:
            notes.setdefault(number, []).append(found.because)
    return notes


def _findings(chronology: Chronology) -> Iterable[Row]:
    for silence in chronology.silences:
        ends = [str(n) for n in (silence.after_entry, silence.before_entry) if n]
        yield "Silence", silence.after, silence.until, silence.months, say_list(ends), silence.because
    for found in chronology.contradictions:
        words = "\n".join((found.because, *found.quotes))
        yield KINDS[found.kind], None, None, None, say_list([str(n) for n in found.entries]), words
    for entry in chronology.entries:
        if entry.doubts:
            yield "Doubtful date", None, None, None, str(entry.number), " ".join(entry.doubts)
    for said in chronology.because:
        yield "How it was made", None, None, None, "", said


def _sheet(sheet: Worksheet, columns: Columns, rows: Sequence[Row]) -> None:
    """A sheet with a header row that stays in sight, is printed on every page, and can be filtered by."""
    for place, (name, width) in enumerate(columns, 1):
        head = sheet.cell(1, place, name)
        head.font, head.fill = (
            Font(name="Calibri", size=11, bold=True, color="FFFFFF"),
            PatternFill("solid", fgColor="1D3557"),
        )
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[head.column_letter].width = width
    for at, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            _write(sheet.cell(at, place), value)
        sheet.row_dimensions[at].height = _height(row, columns)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if (footer := sheet.oddFooter) is not None:
        footer.center.text = "&A, page &P of &N"


def _height(row: Row, columns: Columns) -> float:
    """What a row needs, in points: not every program reckons the height of wrapped text when it opens a file."""
    lines = 1
    for value, (_, width) in zip(row, columns, strict=True):
        if isinstance(value, str):
            lines = max(lines, sum(1 + len(line) * 11 // (width * 10) for line in value.split("\n")))
    return min(TALLEST, 14.0 * lines + 2)


def _write(cell: Cell | MergedCell, value: Value) -> None:
    """A text stays a text, whatever it begins with: an agency's `=HYPERLINK(...)` is shown, never reckoned."""
    cell.border, cell.alignment = _LINE, _WRAPPED
    if isinstance(value, str):
        if value:
            text = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.value = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
            cell.data_type = "s"
            cell.quotePrefix = value[0] in "=+-@"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd/mm/yyyy"
        elif isinstance(value, time):
            cell.number_format = "hh:mm"


def _coloured(sheet: Worksheet, chronology: Chronology) -> None:
    """Mark and agency in the agency's colour."""
    fills = {
        line.mark: PatternFill("solid", fgColor=COLOURS[lane % len(COLOURS)])
        for lane, line in enumerate(chronology.agencies)
    }
    columns = [cell.column for cell in sheet[1] if cell.value in ("Mark", "Agency")]
    for at, entry in enumerate(chronology.entries, 2):
        for place in columns:
            sheet.cell(at, place).fill = fills[entry.told.mark]


def _settled(book: Workbook) -> bytes:
    """The file with one moment in place of the hours at which it was written."""
    first, result = BytesIO(), BytesIO()
    book.save(first)
    moment = f"{_MADE:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, content)
            settled.writestr(zipfile.ZipInfo(name, _MADE.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
