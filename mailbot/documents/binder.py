"""The meeting pack: a cover, contents, who sent what, then every paper as it was sent, in one stamped PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import groupby
from pathlib import Path, PurePath
from textwrap import shorten
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem
from pydantic import JsonValue

from mailbot.cases.values import Value
from mailbot.documents.flatten import Unshowable, doubtful_answers, flattened
from mailbot.documents.office import OFFICE_SUFFIXES, SHEET_SUFFIXES, Converter, refuse_other_content
from mailbot.documents.printable import accept_changes, fit_workbook
from mailbot.documents.stamps import STRIP, stamp, visible_width
from mailbot.documents.typeset import NotAPicture, Typesetter
from mailbot.errors import ConfigProblems, ConverterProblem
from mailbot.forms.document import Document

PLAIN = "Plain rendering: the original is kept in the record"
NOT_SHOWN = "This paper cannot be shown here: the original is kept in the record"
TYPED = "The answers in this form as they were typed, since its own letters may not show every name right"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")


class AgencyStatus(NamedTuple):
    """One line of the page that says who sent what."""

    name: str
    status: str
    detail: str


class Cover(Value):
    """What the front pages say. All dates are ready-made text; `absent` names agencies whose return is not in."""

    title: str
    ref: str
    initials: str
    partnership: str
    marking: str
    meeting: str
    version: int
    prepared: str
    agencies: tuple[AgencyStatus, ...] = ()
    absent: tuple[str, ...] = ()


class PackItem(Value):
    """One paper of the pack: the group and title it is listed under, its file name and bytes."""

    group: str
    title: str
    name: str
    content: bytes


class Binder:
    """Binds packs. Same inputs, same bytes."""

    def __init__(
        self,
        converter: Converter | None,
        read: Callable[[bytes, str], Document],
        folders: tuple[Path, ...],
    ) -> None:
        """`read` turns bytes and a file name into a Document; `folders` are templates folders, the office's first."""
        self._converter = converter
        self._read = read
        self._typesetter = Typesetter(folders)

    def bind(self, cover: Cover, items: tuple[PackItem, ...]) -> bytes:
        """The pack as one PDF. A paper that cannot be shown gets a page that says so; the pack never fails for it."""
        shown = [self._shown(item) for item in items]
        lengths = [_length(pdf) for pdf in shown]
        front = self._front(cover, items, _starts(1, lengths))
        starts = _starts(_length(front) + 1, lengths)
        front = self._front(cover, items, starts)
        pack = pikepdf.new()
        titles = [cover.title] * _length(front)
        for pdf, title in zip([front, *shown], [cover.title, *(item.title for item in items)], strict=True):
            with pikepdf.open(BytesIO(pdf)) as paper:
                pack.pages.extend(paper.pages)
                titles += [title] * (len(pack.pages) - len(titles))
        _link_contents(pack, starts)
        self._stamp(pack, cover, titles)
        _bookmark(pack, items, starts)
        return _saved(pack, cover)

    def check(self) -> list[str]:
        """Everything wrong with the templates of our own pages, each a sentence; empty when all is well."""
        words = dict.fromkeys(("title", "ref", "initials", "partnership", "marking", "meeting", "prepared"), "Check")
        try:
            self.bind(Cover(**words, version=1), (PackItem(group="Check", title="Check", name="", content=b"%PDF-"),))
        except ConfigProblems as problems:
            return list(problems.problems)
        return []

    def _front(self, cover: Cover, items: tuple[PackItem, ...], starts: list[int]) -> bytes:
        """Cover, contents and statuses; `starts` are the page numbers on which the papers begin."""
        groups: list[JsonValue] = [
            {
                "name": name,
                "items": [{"number": n, "title": items[n].title, "page": starts[n]} for n in numbers],
            }
            for name, numbers in _groups(items)
        ]
        return self._typesetter.set("front.typ", {**cover.model_dump(mode="json"), "groups": groups})

    def _shown(self, item: PackItem) -> bytes:
        """The paper as a PDF: as it was sent where that can be, else its words, else why not."""
        suffix = PurePath(item.name).suffix.lower()
        if b"%PDF-" in item.content[:1024]:
            return self._pdf(item)
        if item.content.startswith(_PICTURES):
            try:
                return self._typesetter.set("picture.typ", {}, picture=item.content)
            except NotAPicture:
                return self._plain(item, "The picture is damaged, or of a kind that is not drawn.")
        if suffix in OFFICE_SUFFIXES:
            try:
                return flattened(self._printed(item.content, suffix))
            except (ConverterProblem, Unshowable) as problem:
                return self._plain(item, str(problem))
        return self._plain(item, "")

    def _pdf(self, item: PackItem) -> bytes:
        """The PDF as it was sent; answers that may not have been drawn right follow as they were typed."""
        try:
            pages, doubtful = flattened(item.content), doubtful_answers(item.content)
        except Unshowable as problem:
            return self._notice(item, NOT_SHOWN, [str(problem)], [])
        if not doubtful:
            return pages
        return _joined(pages, self._notice(item, TYPED, [], list(_lines(self._read(item.content, item.name)))))

    def _printed(self, content: bytes, suffix: str) -> bytes:
        if self._converter is None:
            raise ConverterProblem("LibreOffice is not installed here.")
        refuse_other_content(content, suffix)
        if suffix in SHEET_SUFFIXES:
            if suffix not in (".xlsx", ".xlsm"):
                content = self._converter.convert(content, suffix, "xlsx")
            return self._converter.convert(fit_workbook(content), ".xlsx", "pdf")
        if suffix in (".docx", ".docm"):
            content = accept_changes(content)
        return self._converter.convert(content, suffix, "pdf")

    def _plain(self, item: PackItem, why: str) -> bytes:
        document = self._read(item.content, item.name)
        lines = list(_lines(document))
        notes = list(dict.fromkeys(note for note in (why, *_messages(document)) if note))
        return self._notice(item, PLAIN if lines else NOT_SHOWN, notes, lines)

    def _notice(self, item: PackItem, label: str, notes: list[str], lines: list[JsonValue]) -> bytes:
        data: dict[str, JsonValue] = {"title": item.title, "name": item.name, "label": label}
        return self._typesetter.set("plain.typ", {**data, "notes": [*notes], "lines": lines})

    def _stamp(self, pack: pikepdf.Pdf, cover: Cover, titles: list[str]) -> None:
        strips: list[JsonValue] = [
            {
                "width": visible_width(page),
                "height": STRIP,
                "marking": cover.marking,
                "title": shorten(title, 70, placeholder=" …"),
                "page": f"{cover.ref} · page {number} of {len(titles)}",
            }
            for number, (page, title) in enumerate(zip(pack.pages, titles, strict=True), 1)
        ]
        with pikepdf.open(BytesIO(self._typesetter.set("stamp.typ", {"strips": strips}))) as stamps:
            for number, (page, strip) in enumerate(zip(pack.pages, stamps.pages, strict=True), 1):
                stamp(pack, page, strip, number)


def _length(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def _joined(*pdfs: bytes) -> bytes:
    whole, result = pikepdf.new(), BytesIO()
    for pdf in pdfs:
        with pikepdf.open(BytesIO(pdf)) as opened:
            whole.pages.extend(opened.pages)
    whole.save(result, deterministic_id=True)
    return result.getvalue()


def _starts(first: int, lengths: list[int]) -> list[int]:
    """The number of the first page of each paper, when the papers begin on page `first`."""
    return [first + sum(lengths[:n]) for n in range(len(lengths))]


def _groups(items: tuple[PackItem, ...]) -> Iterator[tuple[str, list[int]]]:
    for name, numbers in groupby(range(len(items)), key=lambda n: items[n].group):
        yield name, list(numbers)


def _lines(document: Document) -> Iterator[JsonValue]:
    for line in document.plain():
        yield {"text": line, "heading": False}
    for part in document.parts:
        yield {"text": part.name, "heading": True}
        yield from _lines(part)


def _messages(document: Document) -> Iterator[str]:
    for problem in document.problems:
        yield problem.message
    for part in document.parts:
        for message in _messages(part):
            yield f"{part.name}: {message}"


def _link_contents(pack: pikepdf.Pdf, starts: list[int]) -> None:
    """The contents' `item:3` becomes a link to the page on which the third paper begins."""
    for page in pack.pages:
        for annotation in page.obj.get(Name.Annots, Array()):
            target = str(annotation.A.URI).removeprefix("item:")
            del annotation.A
            annotation.Dest = Array([pack.pages[starts[int(target)] - 1].obj, Name.Fit])


def _bookmark(pack: pikepdf.Pdf, items: tuple[PackItem, ...], starts: list[int]) -> None:
    with pack.open_outline() as outline:
        outline.root.append(OutlineItem("Cover", 0))
        outline.root.append(OutlineItem("Contents", 1))
        for name, numbers in _groups(items):
            group = OutlineItem(name, starts[numbers[0]] - 1)
            group.children.extend(OutlineItem(items[n].title, starts[n] - 1) for n in numbers)
            outline.root.append(group)


def _saved(pack: pikepdf.Pdf, cover: Cover) -> bytes:
    pack.docinfo[Name.Title] = f"{cover.ref} {cover.title}"
    pack.Root.PageMode = Name.UseOutlines
    pack.Root.Lang = "en-GB"
    pack.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    result = BytesIO()
    pack.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()
