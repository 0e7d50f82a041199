"""The family in the Rapid Review Template, as people see it: signs and lines in the picture, and its words."""

from __future__ import annotations

import tomllib
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from mailbot.cases.case import Case, Child
from mailbot.cases.family import Relationships, family_of, in_words
from mailbot.cases.genogram import SIGN, Drawing, Figure, drawn
from mailbot.documents.genogram import DOTS_PER_CM, Genogram
from mailbot.documents.office import Converter
from mailbot.documents.papers import Papers, Picture
from tests.documents.test_papers import RAPID_REVIEW

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "templates"
WORDS = Relationships.model_validate(tomllib.loads((ROOT / "config" / "relationships.toml").read_text("utf-8")))
DRAWING_NS = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
INK = 150
"""Darker than this is drawn; paper and the shade of a home are lighter."""
needs_office = pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")
FAMILY = family_of(
    Case(
        ref="RR-2026-001",
        child=Child(name="Wilfred Ashgrove", initials="W.A.", dob="2025-11-03", gender="male"),
        referral={"child_address": "4 Mill Lane", "date_of_death": "2026-05-28"},
        referral_tables={
            "parents_carers": (
                {"name": "Petra Lund", "relationship": "mother", "address": "4 Mill Lane"},
                {"name": "محمد أحمد", "relationship": "father", "date_of_birth": "1990-01-01"},
            ),
            "siblings_household": ({"name": "unborn", "relationship": "unborn sibling"},),
        },
    ),
    WORDS,
)
DRAWN = drawn(FAMILY)


@pytest.fixture(scope="module")
def genogram() -> Genogram:
    return Genogram((SHIPPED,))


@pytest.fixture(scope="module")
def picture(genogram: Genogram) -> Image.Image:
    return Image.open(BytesIO(genogram.draw(DRAWN))).convert("L")


def figure(sign: str, drawing: Drawing = DRAWN) -> Figure:
    return next(f for f in drawing.figures if f.sign == sign)


def dark(picture: Image.Image, x: float, y: float, reach: float = 0.06) -> bool:
    """Whether anything is drawn within `reach` centimetres of a place."""
    left, top, right, bottom = (round(v * DOTS_PER_CM) for v in (x - reach, y - reach, x + reach, y + reach))
    return picture.crop((left, top, right, bottom)).getextrema()[0] < INK  # type: ignore[operator]


def test_each_sign_has_its_own_outline(picture: Image.Image) -> None:
    corner, side = SIGN / 2, SIGN / 2 * 0.707
    father, mother = figure("square"), figure("circle")
    assert dark(picture, father.x - corner, father.y - corner)
    assert not dark(picture, mother.x - corner, mother.y - corner)
    assert dark(picture, mother.x - side, mother.y - side)
    unborn = figure("triangle")
    assert dark(picture, unborn.x, unborn.y - corner)
    assert dark(picture, unborn.x - corner, unborn.y + corner)
    assert not dark(picture, unborn.x - corner, unborn.y - corner)


def test_only_the_child_who_died_is_crossed_out(picture: Image.Image) -> None:
    crossed = {f.words[0]: dark(picture, f.x + 0.12, f.y + 0.12, 0.03) for f in DRAWN.figures if f.sign != "triangle"}
    assert crossed == {"W.A.": True, "P.L.": False, "م.أ.": False}


def test_lines_join_the_parents_and_lead_to_their_children(picture: Image.Image) -> None:
    for line in DRAWN.lines:
        for (x1, y1), (x2, y2) in pairwise(line):
            assert dark(picture, (x1 + x2) / 2, (y1 + y2) / 2), line


def test_the_words_stand_beside_or_below_their_sign_and_nothing_at_the_edges(picture: Image.Image) -> None:
    for f in DRAWN.figures:
        x, y = (f.x + SIGN / 2 + 0.3, f.y) if f.beside else (f.x, f.y + SIGN / 2 + 0.3)
        assert dark(picture, x, y, 0.3), f.words
    width, height = picture.size
    rim = [(0, 0, width, 6), (0, height - 6, width, height), (0, 0, 6, height), (width - 6, 0, width, height)]
    assert all(picture.crop(box).getextrema()[0] > INK for box in rim)  # type: ignore[operator]


def test_the_same_family_gives_the_same_bytes(genogram: Genogram) -> None:
    assert genogram.draw(DRAWN) == genogram.draw(DRAWN)


def test_the_picture_stands_in_the_word_file_and_says_in_words_what_it_shows(genogram: Genogram) -> None:
    shown = {"genogram": Picture(genogram.draw(DRAWN), 'Ms "L." & <P>\x00', 8.5)}
    papers = Papers((SHIPPED,))
    content = papers.fill("rapid_review_template", RAPID_REVIEW, shown)
    assert content == papers.fill("rapid_review_template", RAPID_REVIEW, shown)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    (properties,) = body.iter(DRAWING_NS + "docPr")
    (extent,) = body.iter(DRAWING_NS + "extent")
    assert properties.get("descr") == 'Ms "L." & <P>'
    assert int(extent.get("cx", "0")) == round(8.5 * 360_000)


@needs_office
def test_the_picture_is_on_the_page_between_its_heading_and_the_next(genogram: Genogram) -> None:
    shown = {"genogram": Picture(genogram.draw(DRAWN), in_words(FAMILY), min(DRAWN.width, 17.0))}
    facts = {**RAPID_REVIEW, "facts_of_incident": "Bruising seen at clinic. " * 20}
    pages = Converter.find().convert(Papers((SHIPPED,)).fill("rapid_review_template", facts, shown), ".docx", "pdf")
    document = pypdfium2.PdfDocument(pages)
    found = [(page, obj) for page in document for obj in page.get_objects() if obj.type == 3]
    assert len(found) == 1
    page, image = found[0]
    left, bottom, right, top = image.get_bounds()
    assert 50 < left < right < page.get_width() - 50
    rendered = page.render(scale=1).to_pil().convert("L")
    inside = rendered.crop(
        (round(left), round(page.get_height() - top), round(right), round(page.get_height() - bottom))
    )
    assert sum(inside.histogram()[:INK]) > 500
    text = page.get_textpage()
    searched = text.search("Genogram")
    assert searched.get_next() is not None
