"""The drawing of a family as a picture for a Word paper, set by typst from templates/documents/genogram.typ."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdfium2

from mailbot.cases.genogram import SIGN, WORDS, Drawing
from mailbot.documents.typeset import Typesetter

DOTS_PER_CM = 80
LEGEND = (
    "Square: male. Circle: female. Diamond: not known. Triangle: unborn. Double line: the child. Cross: has died. "
    "Dashed: known to be at the child’s home."
)


class Genogram:
    """Draws families. The same drawing gives the same bytes."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders: documents/genogram.typ of the first that has it wins."""
        self._typesetter = Typesetter(folders)

    def draw(self, drawing: Drawing) -> bytes:
        """The drawing as a PNG picture. Raises ConfigProblems when the page is missing or typst refuses it."""
        data = drawing.model_dump(mode="json") | {"sign": SIGN, "words": WORDS, "legend": LEGEND}
        document = pypdfium2.PdfDocument(self._typesetter.set("genogram.typ", data))
        try:
            picture = document[0].render(scale=DOTS_PER_CM * 2.54 / 72).to_pil()
        finally:
            document.close()
        saved = BytesIO()
        picture.convert("RGB").quantize(64).save(saved, "PNG", optimize=True)
        return saved.getvalue()
