"""Which pages of a scan lie on their head: told by its reading, and remembered for the packs to come."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from mailbot.documents.child import Turned
from mailbot.documents.office import ShortMemory
from mailbot.documents.reading import ocr
from mailbot.documents.sandbox import Sandbox
from mailbot.documents.turns import noted, remembered
from mailbot.store.conversions import Conversions
from tests.documents.scan_files import form_page, scan
from tests.documents.test_binder import pdf

needs_ocr = pytest.mark.skipif(not ocr.available(), reason="tesseract is not installed")
ANSWERS = (
    ("Name of child", "Reuben Falconbridge"),
    ("Agency", "Wychmoor Hospital Trust"),
    ("Summary of involvement", "Seen twice in the emergency department"),
    ("Key issues", "Missed appointments were not followed up"),
    ("Author", "Helen Marsh, named doctor"),
)


def fax(*pages: Image.Image) -> bytes:
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    return file.getvalue()


def never_asked(content: bytes, name: str) -> dict[int, int]:
    pytest.fail(f"{name} was looked at once more")


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[bytes, Turned]]:
    """Papers by name, read in one sandbox, each with what its reading told of how it stands."""
    page = form_page(ANSWERS)
    papers = {
        "scan.pdf": scan(page, page.rotate(180)),
        "fax.tif": fax(page.rotate(90, expand=True)),
        "blank.pdf": scan(Image.new("L", (800, 1100), 255)),
        "typed.pdf": pdf("Typed words"),
        "cut.pdf": b"%PDF-1.7 cut",
    }
    told: dict[str, tuple[bytes, Turned]] = {}
    notices: list[Turned] = []
    with Sandbox(children=1, notice=notices.append) as sandbox:
        for name, content in papers.items():
            sandbox.read(content, name)
            told[name] = content, notices.pop()
    return told


@needs_ocr
@pytest.mark.parametrize(
    ("name", "turns"), [("scan.pdf", {1: 180}), ("fax.tif", {0: 90}), ("typed.pdf", {})], ids=lambda value: str(value)
)
def test_the_reading_tells_how_a_scan_stands(
    name: str, turns: dict[int, int], read: dict[str, tuple[bytes, Turned]], tmp_path: Path
) -> None:
    content, told = read[name]
    assert told == {hashlib.sha256(content).hexdigest(): turns}
    noted(Conversions(tmp_path / "conversions.db"))(told)
    # Another process asks, on another day: what was noted is beside the record.
    later = Conversions(tmp_path / "conversions.db")
    assert remembered(never_asked, later)(content, name) == turns


@needs_ocr
@pytest.mark.parametrize("name", ["blank.pdf", "cut.pdf"])
def test_a_reading_that_is_not_sure_tells_nothing(name: str, read: dict[str, tuple[bytes, Turned]]) -> None:
    assert read[name][1] == {}


def test_a_scan_that_nobody_read_is_looked_at_once() -> None:
    asked = []

    def look(content: bytes, name: str) -> dict[int, int]:
        asked.append(name)
        return {2: 270}

    turns = remembered(look, ShortMemory())
    assert [turns(b"one", "a.pdf"), turns(b"one", "b.pdf"), turns(b"two", "c.pdf")] == [{2: 270}] * 3
    assert asked == ["a.pdf", "c.pdf"]
