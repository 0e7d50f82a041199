"""The answers of a fillable PDF drawn into its boxes, where the file has no picture of them or an older one.

A field has a value and, beside it, a picture of that value for each box on a page (ISO 32000-1, 12.7.3.3). Many
programs write the value alone; others change it and leave the picture. What was typed is what counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from pydantic import JsonValue

from mailbot.documents.stamps import turn_of

Draw = Callable[[Sequence[JsonValue]], bytes]
"""Sets answers, each a page as large as its box (templates/documents/answers.typ); gives the PDF."""

_NOT_SEEN = 1 << 1 | 1 << 5
"""Flags of a box that is hidden, or not shown on a screen (ISO 32000-1, table 165)."""
_PASSWORD, _RADIO, _PUSH_BUTTON = 1 << 13, 1 << 15, 1 << 16
"""Flags of fields (ISO 32000-1, tables 226 and 228)."""
_SMALLEST = 4.0
"""Points below which a box is too small for any letter."""
_ASIDE = 2.0
"""Points by which letters may reach over their box."""
_DEEPEST = 8
"""Fields within fields that are looked through for what a box inherits."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s+Tf\b")
"""The size in a form's default appearance: `/Helv 12 Tf 0 g` (ISO 32000-1, 12.7.3.3)."""
_PLAIN, _LARGEST = 10.5, 24.0
"""Points of letters whose size the form leaves open, and of the largest that are drawn."""
_TURNED = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


class _Box(NamedTuple):
    """A field's box on a page: what it belongs to, and what must be seen in it."""

    page: int
    number: int
    widget: pikepdf.Object
    turn: int
    text: str
    ticked: bool

    def drawn_on(self) -> dict[str, JsonValue]:
        """What the typesetter has to know to draw its answer."""
        left, bottom, right, top = _corners(self.widget)
        width, height = max(right - left, _SMALLEST), max(top - bottom, _SMALLEST)
        if self.turn in (90, 270):
            width, height = height, width
        across = _inherited(self.widget, Name.Q)
        return {
            "width": width,
            "height": height,
            "lines": [*self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")],
            "ticked": self.ticked,
            "across": int(across) if across in (1, 2) else 0,
            "size": _size(self.widget),
        }


def draw_answers(pdf: pikepdf.Pdf, draw: Draw) -> bool:
    """Give every box with an answer a picture of that answer; gives whether all of them are sure to be seen.

    Not sure are an answer that is too long for its box even in small print, which then says so, and a choice whose
    box cannot be told. Raises what a damaged PDF makes pikepdf raise.
    """
    form = pdf.Root.get(Name.AcroForm)
    if form is None:
        return True
    if Name.NeedAppearances in form:
        # Each picture is compared with its value: none need be thrown away unseen.
        del form[Name.NeedAppearances]
    told = [_tick(widget) for _, _, widget in _widgets(pdf)]
    boxes = list(_boxes(pdf))
    wanting = _wanting(boxes, pdf)
    if not wanting:
        return all(told)
    _lay(wanting, pdf, draw)
    return all(told) and not _wanting(boxes, pdf)


def _widgets(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int, pikepdf.Object]]:
    """Every box that is seen, with its page and its place among the page's annotations."""
    for number, page in enumerate(pdf.pages):
        for place, widget in enumerate(page.obj.get(Name.Annots, Array())):
            seen = not int(widget.get(Name.F, 0)) & _NOT_SEEN
            if widget.get(Name.Subtype) == Name.Widget and seen and Name.Rect in widget:
                yield number, place, widget


def _boxes(pdf: pikepdf.Pdf) -> Iterator[_Box]:
    for number, place, widget in _widgets(pdf):
        kind = _inherited(widget, Name.FT)
        turn = _turn(widget, pdf.pages[number])
        if kind == Name.Btn:
            ticked = widget.get(Name.AS, Name.Off) != Name.Off and not _flags(widget) & _PUSH_BUTTON
            yield _Box(number, place, widget, turn, "", ticked)
        elif kind in (Name.Tx, Name.Ch) and not _flags(widget) & _PASSWORD:
            yield _Box(number, place, widget, turn, _written(widget), ticked=False)


def _tick(widget: pikepdf.Object) -> bool:
    """Let a box to tick show what its field says; gives whether that can be told."""
    value = _inherited(widget, Name.V)
    if _inherited(widget, Name.FT) != Name.Btn or _flags(widget) & _PUSH_BUTTON or value is None:
        return True
    chosen = Name("/" + str(value).lstrip("/")) if str(value).strip("/") else Name.Off
    states = set(_states(widget)) - {"/Off"}
    if states:
        widget.AS = chosen if str(chosen) in states else Name.Off
        return True
    if Name.AS in widget or chosen == Name.Off:
        return True
    if not _flags(widget) & _RADIO:
        widget.AS = chosen
        return True
    return False


def _wanting(boxes: Sequence[_Box], pdf: pikepdf.Pdf) -> list[_Box]:
    """The boxes whose picture is not of their answer."""
    shown = _shown(boxes, pdf) if any(box.text.strip() for box in boxes) else {}
    return [
        box
        for box in boxes
        if (box.ticked and str(box.widget.get(Name.AS)) not in _states(box.widget))
        or (box.text.strip() and not _same(shown.get(box[:2], ""), box.text))
    ]


def _shown(boxes: Sequence[_Box], pdf: pikepdf.Pdf) -> dict[tuple[int, ...], str]:
    """The words that are seen in each box, by its page and place; what is printed around it left out."""
    whole, alone = BytesIO(), BytesIO()
    pdf.save(whole)
    with pikepdf.open(whole) as bare:
        for page in bare.pages:
            page.obj.Contents = bare.make_stream(b"")
            notes = page.obj.get(Name.Annots, Array())
            page.obj.Annots = Array([one for one in notes if one.get(Name.Subtype) == Name.Widget])
            for key in (Name.Rotate, Name.CropBox):
                if key in page.obj:
                    del page.obj[key]
        bare.flatten_annotations("all")
        for page in bare.pages:
            page.obj.Annots = Array()
        bare.save(alone)
    document = pypdfium2.PdfDocument(alone.getvalue())
    pages = {number: document[number].get_textpage() for number in {box.page for box in boxes}}
    return {box[:2]: _words_in(pages[box.page], box.widget) for box in boxes}


def _words_in(page: pypdfium2.PdfTextPage, widget: pikepdf.Object) -> str:
    left, bottom, right, top = _corners(widget)
    return str(page.get_text_bounded(left - _ASIDE, bottom - _ASIDE, right + _ASIDE, top + _ASIDE))


def _same(seen: str, typed: str) -> bool:
    """Whether the same letters are seen as were typed. Beyond ASCII they may run from the right: in any order."""
    ours, theirs = _letters(seen), _letters(typed)
    return ours == theirs if theirs.isascii() else sorted(ours) == sorted(theirs)


def _letters(text: str) -> str:
    whole = "".join(unicodedata.normalize("NFKC", text).split())
    return "".join(letter for letter in whole if letter.isalnum()) or whole


def _lay(boxes: Sequence[_Box], pdf: pikepdf.Pdf, draw: Draw) -> None:
    with pikepdf.open(BytesIO(draw([box.drawn_on() for box in boxes]))) as drawn:
        for box, page in zip(boxes, drawn.pages, strict=True):
            picture = pdf.copy_foreign(page.as_form_xobject())
            if box.turn in _TURNED:
                picture.Matrix = Array(list(_TURNED[box.turn]))
            box.widget.AP = Dictionary(N=Dictionary({str(box.widget.AS): picture}) if box.ticked else picture)


def _states(widget: pikepdf.Object) -> list[str]:
    """The states of a box to tick of which it has a picture."""
    normal = widget.get(Name.AP, Dictionary()).get(Name.N, Dictionary())
    return list(normal.keys()) if isinstance(normal, Dictionary) and not isinstance(normal, pikepdf.Stream) else []


def _written(widget: pikepdf.Object) -> str:
    """What was typed or chosen; of a choice the words shown, not those exported."""
    value = _inherited(widget, Name.V)
    chosen = list(value) if isinstance(value, Array) else [] if value is None else [value]
    shown = {str(one[0]): str(one[1]) for one in _inherited(widget, Name.Opt) or () if _is_pair(one)}
    return "\n".join(shown.get(_text(one), _text(one)) for one in chosen)


def _is_pair(option: pikepdf.Object) -> bool:
    return isinstance(option, Array) and len(option) == 2


def _text(value: pikepdf.Object) -> str:
    """A text string, also one so long that it was written as a stream."""
    if isinstance(value, pikepdf.Stream):
        return str(pikepdf.String(value.read_bytes()))
    return str(value).lstrip("/") if isinstance(value, Name) else str(value)


def _inherited(widget: pikepdf.Object, key: Name) -> pikepdf.Object | None:
    """A field's entry, or that of the field it belongs to (ISO 32000-1, 12.7.3.1)."""
    holder = widget
    for _ in range(_DEEPEST):
        if key in holder:
            return holder[key]
        if Name.Parent not in holder:
            return None
        holder = holder[Name.Parent]
    return None


def _flags(widget: pikepdf.Object) -> int:
    return int(_inherited(widget, Name.Ff) or 0)


def _size(widget: pikepdf.Object) -> float:
    """Points of its letters: as the form has it, unless that is left to the program that fills it in."""
    said = _SIZE.search(str(_inherited(widget, Name.DA) or ""))
    size = float(said[1]) if said else 0.0
    return min(size, _LARGEST) if size > 0 else _PLAIN


def _turn(widget: pikepdf.Object, page: pikepdf.Page) -> int:
    """How far its letters are turned, anticlockwise: as it says, else so that they stand upright on a turned page."""
    look = widget.get(Name.MK, Dictionary())
    return int(look[Name.R]) % 360 if Name.R in look else turn_of(page)


def _corners(widget: pikepdf.Object) -> tuple[float, float, float, float]:
    a, b, c, d = (float(corner) for corner in widget.Rect)
    return min(a, c), min(b, d), max(a, c), max(b, d)
