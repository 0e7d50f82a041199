"""A file that breaks its reader costs only that file."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest

from mailbot.documents.child import Child
from mailbot.documents.office import Converter
from mailbot.documents.reading import read_document
from mailbot.documents.reading.__main__ import FILES
from mailbot.documents.sandbox import MOST_AHEAD, Sandbox
from mailbot.forms.document import Document
from mailbot.forms.extract import extract
from tests.documents.word_files import paragraph, word_file
from tests.forms.definitions import DEFINITIONS

SAMPLES = Path(__file__).parents[1] / "forms" / "samples"
FORM = word_file(paragraph("Name of child: Saffron Eldridge"))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


OTHERS: set[int] = set()
"""Processes that earlier tests of this process have left at work: servers, the children that other tests share."""


@pytest.fixture(autouse=True)
def only_our_own() -> None:
    OTHERS.clear()
    OTHERS.update(children())


def children() -> set[int]:
    """The numbers of the processes that this test has started and not yet ended."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(number) for task in tasks for number in task.read_text().split()} - OTHERS


def group(leader: int) -> set[str]:
    """The names of the programs in a process group, its leader left out. A zombie is none."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, name, rest = re.fullmatch(r"(\d+) \((.*)\) (.*)\s*", place.read_text()).groups()  # type: ignore[union-attr]
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, its_group = rest.split()[:3]
        if int(its_group) == leader and int(number) != leader and state != "Z":
            found.add(name)
    return found


def endless_pdf() -> bytes:
    """A PDF whose one page draws the same word some hundred thousand times: legal, small, and slow to lay out."""
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


def test_a_file_that_asks_for_too_much_memory_is_unreadable_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailbot.documents.child.MEMORY", 300 << 20)
    # Numbers between empty paragraphs, so that it is not refused for being packed too tightly.
    huge = word_file("".join("<w:p/>" * 150 + paragraph(str(number**9)) for number in range(12_000)))

    with Sandbox(children=1) as sandbox:
        document, after = sandbox.read(huge, "huge.docx"), sandbox.read(FORM, "form.docx")

    assert [problem.problem for problem in document.problems] == ["unreadable"]
    assert re.search("more memory|broke its reader", document.problems[0].message)
    assert after.problems == ()


def test_xml_that_does_not_fit_into_memory_is_not_called_damaged() -> None:
    """In a process of its own: the limit is for good."""
    code = """
import resource
from mailbot.documents.reading.xml import parse_xml
content = b"<r>" + b"<p/>" * 1_000_000 + b"</r>"
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (30 << 20),) * 2)
try:
    parse_xml(content)
except MemoryError:
    print("no memory")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "no memory\n"


def test_a_form_is_understood_in_the_child() -> None:
    content = (SAMPLES / "a01-referral-standard.docx").read_bytes()
    with Sandbox(definitions=DEFINITIONS) as sandbox:
        form = sandbox.form(content, "a01.docx")

    assert form == extract(read_document(content, "a01.docx"), DEFINITIONS)
    assert form.kind == "referral"


def test_a_form_without_definitions_is_a_mistake_of_the_caller(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="definitions"):
        sandbox.form(FORM, "form.docx")


def test_threads_read_side_by_side_and_each_gets_its_own_file(sandbox: Sandbox) -> None:
    def read(number: int) -> list[str]:
        return list(sandbox.read(f"Name of child: Number {number}".encode(), f"{number}.txt").plain())

    with ThreadPoolExecutor(6) as threads:
        read_ones = list(threads.map(read, range(60)))

    assert read_ones == [[f"Name of child: Number {number}"] for number in range(60)]
    assert len(children()) == 2


def test_a_child_that_was_killed_is_replaced_while_the_other_reads(sandbox: Sandbox) -> None:
    sandbox.read(FORM, "form.docx")
    before = children()
    broken = min(before)
    os.kill(broken, signal.SIGKILL)
    os.waitid(os.P_PID, broken, os.WEXITED | os.WNOWAIT)

    assert [sandbox.read(FORM, "form.docx").problems for _ in range(3)] == [(), (), ()]
    assert len(children()) == 2


def test_a_child_that_cannot_start_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pydantic.py").write_text("raise ImportError('a broken installation')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Sandbox() as sandbox, pytest.raises(ChildProcessError, match="did not start"):
        sandbox.read(FORM, "form.docx")


def test_nothing_that_a_file_did_to_its_child_lasts() -> None:
    with Sandbox(children=1) as sandbox:
        sandbox.read(b"first", "1.txt")
        first = children()
        for number in range(FILES):
            assert sandbox.read(b"more", f"{number}.txt").problems == ()
        assert children().isdisjoint(first)


def test_the_child_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", "heron-lantern")
    with Sandbox(children=1) as sandbox:
        sandbox.read(FORM, "form.docx", passwords=("otter-candle",))
        (child,) = children()
        seen = Path(f"/proc/{child}/environ").read_bytes() + Path(f"/proc/{child}/cmdline").read_bytes()

    assert b"mailbot.documents.reading" in seen
    assert b"heron-lantern" not in seen
    assert b"otter-candle" not in seen


def test_what_a_child_has_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module that Python runs at its start stands for a reader that calls a program.
    (tmp_path / "sitecustomize.py").write_text("import subprocess\nsubprocess.Popen(['sleep', '600'])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Sandbox(children=1, seconds=1) as sandbox:
        sandbox.read(FORM, "form.docx")
        (child,) = children()
        assert group(child) == {"sleep"}
        sandbox.read(endless_pdf(), "slow.pdf")
        for _ in range(500):
            if not group(child):
                return
            time.sleep(0.01)
    pytest.fail("the program outlived the child that had started it")


def test_an_archive_of_old_files_does_not_keep_libreoffice_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    # However short the first takes, it takes more.
    monkeypatch.setattr("mailbot.documents.child.CONVERTING", 1e-9)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.rtf", rb"{\rtf1 Referral}")
    child = Child(b"")
    question = {"wanted": "document", "name": "old.zip", "passwords": (), "converter": True}
    asked = []

    def convert(content: bytes, suffix: str) -> bytes:
        asked.append(suffix)
        return FORM

    answer = Document.model_validate_json(child.ask(question, packed.getvalue(), 20, convert))
    child.end()

    assert asked == [".rtf"]
    assert [part.problems == () for part in answer.parts] == [True, False, False]
    assert "more old files than are converted" in answer.parts[1].problems[0].message


def test_a_file_that_is_read_before_it_is_asked_for_says_the_same() -> None:
    with Sandbox(definitions=DEFINITIONS) as sandbox:
        asked = sandbox.form(FORM, "form.docx")
        sandbox.begin(FORM, "form.docx")
        started = children()

        assert sandbox.form(FORM, "form.docx") == asked
        assert children() == started


def test_of_many_files_begun_and_never_asked_for_none_stands_in_the_way() -> None:
    with Sandbox(definitions=DEFINITIONS) as sandbox:
        for number in range(2 * MOST_AHEAD):
            sandbox.begin(FORM, f"{number}.docx")

        assert [sandbox.form(FORM, f"{number}.docx").name for number in (0, 15)] == ["0.docx", "15.docx"]


def test_a_file_begun_that_breaks_its_child_is_told_when_it_is_asked_for() -> None:
    with Sandbox(definitions=DEFINITIONS, seconds=1) as sandbox:
        sandbox.begin(endless_pdf(), "endless.pdf")
        sandbox.begin(FORM, "form.docx")

        assert sandbox.form(endless_pdf(), "endless.pdf").has_problem("unreadable")
        assert not sandbox.form(FORM, "form.docx").has_problem("unreadable")
