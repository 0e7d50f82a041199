"""Archives: whose files are read, under which names, and how much of them."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

import py7zr
import pytest

from mailbot.documents.reading import Tools, read_document
from mailbot.documents.reading.archive import MEMBERS
from mailbot.documents.reading.tools import Budget
from mailbot.forms.document import Document
from tests.documents.word_files import paragraph, word_file

Pack = Callable[[dict[str, bytes]], bytes]
LINE = "Agency: Harbour Housing"
FORM = word_file(paragraph(LINE))


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def sevenzipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return packed.getvalue()


def overlapping(copies: int) -> bytes:
    """A zip whose directory names the same bytes again and again, as the bombs of David Fifield do."""
    content = zipped({"a.txt": b"0123456789" * 1000})
    start = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, copies, copies, len(entry) * copies)
    return content[:start] + entry * copies + bytes(tail)


def parts(document: Document) -> list[tuple[str, list[str]]]:
    return [(part.name, list(part.plain())) for part in document.parts]


def problems(document: Document) -> list[str]:
    own = [problem.problem for problem in document.problems]
    return [*own, *(one for part in document.parts for one in problems(part))]


@pytest.mark.parametrize("pack", [zipped, sevenzipped])
def test_the_papers_of_an_archive_are_its_parts(pack: Pack) -> None:
    members = {
        "returns/form.docx": FORM,
        "returns/~$form.docx": b"lock",
        "__MACOSX/._form.docx": b"x",
        "n.txt": b"Notes",
    }

    assert parts(read_document(pack(members), "returns")) == [("form.docx", [LINE]), ("n.txt", ["Notes"])]


@pytest.mark.parametrize("pack", [zipped, sevenzipped])
def test_a_bomb_is_not_unpacked(pack: Pack) -> None:
    assert problems(read_document(pack({"zeros": bytes(20_000_000)}), "bomb")) == ["too_large"]


@pytest.mark.parametrize("pack", [zipped, sevenzipped])
def test_an_archive_of_too_many_files_is_not_unpacked(pack: Pack) -> None:
    members = {f"{number}.txt": b"x" for number in range(MEMBERS + 1)}

    assert problems(read_document(pack(members), "many")) == ["too_large"]


@pytest.mark.parametrize("pack", [zipped, sevenzipped])
def test_a_damaged_archive_is_a_problem(pack: Pack) -> None:
    whole = pack({"form.docx": FORM})

    assert problems(read_document(whole[: len(whole) // 2], "cut")) == ["unreadable"]


def test_a_bomb_in_gzip_is_not_unpacked() -> None:
    assert problems(read_document(gzip.compress(bytes(20_000_000)), "bomb.gz")) == ["too_large"]


def test_members_that_lie_over_one_another_are_not_unpacked() -> None:
    assert problems(read_document(overlapping(300), "bomb.zip")) == ["too_large"]


def test_a_declared_size_that_lies_is_found_out() -> None:
    content = zipped({"a.txt": b"0123456789" * 1000})
    lying = content.replace(struct.pack("<I", 10_000), struct.pack("<I", 10))

    assert problems(read_document(lying, "lying.zip")) == ["unreadable"]


@pytest.mark.parametrize("path", ["/etc/form.docx", "../../form.docx", "C:\\papers\\form.docx"])
def test_a_path_is_only_a_name(path: str) -> None:
    assert parts(read_document(zipped({path: FORM}), "returns.zip")) == [("form.docx", [LINE])]


def test_two_members_of_one_name_are_both_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("n.txt", b"first")
        archive.writestr("n.txt", b"second")

    assert parts(read_document(packed.getvalue(), "x.zip")) == [("n.txt", ["first"]), ("n.txt", ["second"])]


def test_a_name_in_utf8_that_does_not_say_so_is_read() -> None:
    content = zipped({"Siân.txt": b"Notes"})
    told = struct.pack("<H", 0x800)
    unsaid = content.replace(b"PK\x03\x04\x14\x00" + told, b"PK\x03\x04\x14\x00\x00\x00")
    unsaid = unsaid.replace(b"PK\x01\x02\x14\x03\x14\x00" + told, b"PK\x01\x02\x14\x03\x14\x00\x00\x00")

    assert unsaid != content
    assert parts(read_document(unsaid, "x.zip")) == [("Siân.txt", ["Notes"])]


def test_one_damaged_member_does_not_hide_the_next() -> None:
    document = read_document(zipped({"damaged.docx": FORM[:200], "form.docx": FORM}), "returns.zip")

    assert [problems(part) for part in document.parts] == [["unreadable"], []]
    assert list(document.parts[1].plain()) == [LINE]


def test_what_all_levels_together_unpack_is_counted() -> None:
    inner = zipped({f"{number}.txt": b"x" * 1000 for number in range(10)})
    document = read_document(zipped({"a.zip": inner, "b.zip": inner}), "x.zip", Tools(budget=Budget(members=15)))

    assert problems(document) == ["too_large"] * 7


def test_an_empty_archive_is_told() -> None:
    assert problems(read_document(zipped({}), "empty.zip")) == ["unreadable"]
