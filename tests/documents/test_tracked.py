"""Tracked changes of a Word file, accepted as Word accepts them."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml
from lxml import etree

from mailbot.documents.tracked import accept_changes, comments_in, had_changes
from mailbot.errors import ConverterProblem

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def file(*body: str) -> bytes:
    """A Word file with this in its body, `w:` for Word's own names."""
    document, made = docx.Document(), BytesIO()
    for part in body:
        named = part.replace(">", f' xmlns:w="{WORD}">', 1)
        document.element.body.insert(len(document.element.body) - 1, parse_xml(named))
    document.save(made)
    return made.getvalue()


def paragraph(words: str, mark: str = "") -> str:
    gone = f"<w:pPr><w:rPr><w:{mark}/></w:rPr></w:pPr>" if mark else ""
    return f"<w:p>{gone}{words}</w:p>"


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def lines(content: bytes) -> list[str]:
    """The paragraphs, those in tables too, as they are read."""
    return ["".join(t.text or "" for t in p.iter(f"{{{WORD}}}t")) for p in body(content).iter(f"{{{WORD}}}p")]


def body(content: bytes) -> etree._Element:
    found: etree._Element = docx.Document(BytesIO(content)).element.body
    return found


def row(*cells: str, gone: bool = False) -> str:
    marked = "<w:trPr><w:del/></w:trPr>" if gone else ""
    return f"<w:tr>{marked}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


PUT_IN = f"<w:ins>{run('The child was seen. ')}</w:ins>"
TAKEN_OUT = f"<w:del>{run('Nobody was at home. ')}</w:del>"


def test_a_file_without_changes_comments_or_prompts_stays_as_it_was_sent() -> None:
    sent = file(paragraph(run("Seen at home.")))
    assert accept_changes(sent) == sent


@pytest.mark.parametrize(
    "mark",
    ["ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "cellDel", "commentReference", "showingPlcHdr"],
)
def test_a_file_with_any_mark_of_them_does_not(mark: str) -> None:
    sent = file(paragraph(run("Seen at home.") + f"<w:{mark}/>"))
    assert accept_changes(sent) != sent


def test_a_file_of_which_any_part_is_damaged_is_told() -> None:
    sent = file(paragraph(run("Seen at home.")))
    with zipfile.ZipFile(BytesIO(sent)) as archive:
        begins = archive.getinfo("docProps/core.xml").header_offset + 80
    with pytest.raises(ConverterProblem, match="damaged"):
        accept_changes(sent[:begins] + bytes(8) + sent[begins + 8 :])


def test_a_part_that_stands_twice_is_sent_on_once() -> None:
    twice = BytesIO(file(paragraph(run("Seen at home."))))
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", archive.read("word/document.xml"))
    with zipfile.ZipFile(BytesIO(accept_changes(twice.getvalue()))) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (run("Kept. ") + PUT_IN + TAKEN_OUT, ["Kept. The child was seen. "]),
        (f"<w:moveFrom>{run('Moved.')}</w:moveFrom>", [""]),
        (f"<w:moveTo>{run('Moved.')}</w:moveTo>", ["Moved."]),
        (f"<w:sdt><w:sdtContent>{TAKEN_OUT}{PUT_IN}</w:sdtContent></w:sdt>", ["The child was seen. "]),
        (f"<w:ins>{TAKEN_OUT}{run('Seen.')}</w:ins>", ["Seen."]),
    ],
)
def test_what_was_put_in_stays_and_what_was_taken_out_goes(words: str, read: list[str]) -> None:
    assert lines(accept_changes(file(paragraph(words)))) == read


@pytest.mark.parametrize("mark", ["del", "moveFrom"])
def test_a_deleted_end_of_paragraph_joins_it_to_the_next(mark: str) -> None:
    content = file(paragraph(run("Seen at home"), mark), paragraph(run(" with mother.")))
    assert lines(accept_changes(content)) == ["Seen at home with mother."]


def test_a_paragraph_deleted_whole_leaves_no_empty_line() -> None:
    content = file(paragraph(run("Before.")), paragraph(TAKEN_OUT, "del"), paragraph(run("After.")))
    assert lines(accept_changes(content)) == ["Before.", "After."]


def test_the_last_paragraph_of_a_cell_stays() -> None:
    table = f"<w:tbl>{row(paragraph(TAKEN_OUT, 'del'), paragraph(run('Kept')))}</w:tbl>"
    assert lines(accept_changes(file(table))) == ["", "Kept"]


def test_deleted_rows_and_cells_go_also_in_a_table_within_a_table() -> None:
    inner = f"<w:tbl>{row(paragraph(run('inner kept')))}{row(paragraph(run('inner gone')), gone=True)}</w:tbl>"
    cell = f"<w:tcPr><w:cellDel/></w:tcPr>{paragraph(run('cell gone'))}"
    rows = row(inner + paragraph(""), cell) + row(paragraph(run("row gone")), gone=True)
    assert lines(accept_changes(file(f"<w:tbl>{rows}</w:tbl>"))) == ["inner kept", ""]


def test_a_table_whose_rows_are_all_deleted_goes() -> None:
    content = file(f"<w:tbl>{row(paragraph(run('gone')), gone=True)}</w:tbl>", paragraph(run("After.")))
    accepted = accept_changes(content)
    assert lines(accepted) == ["After."]
    assert not list(body(accepted).iter(f"{{{WORD}}}tbl"))


def test_changes_are_seen_and_a_changed_look_is_none() -> None:
    assert had_changes(file(paragraph(TAKEN_OUT)))
    assert had_changes(file(f"<w:tbl>{row(paragraph(run('gone')), gone=True)}</w:tbl>"))
    assert not had_changes(file(paragraph("<w:r><w:rPr><w:rPrChange/></w:rPr><w:t>Bold now.</w:t></w:r>")))
    assert not had_changes(accept_changes(file(paragraph(PUT_IN + TAKEN_OUT))))


def test_comments_are_counted() -> None:
    document, made = docx.Document(), BytesIO()
    said = document.add_paragraph("Seen at home.").runs
    for words in ("By whom?", "By the health visitor."):
        document.add_comment(said, text=words, author="Jo Penrose")
    document.save(made)
    assert comments_in(made.getvalue()) == 2
    assert comments_in(file(paragraph(run("Seen.")))) == 0


def test_the_same_file_gives_the_same_bytes() -> None:
    content = file(paragraph(PUT_IN + TAKEN_OUT))
    assert accept_changes(content) == accept_changes(content)


def test_a_damaged_file_is_said_to_be() -> None:
    for act in (accept_changes, had_changes, comments_in):
        with pytest.raises(ConverterProblem, match="damaged"):
            act(file(paragraph(PUT_IN))[:2000])
