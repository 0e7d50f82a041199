"""PDFs of the layouts: printed from Word, scanned, fillable."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import typst
from pikepdf import Array, Dictionary, Name, String

PAGE = '#set page(paper: "a4", margin: 2cm)\n#set text(size: 11pt)\n'
PRINTED = (
    PAGE
    + """
*Rapid Review Referral Form*

#table(columns: (4cm, 5cm, 3cm, 4cm),
  [Name of referrer], [Cerys Vaughan-Pope], [Designation], [Health visitor],
  [Tel No.], [], [Agency], [Westmarch Community Health],
  [Name of child], [Idris Marwood], [Date of birth], [22/11/2021],
  [Gender], [], [School], [Harbour Infants],
)
"""
)


def printed(source: str) -> bytes:
    """The page as a PDF."""
    made = typst.compile(source.encode())
    assert isinstance(made, bytes)
    return made


def scanned(pdf: bytes) -> bytes:
    """The first page of a PDF as a scanner makes it: a picture and nothing else."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72, grayscale=True).to_pil()
    file = io.BytesIO()
    page.save(file, "PDF", resolution=200)
    return file.getvalue()


def fillable(page: str, fields: dict[str, tuple[str, str]]) -> bytes:
    """A fillable PDF: its fields by name, each with its tool tip and what was typed."""
    made = pikepdf.open(io.BytesIO(printed(page)))
    widgets = []
    for number, (name, (tip, value)) in enumerate(fields.items()):
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name), F=4)
        field.Rect = Array([300, 700 - 30 * number, 500, 720 - 30 * number])
        if tip:
            field.TU = String(tip)
        if value:
            field.V = String(value)
        widgets.append(made.make_indirect(field))
    made.pages[0].obj.Annots = Array(widgets)
    made.Root.AcroForm = Dictionary(Fields=Array(widgets), DA="/Helv 0 Tf 0 g")
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()
