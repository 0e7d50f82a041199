"""The invented papers of 30 agencies for benchmarks.pack: 300 pages and 600 chronology rows, the same each time.

What agencies really send: most Word, some of it old, workbooks, PDFs printed or filled in, scans, a photograph.
All people and places are invented.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import docx
import pikepdf
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

from mailbot.cases.events import Row

AGENCIES = 30
ROWS_OF_A_CHRONOLOGY = 50
CHRONOLOGIES = 12
WORDS = (
    *("the", "child", "was", "seen", "at", "home", "with", "mother", "by", "health", "visitor", "who", "noted"),
    *("weight", "missed", "appointment", "school", "attendance", "police", "called", "neighbour", "concern", "no"),
    *("further", "action", "referral", "discussed", "supervision", "agreed", "plan", "review", "letter", "sent"),
)
AS_OLD = {".doc": "doc:MS Word 97", ".rtf": "rtf:Rich Text Format", ".odt": "odt", ".pdf": "pdf"}


class Sent(NamedTuple):
    """One file of an agency, and the chronology rows that intake would have read out of it."""

    agency: int
    kind: str
    name: str
    content: bytes
    rows: tuple[Row, ...] = ()


def papers() -> list[Sent]:
    """What the 30 agencies sent."""
    chance = random.Random(6)
    letters = {number: word_return(chance, number) for number in range(22)}
    old = _converted(
        {**dict.fromkeys(range(12, 15), ".doc"), 15: ".rtf", 16: ".odt", **dict.fromkeys(range(17, 22), ".pdf")},
        letters,
    )
    sent = [Sent(n, "return", f"return {n}.docx", letters[n]) for n in range(12)]
    sent += [Sent(n, "return", f"return {n}{suffix}", content) for n, (suffix, content) in old.items()]
    sent += [Sent(n, "return", f"return {n}.pdf", fillable(chance, 6)) for n in range(22, 26)]
    sent += [Sent(n, "return", f"return {n}.pdf", scanned(chance, 6)) for n in range(26, 28)]
    sent += [Sent(n, "return", f"return {n}.jpg", photograph(chance)) for n in range(28, 30)]
    sent += [chronology(chance, n) for n in range(CHRONOLOGIES)]
    return sent


def late_return() -> Sent:
    """What the last agency sends after the pack was built."""
    return Sent(AGENCIES - 1, "return", "late return.docx", word_return(random.Random(7), 99))


def word_return(chance: random.Random, number: int) -> bytes:
    """A return of some five pages: a table of answers, then what the agency has to say."""
    paper = docx.Document()
    paper.add_heading(f"Return of agency {number}", 1)
    table = paper.add_table(rows=0, cols=2, style="Table Grid")
    for label in ("Author", "Role", "Involvement", "Key issues", "Good practice", "Signed off by"):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, _words(chance, 12)
    for section in range(5):
        paper.add_heading(f"Section {section + 1}", 2)
        for _ in range(6):
            paper.add_paragraph(_words(chance, 70))
    return _saved(paper)


def chronology(chance: random.Random, agency: int) -> Sent:
    """A workbook with one agency's rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Time", "Source", "Who", "Event", "Action or outcome", "Comment"])
    rows: list[Row] = []
    for _ in range(ROWS_OF_A_CHRONOLOGY):
        date = f"{chance.randint(2024, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        row = {"date": date, "event": _words(chance, 40), "action_outcome": _words(chance, 12)}
        rows.append(row)
        sheet.append([date, "09:30", "Case notes", "Health visitor", row["event"], row["action_outcome"], ""])
    return Sent(agency, "chronology", f"chronology {agency}.xlsx", _saved(book), tuple(rows))


def fillable(chance: random.Random, pages: int) -> bytes:
    """A PDF form with ten answers a page, as a program leaves it that draws none of them."""
    made = pikepdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    fields = Array()
    for number in range(pages):
        page = made.add_blank_page(page_size=(595, 842))
        page.obj.Annots = Array()
        for line in range(10):
            field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=f"a{number}.{line}", F=4)
            field.V, field.Rect = _words(chance, 8), Array([60, 720 - 60 * line, 540, 745 - 60 * line])
            field.DA = pikepdf.String("/Helv 11 Tf 0 g")
            page.obj.Annots.append(made.make_indirect(field))
            fields.append(page.obj.Annots[-1])
    resources = Dictionary(Font=Dictionary(Helv=font))
    made.Root.AcroForm = Dictionary(Fields=fields, NeedAppearances=True, DR=resources, DA="/Helv 0 Tf 0 g")
    file = BytesIO()
    made.save(file, deterministic_id=True)
    return file.getvalue()


def scanned(chance: random.Random, pages: int) -> bytes:
    """A PDF of scanned pages, 150 dots an inch."""
    images = [_page(chance, 1240, 1754) for _ in range(pages)]
    file = BytesIO()
    images[0].save(file, "PDF", save_all=True, append_images=images[1:], resolution=150)
    return file.getvalue()


def photograph(chance: random.Random) -> bytes:
    """A page photographed."""
    file = BytesIO()
    _page(chance, 1500, 2000).save(file, "JPEG", quality=80)
    return file.getvalue()


def _page(chance: random.Random, width: int, height: int) -> Image.Image:
    page = Image.new("L", (width, height), 250)
    draw = ImageDraw.Draw(page)
    for line in range(40):
        draw.text((90, 90 + line * 36), _words(chance, 12), fill=20, font_size=24)
    return page


def _words(chance: random.Random, number: int) -> str:
    return " ".join(chance.choices(WORDS, k=number)).capitalize() + "."


def _converted(wanted: dict[int, str], letters: dict[int, bytes]) -> dict[int, tuple[str, bytes]]:
    """Some of the returns as their agencies would have saved them."""
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as folder:
        for suffix in sorted(set(wanted.values())):
            files = [number for number, to in wanted.items() if to == suffix]
            for number in files:
                Path(folder, f"{number}.docx").write_bytes(letters[number])
            soffice(Path(folder), AS_OLD[suffix], [f"{number}.docx" for number in files])
        return {n: (suffix, Path(folder, f"{n}{suffix}").read_bytes()) for n, suffix in wanted.items()}


def soffice(folder: Path, target: str, names: list[str]) -> None:
    """LibreOffice as plainly as it can be called: one call for many files, in a folder with its own profile."""
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"),
            *("--convert-to", target, "--outdir", str(folder), *names),
        ],
        cwd=folder,
        capture_output=True,
        check=True,
    )


def _saved(document: object) -> bytes:
    file = BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()
