"""Files made to break a reader, and damaged forms: each is read or reported within its time, and the next is read."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.bombs import (
    deep_mail,
    forwarded_mail,
    nested_zip,
    overlapping_zip,
    pdf,
    png,
    sevenzipped,
    sheet,
    wide_mail,
    wide_zip,
    word,
    zipped,
)
from benchmarks.damage import Fate, bugs, fate_of, truncations
from mailbot.documents.reading import Tools, read_document
from mailbot.documents.reading.tools import Budget
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.document import Document
from mailbot.forms.form import Form
from tests.documents.word_files import paragraph, word_file
from tests.forms.definitions import DEFINITIONS

SECONDS = 5.0
GRACE = 2.0
SAMPLES = sorted((Path(__file__).parents[1] / "forms" / "samples").glob("a*[!n]"))
FORM = word_file(paragraph("Name of child: Saffron Eldridge"))
_HEAD = '<?xml version="1.0"?><!DOCTYPE w [{}]>'
_BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>Name of child: {}</w:t></w:r></w:p></w:body></w:document>"
)
_LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_MB = 1_000_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(None, DEFINITIONS, seconds=SECONDS) as opened:
        yield opened


def read(sandbox: Sandbox, content: bytes, name: str) -> Form:
    """The file's Form, which must be there in time."""
    began = monotonic()
    form = sandbox.form(content, name)
    assert monotonic() - began < SECONDS + GRACE
    return form


def told(form: Form | Document) -> set[str]:
    """The words of all problems, of the file and of what is in it."""
    return {problem.problem for problem in form.problems}.union(*(told(part) for part in form.parts))


def lying_zip() -> bytes:
    """A member of 10 MB that says it has ten bytes."""
    return zipped({"a.txt": bytes(10 * _MB)}).replace(struct.pack("<I", 10 * _MB), struct.pack("<I", 10))


BOMBS: dict[str, Callable[[], bytes]] = {
    "much in little.zip": lambda: zipped({"a.txt": bytes(50 * _MB)}),
    "zip in zip.zip": lambda: nested_zip(12),
    "zips of zips.zip": wide_zip,
    "a size that lies.zip": lying_zip,
    "one member, many names.zip": lambda: overlapping_zip(400),
    "much in little.7z": lambda: sevenzipped(20 * _MB),
    "billion laughs.docx": lambda: word(_HEAD.format(_LAUGHS) + _BODY.format("&l9;")),
    "one long entity.docx": lambda: word(
        _HEAD.format(f'<!ENTITY l "{"x" * 100_000}">') + _BODY.format("&l;" * 20_000)
    ),
    "tables in tables.docx": lambda: word(_BODY.format("x" + "</w:t></w:r></w:p><w:tbl><w:tr><w:tc>" * 3000)),
    "last row and column.xlsx": lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "far apart.xlsx": lambda: sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "large.png": lambda: png(60_000, 60_000),
    "endless.pdf": lambda: pdf(b"BT /F1 1 Tf " + b"(x) Tj " * 600_000 + b"ET"),
    "deep.eml": lambda: deep_mail(900),
    "wide.eml": lambda: wide_mail(1000),
    "mail in mail.eml": lambda: forwarded_mail(200),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_in_time_and_the_next_file_is_read(sandbox: Sandbox, name: str) -> None:
    assert told(read(sandbox, BOMBS[name](), name)) & {"too_large", "unreadable"}
    assert list(sandbox.read(FORM, "form.docx").plain()) == ["Name of child: Saffron Eldridge"]


def test_an_external_entity_is_not_fetched(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Marigold")
    declared = _HEAD.format(f'<!ENTITY x SYSTEM "{secret.as_uri()}">')

    document = sandbox.read(word(declared + _BODY.format("&x;")), "form.docx")

    assert "Marigold" not in document.model_dump_json()


def test_a_path_in_an_archive_leads_nowhere(sandbox: Sandbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    paths = {str(outside): b"Name: Ada", "../../../../outside.txt": b"Name: Ben", "C:\\in\\outside.txt": b"Name: Cy"}

    document = sandbox.read(zipped(paths), "forms.zip")

    assert [part.name for part in document.parts] == ["outside.txt"] * 3
    assert not outside.exists()


def test_the_budget_counts_files_over_all_levels() -> None:
    inner = zipped({"1.txt": b"one", "2.txt": b"two", "3.txt": b"three"})
    tools = Tools(budget=Budget(members=5))

    document = read_document(zipped({"a.zip": inner, "b.zip": inner}), "forms.zip", tools)

    assert [told(part) for part in document.parts[0].parts] == [set(), set(), set()]
    assert [told(part) for part in document.parts[1].parts] == [{"too_large"}] * 3


def test_the_budget_counts_bytes_over_all_levels() -> None:
    inner = zipped({"1.txt": b"x" * 1000})
    tools = Tools(budget=Budget(unpacked=1500 + 2 * len(inner)))

    document = read_document(zipped({"a.zip": inner, "b.zip": inner}), "forms.zip", tools)

    assert [told(part) for part in document.parts] == [set(), {"too_large"}]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_form_cut_off_is_read_as_far_as_it_goes_or_told(sandbox: Sandbox, sample: Path) -> None:
    whole = read(sandbox, sample.read_bytes(), sample.name)

    for cut in truncations(sample.read_bytes(), 6):
        form = read(sandbox, cut, sample.name)
        assert fate_of(whole, form).fate not in {Fate.KILLED, Fate.CHANGED_SILENT}
        assert bugs(form) == []


CALM = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=60)
FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=8)


@CALM
@given(st.sampled_from(SAMPLES), FLIPS)
def test_flipped_bytes_break_nothing(sandbox: Sandbox, sample: Path, flips: list[tuple[float, int]]) -> None:
    content = bytearray(sample.read_bytes())
    for place, mask in flips:
        content[int(place * len(content))] ^= mask

    assert bugs(read(sandbox, bytes(content), sample.name)) == []


BEGINNINGS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"%PDF-1.7\n",
    b"{\\rtf1 ",
    b"7z\xbc\xaf'\x1c",
    b"BM",
)


@CALM
@given(st.sampled_from((*BEGINNINGS, b"\x89PNG\r\n\x1a\n", b"\x78\x9f\x3e\x22", b"<html>", b"Subject: x\n\n", b"")))
@example(b"From: a@agency.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\xff\n\n--\xff\n")
def test_a_beginning_and_nothing_behind_it_breaks_nothing(sandbox: Sandbox, beginning: bytes) -> None:
    for rest in (b"", b"\x00" * 600, b"\xff" * 600, bytes(range(256)) * 3):
        assert bugs(read(sandbox, beginning + rest, "form")) == []


@CALM
@given(st.text(st.characters(codec=None), max_size=30))
@example("\ud800")
@example("../../\x00\n\x1b[2J.docx")
def test_any_name_goes(sandbox: Sandbox, name: str) -> None:
    assert told(read(sandbox, FORM, name)) == set()
