"""The meeting pack: a cover, contents, who sent what, then every paper as it was sent, in one stamped PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from textwrap import shorten
from typing import Literal, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem
from pydantic import JsonValue

from mailbot.cases.values import Value
from mailbot.documents.as_sent import AsSent, Inside, PackItem, Redrawn, Shown
from mailbot.documents.office import Converter
from mailbot.documents.stamps import STRIP, copied, empty_copy, stamp, visible_width
from mailbot.documents.turns import Turns
from mailbot.documents.typeset import Typesetter
from mailbot.errors import ConfigProblems
from mailbot.forms.document import Document

_LETTER, _SMALL_LETTER = 4.2, 3.7
"""The width of a letter in the strip, in points, generously."""
_BESIDE_TITLE, _BESIDE_REMARK = 280.0, 306.0
"""Points of a strip that its title, or the remark under it, must leave to what stands beside it."""
_COPY_LETTERS = 60
"""The longest name of a copy's owner, with the words before it."""
_OTHER_PAGES: dict[str, dict[str, JsonValue]] = {
    "missing.typ": {"gaps": [{"title": "Check", "lines": ["Check"]}]},
    "read_part.typ": {
        "title": "Check",
        "answers": [["Check", "Check"]],
        "tables": [{"title": "Check", "heads": ["Check"], "rows": [["Check"]]}],
    },
    "key.typ": {
        **dict.fromkeys(("ref", "marking", "partnership", "prepared"), "Check"),
        "people": [{"initials": "C.", "name": "Check", "who": "Check"}],
    },
}
"""Pages that not every pack has, with something to prove them by."""
STATUSES = "What each agency sent"


class AgencyStatus(NamedTuple):
    """One line of the page that says who sent what; `given` is how much of its return is in."""

    name: str
    status: str
    detail: str
    given: Literal["all", "part", "nothing"] = "nothing"


class Cover(Value):
    """What the front pages say. All dates are ready-made text; `absent` names agencies whose return is not in.

    `changes` are what is new since the version before; `notice` stands in the box at the cover's foot.
    """

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
    changes: tuple[str, ...] = ()
    notice: tuple[str, ...] = (
        "This pack holds sensitive personal information about a child and family. "
        "It is for those attending the meeting. Do not copy or forward it.",
    )
    sources: str = (
        "Papers are as they were sent, each as its agency made it; what is not shown as it stands is said under its "
        "title. The originals are kept in the record."
    )


def nothing_inside(content: bytes, name: str) -> None:
    """For a binder that opens no mails and archives."""


def nothing_turned(content: bytes, name: str) -> dict[int, int]:
    """For a binder that takes every scan as upright."""
    return {}


def nothing_redrawn(content: bytes, name: str) -> tuple[int, list[bytes]]:
    """For a binder that draws no picture anew."""
    return 0, []


class Binder:
    """Binds packs. Same inputs, same bytes."""

    def __init__(
        self,
        converter: Converter | None,
        read: Callable[[bytes, str], Document],
        folders: tuple[Path, ...],
        inside: Inside = nothing_inside,
        turns: Turns = nothing_turned,
        redrawn: Redrawn = nothing_redrawn,
    ) -> None:
        """`read` turns bytes and a file name into a Document; `folders` are templates folders, the office's first.

        `inside` takes the files out of a mail or an archive, `turns` tells which pages of a scan lie on their head,
        `redrawn` makes pictures of which a PDF can hold.
        """
        self._typesetter = Typesetter(folders)
        self._as_sent = AsSent(converter, read, self._typesetter, inside, turns, redrawn)

    def make_ready(self, items: Sequence[PackItem]) -> None:
        """Do what takes long for these papers and remember it, so that a pack that is wanted is bound in seconds."""
        self._as_sent.make_ready(items)

    def shown(self, items: Sequence[PackItem]) -> list[Shown]:
        """The papers as pages, ready to be bound; a mail is followed by the files in it."""
        return self._as_sent.shown(items)

    def bind(self, cover: Cover, items: Sequence[PackItem | Shown]) -> bytes:
        """The pack as one PDF. A paper that cannot be shown gets a page that says so; the pack never fails for it."""
        papers = self._all_shown((*self._statuses(cover), *items))
        pack = pikepdf.new()
        lengths = [_append(pack, paper.pdf) for paper in papers]
        # The contents take as many pages whatever the numbers in them are.
        length = _length(self._front(cover, papers, _starts(1, lengths)))
        starts = _starts(length + 1, lengths)
        _insert(pack, self._front(cover, papers, starts))
        _link_contents(pack, length, starts)
        self._stamp(
            pack, cover, [None] * length + [p for p, n in zip(papers, lengths, strict=True) for _ in range(n)]
        )
        _bookmark(pack, papers, starts)
        return _saved(pack, cover)

    def _all_shown(self, items: Sequence[PackItem | Shown]) -> list[Shown]:
        papers: list[Shown] = []
        for _, run in groupby(items, key=type):
            alike = list(run)
            papers += [item for item in alike if isinstance(item, Shown)]
            papers += self.shown([item for item in alike if isinstance(item, PackItem)])
        return papers

    def copy_for(self, pack: bytes, whose: str) -> bytes:
        """The bound pack with whose copy it is at the foot of every page. Raises ValueError for another PDF."""
        words = _fitting(f"Copy for {whose}", _COPY_LETTERS)
        return copied(pack, self._typesetter.set("copy.typ", {"words": words, "height": STRIP}))

    def page(self, group: str, title: str, template: str, data: Mapping[str, JsonValue]) -> PackItem:
        """A page of our own for the pack, set from templates/documents. Raises ConfigProblems for a bad template."""
        made = self._typesetter.set(template, data)
        return PackItem(group=group, title=title, name=f"{title}.pdf", content=made, made=True)

    def check(self) -> list[str]:
        """Everything wrong with the templates of our own pages, each a sentence; empty when all is well."""
        words = dict.fromkeys(("title", "ref", "initials", "partnership", "marking", "meeting", "prepared"), "Check")
        cover = Cover(
            **words, version=2, agencies=(AgencyStatus("Check", "", ""),), absent=("Check",), changes=("Check",)
        )
        try:
            pack = self.bind(cover, (PackItem(group="Check", title="Check", name="", content=b"%PDF-"),))
            self.copy_for(pack, "Check")
            for template, data in _OTHER_PAGES.items():
                self.page("Check", "Check", template, data)
        except ConfigProblems as problems:
            return list(problems.problems)
        return []

    def _statuses(self, cover: Cover) -> tuple[PackItem, ...]:
        if not (cover.agencies or cover.absent):
            return ()
        data: dict[str, JsonValue] = {
            "agencies": [agency._asdict() for agency in cover.agencies],
            "absent": [*cover.absent],
        }
        return (self.page(STATUSES, STATUSES, "statuses.typ", data),)

    def _front(self, cover: Cover, papers: list[Shown], starts: list[int]) -> bytes:
        """Cover and contents; `starts` are the page numbers on which the papers begin."""
        groups: list[JsonValue] = [
            {
                "name": name,
                "agencies": [
                    {"name": agency, "items": [_line(papers[n], n, starts[n]) for n in numbers]}
                    for agency, numbers in _agencies(papers, members)
                ],
            }
            for name, members in _groups(papers)
        ]
        return self._typesetter.set("front.typ", {**cover.model_dump(mode="json"), "groups": groups})

    def _stamp(self, pack: pikepdf.Pdf, cover: Cover, papers: list[Shown | None]) -> None:
        strips: list[JsonValue] = []
        for number, (page, paper) in enumerate(zip(pack.pages, papers, strict=True), 1):
            width = visible_width(page)
            title = paper.item.heading if paper else cover.title
            remark = " ".join(paper.remarks) if paper else ""
            strips.append(
                {
                    "width": width,
                    "height": STRIP,
                    "marking": cover.marking,
                    "title": _fitting(title, (width - _BESIDE_TITLE) / _LETTER),
                    "page": f"{cover.ref} · page {number} of {len(papers)}",
                    "remark": _fitting(remark, (width - _BESIDE_REMARK) / _SMALL_LETTER),
                }
            )
        copy = empty_copy(pack)
        with pikepdf.open(BytesIO(self._typesetter.set("stamp.typ", {"strips": strips}))) as stamps:
            for number, (page, strip) in enumerate(zip(pack.pages, stamps.pages, strict=True), 1):
                stamp(pack, page, strip, copy, number)


def _line(paper: Shown, number: int, page: int) -> JsonValue:
    """A line of the contents."""
    item = paper.item
    return {"number": number, "title": item.title, "page": page, "mark": item.mark, "remarks": [*paper.remarks]}


def _fitting(text: str, letters: float) -> str:
    return shorten(text, max(12, int(letters)), placeholder=" …", break_on_hyphens=False)


def _length(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def _append(pack: pikepdf.Pdf, pdf: bytes) -> int:
    """Put the pages at the end of the pack; how many there are. What points into their own structure tree goes."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        for page in opened.pages:
            if Name.StructParents in page.obj:
                del page.obj[Name.StructParents]
        pack.pages.extend(opened.pages)
        return len(opened.pages)


def _insert(pack: pikepdf.Pdf, pdf: bytes) -> None:
    """Put the pages before all others."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            pack.pages.insert(number, page)


def _starts(first: int, lengths: list[int]) -> list[int]:
    """The number of the first page of each paper, when the papers begin on page `first`."""
    return [first + sum(lengths[:n]) for n in range(len(lengths))]


def _groups(papers: list[Shown]) -> Iterator[tuple[str, list[int]]]:
    for name, numbers in groupby(range(len(papers)), key=lambda n: papers[n].item.group):
        yield name, list(numbers)


def _agencies(papers: list[Shown], numbers: list[int]) -> Iterator[tuple[str, list[int]]]:
    for agency, own in groupby(numbers, key=lambda n: papers[n].item.agency):
        yield agency, list(own)


def _link_contents(pack: pikepdf.Pdf, length: int, starts: list[int]) -> None:
    """The `item:3` in the contents becomes a link to the page on which the third paper begins."""
    for page in list(pack.pages)[:length]:
        for annotation in page.obj.get(Name.Annots, Array()):
            target = str(annotation.A.URI).removeprefix("item:")
            del annotation.A
            annotation.Dest = Array([pack.pages[starts[int(target)] - 1].obj, Name.Fit])


def _bookmark(pack: pikepdf.Pdf, papers: list[Shown], starts: list[int]) -> None:
    with pack.open_outline() as outline:
        outline.root.append(OutlineItem("Cover", 0))
        outline.root.append(OutlineItem("Contents", 1))
        for name, members in _groups(papers):
            group = OutlineItem(name, starts[members[0]] - 1)
            outline.root.append(group)
            if [papers[n].item.title for n in members] == [name]:
                continue
            for agency, numbers in _agencies(papers, members):
                entries = [OutlineItem(papers[n].item.title, starts[n] - 1) for n in numbers]
                if agency:
                    own = OutlineItem(agency, starts[numbers[0]] - 1)
                    own.children.extend(entries)
                    entries = [own]
                group.children.extend(entries)


def _saved(pack: pikepdf.Pdf, cover: Cover) -> bytes:
    pack.docinfo[Name.Title] = f"{cover.ref} {cover.title}"
    pack.Root.PageMode = Name.UseOutlines
    pack.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    pack.Root.Lang = "en-GB"
    pack.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    result = BytesIO()
    pack.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()
