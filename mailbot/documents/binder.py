"""The meeting pack: a cover, contents, who sent what, then every paper as it was sent, in one stamped PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from mailbot.cases.values import Value
from mailbot.documents.office import Converter


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


class Readable(Protocol):
    """What a reader gives: a mailbot.forms.document.Document."""

    def plain(self) -> str:
        """The document as plain text."""


class Binder:
    """Binds packs. Same inputs, same bytes."""

    def __init__(
        self,
        converter: Converter | None,
        read: Callable[[bytes, str], Readable],
        folders: tuple[Path, ...],
    ) -> None:
        """`read` turns bytes and a file name into a Document; `folders` hold the .typ pages, the first found wins."""
        self._converter = converter
        self._read = read
        self._folders = folders

    def bind(self, cover: Cover, items: tuple[PackItem, ...]) -> bytes:
        """The pack as one PDF. A paper that cannot be shown gets a page that says so; the pack never fails for it."""
        raise NotImplementedError
