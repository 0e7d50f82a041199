"""Pages that the office makes itself, set by typst from templates/documents/*.typ; data goes in as JSON."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst
from pydantic import JsonValue

from mailbot.errors import ConfigProblems


class Typesetter:
    """Sets pages. Same data, same bytes."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """`folders` are templates folders: documents/PAGE.typ of the first that has it wins."""
        self._folders = tuple(folder / "documents" for folder in folders)

    def set(
        self, page: str, data: Mapping[str, JsonValue], picture: bytes | None = None, tagged: bool = False
    ) -> bytes:
        """The page as a PDF; `picture` is what the page calls `picture`. `tagged` keeps its structure, for
        screen readers.

        Raises ConfigProblems when the page is missing or typst refuses it, NotAPicture when it cannot draw `picture`.
        """
        with tempfile.TemporaryDirectory(prefix="mailbot-typeset-") as folder:
            for source in reversed(self._folders):
                for file in source.glob("*.typ"):
                    shutil.copy(file, folder)
            if picture is not None:
                Path(folder, "picture").write_bytes(picture)
            inputs = {"data": json.dumps(data, ensure_ascii=False)}
            try:
                made = typst.compile(
                    str(Path(folder, page)),
                    root=folder,
                    sys_inputs=inputs,
                    format="pdf",
                    pdf_tags=tagged,
                    font_paths=_fonts(),
                )
            except (typst.TypstError, FileNotFoundError) as problem:
                if picture is not None:
                    raise NotAPicture("The picture cannot be drawn.") from problem
                raise ConfigProblems([f"templates/documents/{page}: {problem}."]) from problem
        if not isinstance(made, bytes):
            raise TypeError(f"typst gave {type(made).__name__} for {page}, not one PDF")
        return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts of this machine, looked for once: that takes longer than to set most pages."""
    return typst.Fonts()


class NotAPicture(Exception):
    """The bytes are no picture that can be drawn."""
