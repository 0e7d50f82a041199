"""A file that breaks its reader costs only that file."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from tests.documents.word_files import paragraph, word_file

FORM = word_file(paragraph("Name of child: Saffron Eldridge"))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def children() -> set[int]:
    """The numbers of the processes that this one has started and not yet ended."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(number) for task in tasks for number in task.read_text().split()}


def endless_pdf() -> bytes:
    """A PDF whose one page draws the same word some hundred thousand times: legal, small, and slow to lay out."""
    import io

    import pikepdf

    packed = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(b"BT /F1 1 Tf " + b"(x) Tj " * 400_000 + b"ET")
        pdf.save(packed, compress_streams=True)
    return packed.getvalue()


def test_a_file_is_read_in_the_child(sandbox: Sandbox) -> None:
    assert list(sandbox.read(FORM, "form.docx").plain()) == ["Name of child: Saffron Eldridge"]


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    with Sandbox(seconds=1.5) as sandbox:
        slow = sandbox.read(endless_pdf(), "slow.pdf")
        quick = sandbox.read(FORM, "form.docx")

    assert [problem.problem for problem in slow.problems] == ["unreadable"]
    assert "1.5 seconds" in slow.problems[0].message
    assert list(quick.plain()) == ["Name of child: Saffron Eldridge"]


def test_a_file_too_large_is_not_opened() -> None:
    with Sandbox(max_bytes=1000) as sandbox:
        document = sandbox.read(b"x" * 1001, "large.txt")

    assert [problem.problem for problem in document.problems] == ["too_large"]


def test_an_old_format_without_a_converter_says_what_to_install(sandbox: Sandbox) -> None:
    document = sandbox.read(rb"{\rtf1 Referral}", "old.rtf")

    assert [problem.problem for problem in document.problems] == ["not_supported"]
    assert "LibreOffice" in document.problems[0].message


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_old_format_is_converted_outside_the_child() -> None:
    with Sandbox(Converter.find()) as sandbox:
        document = sandbox.read(rb"{\rtf1\ansi Name of child: Idris Marwood\par}", "old.rtf")

    assert document.format == "rtf"
    assert "Name of child: Idris Marwood" in list(document.plain())


def test_the_children_are_gone_after_closing() -> None:
    sandbox = Sandbox()
    sandbox.read(FORM, "form.docx")
    before = children()
    sandbox.close()

    assert len(before) == 2
    assert children() == set()


def test_a_child_that_died_between_two_files_costs_nothing(sandbox: Sandbox) -> None:
    sandbox.read(FORM, "form.docx")
    for child in children():
        os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

    assert list(sandbox.read(FORM, "form.docx").plain()) == ["Name of child: Saffron Eldridge"]


def test_a_file_that_asks_for_too_much_memory_is_unreadable_and_the_next_is_read(sandbox: Sandbox) -> None:
    wide = "<w:t>" + "x" * 1000 + "</w:t>"
    # Nine million empty runs pack to some kilobytes and unpack to more than is taken.
    huge = word_file("<w:p>" + f"<w:r>{wide}</w:r>" * 20 + "<w:r/>" * 9_000_000 + "</w:p>")

    document = sandbox.read(huge, "huge.docx")

    assert document.problems[0].problem in {"unreadable", "too_large"}
    assert sandbox.read(FORM, "form.docx").problems == ()
