"""Each paper of a pack as it was sent, in pages: printed, flattened, drawn, or else in its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import PurePath
from typing import Literal, NamedTuple

import pikepdf
from pydantic import JsonValue

from mailbot.cases.values import Value
from mailbot.cases.wording import say_list
from mailbot.documents.flatten import Unshowable, flattened, sticky_notes
from mailbot.documents.office import OFFICE_SUFFIXES, Converter
from mailbot.documents.printing import Print, print_all
from mailbot.documents.remarks import remark_of_notes
from mailbot.documents.turns import Turns
from mailbot.documents.typeset import NotAPicture, Typesetter
from mailbot.errors import ConverterProblem
from mailbot.forms.document import Document

WORDS = "The words as they were sent"
PLAIN = "Plain rendering: the original is kept in the record"
NOT_SHOWN = "This paper cannot be shown here: the original is kept in the record"
TYPED = "The answers in this form as they were typed, since its boxes may not show all of them"
MESSAGE = "The words of the message; the files that came in it follow"
LIST = "The files in this archive follow"

DAMAGED = "The picture is damaged, or of a kind that is not drawn."

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
_REDRAWN = re.compile(
    rb"II\*\x00|MM\x00\*|BM.{4}\x00{4}|RIFF....WEBP|....ftyp(?:hei[cfmsx]|hev[cx]|mi[af]1|msf1|avif)", re.S
)
"""TIFF, BMP, WebP and HEIC, which are drawn anew before they can stand on a page."""
_WORDS_ALONE = frozenset({".txt", ".eml", ".msg"})
"""Suffixes of files that are nothing but words, unless they hold files."""
_HOLDERS = frozenset({".eml", ".msg", ".zip", ".7z", ".dat", ".tnef"})
"""Suffixes of files that hold files: mails and archives."""

Inside = Callable[[bytes, str], tuple[Document, Sequence[tuple[str, bytes]]] | None]
"""The words of a mail (or what is wrong with an archive), and the files in it with their names; None for neither."""

Redrawn = Callable[[bytes, str], tuple[int, list[bytes]]]
"""How many pages a picture has, and the first of them as JPEGs; (0, []) where it cannot be drawn."""


class PackItem(Value):
    """One paper of the pack: the group (and agency) and title it is listed under, its file name and bytes.

    `made` says that we made it, so that it is bound as it is; `mark` what is new in this version of the pack.
    """

    group: str
    title: str
    name: str
    content: bytes
    agency: str = ""
    mark: Literal["", "new", "replaced"] = ""
    made: bool = False

    @property
    def heading(self) -> str:
        """The title with the agency whose it is."""
        return f"{self.agency}: {self.title}" if self.agency else self.title


class Shown(NamedTuple):
    """A paper as pages: a PDF, and what a reader must know of how it is shown."""

    item: PackItem
    pdf: bytes
    remarks: tuple[str, ...] = ()


_Paper = tuple[PackItem, bytes | None]
"""A paper, and its pages where it needs no more than its words."""


class AsSent:
    """Shows papers. One that cannot be shown gets a page that says so; no paper stops another."""

    def __init__(
        self,
        converter: Converter | None,
        read: Callable[[bytes, str], Document],
        typesetter: Typesetter,
        inside: Inside,
        turns: Turns,
        redrawn: Redrawn,
    ) -> None:
        self._converter = converter
        self._read = read
        self._typesetter = typesetter
        self._inside = inside
        self._turns = turns
        self._redrawn = redrawn

    def make_ready(self, items: Sequence[PackItem]) -> None:
        """Do the slow part of `shown` and remember it. What fails is told when the paper is shown."""
        unready = [item for item, ready in self._with_all_inside(items) if ready is None]
        with ThreadPoolExecutor(1) as beside:
            printing = beside.submit(self._printed, [item for item in unready if _is_office(item)])
            for item in unready:
                self._turns_of(item)
            printing.result()

    def shown(self, items: Sequence[PackItem]) -> list[Shown]:
        """All papers in order. A mail or an archive is followed by the files in it, each a paper of its own."""
        papers = self._with_all_inside(items)
        office = [n for n, (item, ready) in enumerate(papers) if ready is None and _is_office(item)]
        # While LibreOffice prints, what needs none of it is looked at and drawn.
        with ThreadPoolExecutor(1) as beside:
            printing = beside.submit(self._printed, [papers[n][0] for n in office])
            others = {
                n: Shown(item, ready) if ready is not None else self._one(item)
                for n, (item, ready) in enumerate(papers)
                if n not in office
            }
            printed = dict(zip(office, printing.result(), strict=True))
        return [self._print(item, printed[n]) if n in printed else others[n] for n, (item, _) in enumerate(papers)]

    def _printed(self, items: Sequence[PackItem]) -> list[Print]:
        return print_all([(item.content, _suffix(item)) for item in items], self._converter)

    def _turns_of(self, item: PackItem) -> dict[int, int]:
        """The pages of a scan that are to be turned; none of anything else."""
        return self._turns(item.content, item.name) if _may_lie(item) else {}

    def _with_all_inside(self, items: Sequence[PackItem]) -> list[_Paper]:
        return [paper for item in items for paper in self._with_what_is_inside(item)]

    def _with_what_is_inside(self, item: PackItem) -> Iterator[_Paper]:
        """The paper, ready where it needs no more than its words; then the files in it."""
        holder = _suffix(item) in _HOLDERS and not item.made
        held = self._inside(item.content, item.name) if holder else None
        if held is None:
            yield item, None
            return
        document, files = held
        words = list(_lines(document))
        names: list[JsonValue] = [{"text": name, "heading": False} for name, _ in files]
        yield item, self._notice(item, MESSAGE if words else LIST, list(_messages(document)), words or names)
        for name, content in files:
            title = f"{item.title}, attached: {name}" if words else f"{item.title}: {name}"
            yield item.model_copy(update={"title": title, "name": name, "content": content}), None

    def _one(self, item: PackItem) -> Shown:
        """A paper that LibreOffice is not asked for."""
        if item.made:
            return Shown(item, item.content)
        if b"%PDF-" in item.content[:1024]:
            return self._pdf(item, self._turns_of(item))
        if item.content.startswith(_PICTURES):
            return self._picture(item, self._turns_of(item))
        if _REDRAWN.match(item.content):
            return self._redrawn_picture(item, self._turns_of(item))
        return Shown(item, self._plain(item, ""))

    def _print(self, item: PackItem, printed: Print) -> Shown:
        """A paper as LibreOffice printed it; in plain words where it did not."""
        if isinstance(printed.pdf, ConverterProblem):
            return Shown(item, self._plain(item, str(printed.pdf)))
        try:
            return Shown(item, flattened(printed.pdf, self._draw).pdf, printed.remarks)
        except Unshowable as problem:
            return Shown(item, self._plain(item, str(problem)))

    def _pdf(self, item: PackItem, turns: dict[int, int]) -> Shown:
        """The PDF as it was sent, its scans upright; answers that may not be drawn right follow as typed."""
        try:
            pages, sure = flattened(item.content, self._draw)
            remarks = remark_of_notes(sticky_notes(item.content))
        except Unshowable as problem:
            return Shown(item, self._notice(item, NOT_SHOWN, [str(problem)], []))
        if not sure:
            typed = self._notice(item, TYPED, [], list(_lines(self._read(item.content, item.name))))
            pages = joined(pages, typed)
        return Shown(item, turned(pages, turns), (*remarks, *_of_turns(turns)))

    def _draw(self, answers: Sequence[JsonValue]) -> bytes:
        return self._typesetter.set("answers.typ", {"answers": [*answers]})

    def _picture(self, item: PackItem, turns: dict[int, int]) -> Shown:
        try:
            page = self._typesetter.set("picture.typ", {"title": item.heading}, picture=item.content)
        except NotAPicture:
            return Shown(item, self._plain(item, DAMAGED))
        return Shown(item, turned(page, turns), _of_turns(turns))

    def _redrawn_picture(self, item: PackItem, turns: dict[int, int]) -> Shown:
        """A picture of a kind that no PDF can hold, of as many pages as it has."""
        number, pages = self._redrawn(item.content, item.name)
        if not pages:
            return Shown(item, self._plain(item, DAMAGED))
        drawn = [self._typesetter.set("picture.typ", {"title": item.heading}, picture=page) for page in pages]
        left = (f"Only the first {len(pages)} of its {number} pages are shown.",) if number > len(pages) else ()
        return Shown(item, turned(joined(*drawn), turns), (*_of_turns(turns), *left))

    def _plain(self, item: PackItem, why: str) -> bytes:
        document = self._read(item.content, item.name)
        lines = list(_lines(document))
        notes = list(dict.fromkeys(note for note in (why, *_messages(document)) if note))
        whole = _suffix(item) in _WORDS_ALONE and not notes
        return self._notice(item, (WORDS if whole else PLAIN) if lines else NOT_SHOWN, notes, lines)

    def _notice(self, item: PackItem, label: str, notes: list[str], lines: list[JsonValue]) -> bytes:
        data: dict[str, JsonValue] = {
            "title": item.heading,
            "name": item.name,
            "label": label,
            "warn": label not in (MESSAGE, LIST, WORDS),
        }
        return self._typesetter.set("plain.typ", {**data, "notes": [*notes], "lines": lines})


def joined(*pdfs: bytes) -> bytes:
    """The pages of several PDFs as one."""
    whole, result = pikepdf.new(), BytesIO()
    for pdf in pdfs:
        with pikepdf.open(BytesIO(pdf)) as opened:
            whole.pages.extend(opened.pages)
    whole.save(result, deterministic_id=True)
    return result.getvalue()


def turned(pdf: bytes, turns: dict[int, int]) -> bytes:
    """The PDF with some of its pages turned further, in degrees clockwise."""
    if not turns:
        return pdf
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        for number, degrees in turns.items():
            # Not every page that was looked at need be shown.
            if number < len(opened.pages):
                opened.pages[number].rotate(degrees, relative=True)
        opened.save(result, deterministic_id=True)
    return result.getvalue()


def _suffix(item: PackItem) -> str:
    return PurePath(item.name).suffix.lower()


def _is_office(item: PackItem) -> bool:
    """Whether LibreOffice is asked: by its name, unless the bytes are a PDF or a picture under another name."""
    return _suffix(item) in OFFICE_SUFFIXES and not item.made and not _is_picture(item)


def _may_lie(item: PackItem) -> bool:
    """Whether it may be a scan that lies on its side or head."""
    return not item.made and _is_picture(item)


def _is_picture(item: PackItem) -> bool:
    """Whether it is pages already, whatever its name says."""
    kinds = b"%PDF-" in item.content[:1024], item.content.startswith(_PICTURES), _REDRAWN.match(item.content)
    return any(kinds)


def _of_turns(turns: dict[int, int]) -> tuple[str, ...]:
    pages = say_list([str(number + 1) for number in sorted(turns)])
    return (f"{'Pages' if len(turns) > 1 else 'Page'} {pages} of it turned upright.",) if turns else ()


def _lines(document: Document) -> Iterator[JsonValue]:
    for line in document.plain():
        yield {"text": line, "heading": False}
    for part in document.parts:
        yield {"text": part.name, "heading": True}
        yield from _lines(part)


def _messages(document: Document, deep: bool = True) -> Iterator[str]:
    for problem in document.problems:
        yield problem.message
    for part in document.parts if deep else ():
        for message in _messages(part):
            yield f"{part.name}: {message}"
