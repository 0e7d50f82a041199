"""Small printed and fillable PDFs: words where they are put, and form fields beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

Words = Sequence[tuple[float, float, str]]
"""Left edge and distance from the top of the page in points, and the words."""
_HEIGHT = 842


def pdf_file(words: Words, fields: list[tuple[float, float, str, str]] | None = None, small: Words = ()) -> bytes:
    """One page. Each field has left edge, distance from the top, name, and value; a box to tick `/Yes` or `/Off`.
    `small` are words in small print.
    """
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, _HEIGHT))
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page.Resources = Dictionary(Font=Dictionary(F1=font))
    drawn = " ".join(f"1 0 0 1 {x} {_HEIGHT - top} Tm ({text}) Tj" for x, top, text in words)
    fine = " ".join(f"1 0 0 1 {x} {_HEIGHT - top} Tm ({text}) Tj" for x, top, text in small)
    page.Contents = pdf.make_stream(f"BT /F1 10 Tf {drawn} /F1 7 Tf {fine} ET".encode("latin-1"))
    if fields:
        widgets = [pdf.make_indirect(_widget(*field)) for field in fields]
        page.Annots = Array(widgets)
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(widgets)))
    packed = io.BytesIO()
    pdf.save(packed)
    return packed.getvalue()


def _widget(x: float, top: float, name: str, value: str) -> Dictionary:
    low = _HEIGHT - top - 3
    widget = Dictionary(Type=Name.Annot, Subtype=Name.Widget, T=String(name), F=4)
    if value.startswith("/"):
        widget.FT, widget.AS, widget.V = Name.Btn, Name(value), Name(value)
        widget.Rect = Array([x, low, x + 10, low + 10])
    else:
        widget.FT, widget.V = Name.Tx, String(value)
        widget.Rect = Array([x, low, x + 120, low + 14])
    return widget
