"""Answers of fillable PDFs, seen as pixels of their page: typed, ticked, chosen, old, long and turned."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Object, String
from PIL import Image
from pydantic import JsonValue

from mailbot.documents.flatten import Flattened, flattened
from mailbot.documents.typeset import Typesetter

TEMPLATES = Path(__file__).parents[2] / "templates"
TYPESETTER = Typesetter((TEMPLATES,))
WIDE, TALL = [100, 600, 400, 618], [100, 500, 400, 618]
Field = dict[str, Any]
"""The entries of a form field's dictionary."""
TICK = [100, 600, 114, 614]
LONG = "The health visitor saw mother and baby at home on 3 March. " * 12


def draw(answers: Sequence[JsonValue]) -> bytes:
    return TYPESETTER.set("answers.typ", {"answers": [*answers]})


def picture_of(pdf: pikepdf.Pdf, words: str, size: float = 10, width: int = 300) -> Object:
    """What a program draws of an answer, in Helvetica."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    said = words.replace("(", "").replace(")", "").encode("latin-1", "replace")
    return pdf.make_stream(
        b"/Tx BMC q BT /F %g Tf 2 5 Td (%s) Tj ET Q EMC" % (size, said),
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, width, 18]),
            Resources=Dictionary(Font=Dictionary(F=font)),
        ),
    )


def form(*fields: Field | Callable[[pikepdf.Pdf], Field], rotate: int = 0, need: bool | None = None) -> bytes:
    """A page with only these fields on it; a field that needs its PDF to be made is a function of it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    made = [field(pdf) if callable(field) else field for field in fields]
    widgets = [
        pdf.make_indirect(Dictionary({"/Type": Name.Annot, "/Subtype": Name.Widget, "/F": 4} | one)) for one in made
    ]
    page.obj.Annots, page.obj.Rotate = Array(widgets), rotate
    pdf.Root.AcroForm = Dictionary(Fields=Array(widgets))
    if need is not None:
        pdf.Root.AcroForm.NeedAppearances = need
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


def keys(**entries: object) -> Field:
    return {f"/{key}": value for key, value in entries.items()}


def text(value: str, rect: Sequence[int] = WIDE, **more: object) -> Field:
    return keys(FT=Name.Tx, T=String("a"), V=String(value), Rect=Array(list(rect)), **more)


def seen(shown: Flattened, rect: Sequence[int] = WIDE) -> int:
    """How many pixels are dark in the box, of an upright page of A4."""
    image: Image.Image = pypdfium2.PdfDocument(shown.pdf)[0].render(scale=1).to_pil().convert("L")
    return sum(image.crop((rect[0], 842 - rect[3], rect[2], 842 - rect[1])).histogram()[:128])


def words(shown: Flattened) -> str:
    return " ".join(pypdfium2.PdfDocument(shown.pdf)[0].get_textpage().get_text_range().split())


@pytest.mark.parametrize("need", [None, False, True])
@pytest.mark.parametrize("value", ["Police", "Zoë Núñez", "Łukasz Фатима", "王小明", "-"])
def test_an_answer_without_a_picture_is_drawn_whatever_its_letters(need: bool | None, value: str) -> None:
    shown = flattened(form(text(value), need=need), draw)
    assert seen(shown) > 3 * (value != "-")
    assert shown.sure
    assert value in words(shown)


def test_an_answer_that_runs_from_the_right_is_drawn() -> None:
    shown = flattened(form(text("محمد علي")), draw)
    assert seen(shown) > 20


def test_a_long_answer_is_set_smaller_and_one_that_fits_nowhere_is_not_sure() -> None:
    fits = flattened(form(text(LONG, TALL, Ff=4096)), draw)
    assert fits.sure
    assert seen(fits, TALL) > 2000
    assert seen(fits, [0, 0, 595, 842]) == seen(fits, TALL), "nothing stands outside its box"
    cut = flattened(form(text(LONG, WIDE)), draw)
    assert not cut.sure
    assert words(cut).startswith("Too long for this box")


def test_the_lines_of_an_answer_stay_lines() -> None:
    shown = flattened(form(text("First seen 2019\rLast seen 2026", TALL, Ff=4096)), draw)
    assert seen(shown, [100, 605, 400, 618]) > 20
    assert seen(shown, [100, 592, 400, 604]) > 20


def test_an_older_picture_gives_way_to_what_was_typed() -> None:
    def stale(pdf: pikepdf.Pdf) -> Field:
        return text("Known since 2019") | keys(AP=Dictionary(N=picture_of(pdf, "Not known")))

    assert words(flattened(form(stale), draw)) == "Known since 2019"


def test_an_answer_that_its_own_picture_cuts_off_is_drawn_whole() -> None:
    def cut(pdf: pikepdf.Pdf) -> Field:
        return text(LONG, TALL) | keys(AP=Dictionary(N=picture_of(pdf, LONG)))

    shown = flattened(form(cut), draw)
    assert shown.sure
    assert LONG.strip() == words(shown)


def test_a_picture_of_the_answer_stays_as_it_is() -> None:
    def own(pdf: pikepdf.Pdf) -> Field:
        return text("Police") | keys(AP=Dictionary(N=picture_of(pdf, "Police", 14)))

    def refused(_answers: Sequence[JsonValue]) -> bytes:
        raise AssertionError("nothing is to be drawn")

    assert seen(flattened(form(own), refused)) > 20


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_an_answer_on_a_turned_page_stands_upright(turn: int) -> None:
    side = [300, 100, 318, 400] if turn != 180 else WIDE
    shown = flattened(form(text("Northshire Police", side), rotate=turn), draw)
    image: Image.Image = pypdfium2.PdfDocument(shown.pdf)[0].render(scale=2).to_pil().convert("L")
    ink = image.point(lambda grey: 255 * (grey < 128)).getbbox()
    assert ink is not None
    left, top, right, bottom = ink
    assert shown.sure
    assert right - left > 4 * (bottom - top), "the line of words runs across the page as it is seen"


def test_a_ticked_box_without_a_picture_is_crossed_and_an_empty_one_is_not() -> None:
    ticked = keys(FT=Name.Btn, T=String("t"), V=Name.Yes, Rect=Array(TICK))
    assert seen(flattened(form(ticked), draw), TICK) > 10
    assert seen(flattened(form(ticked | keys(AS=Name.Yes)), draw), TICK) > 10
    assert seen(flattened(form(ticked | keys(V=Name.Off)), draw), TICK) == 0


def radio(states: Sequence[str], value: str, pictures: bool) -> bytes:
    """Boxes of one question below each other, of which one is chosen."""

    def box(number: int, state: str) -> Callable[[pikepdf.Pdf], Field]:
        def made(pdf: pikepdf.Pdf) -> Field:
            top = 600 - 30 * number
            field = keys(FT=Name.Btn, Ff=1 << 15, T=String("r"), V=Name(f"/{value}"))
            field["/Rect"] = Array([100, top, 114, top + 14])
            if pictures:
                field["/AS"] = Name.Off
                field["/AP"] = Dictionary(N=Dictionary({f"/{state}": picture_of(pdf, "X", 20, width=18)}))
            return field

        return made

    return form(*[box(number, state) for number, state in enumerate(states)])


def test_the_chosen_one_of_several_boxes_shows_though_its_state_is_an_older_one() -> None:
    shown = flattened(radio(["Yes", "No"], "No", pictures=True), draw)
    assert shown.sure
    assert seen(shown, [100, 600, 114, 614]) == 0
    assert seen(shown, [100, 570, 114, 584]) > 10


def test_a_choice_whose_box_cannot_be_told_is_not_sure() -> None:
    assert not flattened(radio(["Yes", "No"], "No", pictures=False), draw).sure


def test_a_choice_from_a_list_shows_its_words_and_not_what_is_exported() -> None:
    options = Array([Array([String("1"), String("Nil return")]), Array([String("2"), String("Full return")])])
    one = keys(FT=Name.Ch, Ff=1 << 17, T=String("c"), V=String("2"), Opt=options, Rect=Array(WIDE))
    both = one | keys(V=Array([String("1"), String("2")]), Rect=Array(TALL))
    assert words(flattened(form(one), draw)) == "Full return"
    assert words(flattened(form(both), draw)) == "Nil return Full return"


def test_a_password_and_a_hidden_answer_are_not_drawn() -> None:
    shown = flattened(form(text("secret", Ff=1 << 13), text("unseen", F=2)), draw)
    assert words(shown) == ""


def test_nothing_is_said_on_the_screen_and_the_same_form_gives_the_same_bytes() -> None:
    content = form(text("Police"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert flattened(content, draw) == flattened(content, draw)


def test_a_damaged_field_costs_no_page() -> None:
    shown = flattened(form(text("Police") | keys(MK=Name.Wrong), text("Health", [100, 500, 400, 518])), draw)
    assert not shown.sure
    assert len(pypdfium2.PdfDocument(shown.pdf)) == 1
