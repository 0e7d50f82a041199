"""Messages that Outlook saved or packed, with what is inside them."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import msgforge
import pytest
from PIL import Image

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Table
from tests.documents.outlook_files import Note, msg_file, winmail
from tests.documents.word_files import paragraph, word_file

Pack = Callable[[Note], bytes]
FORM = word_file(paragraph("Agency: Harbour Housing"))
TABLE = "<table><tr><td>Agency</td><td>Harbour Housing</td></tr></table>"
RICH = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0 Arial;}}{\*\htmltag19 <html>}{\*\htmltag50 <body>}"
    rb"\htmlrtf \par not shown \htmlrtf0 {\*\htmltag <table><tr><td>}Child\'92s name{\*\htmltag </td><td>}"
    rb"\u346?i\'e2n \{Harbour\}{\*\htmltag </td></tr></table>}{\*\htmltag58 </body></html>}}"
)


def parts(document: Document) -> list[tuple[str, list[str]]]:
    return [(part.name, list(part.plain())) for part in document.parts]


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


def logo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    return drawn.getvalue()


def test_a_message_saved_by_outlook_has_its_body_and_its_attachments_as_parts() -> None:
    message = msgforge.Message(subject="Return", text_body="Please see attached.")
    message.attach_bytes("Return of Harbour Housing.docx", FORM)

    document = read_document(message.as_bytes(), "return.msg")

    assert document.format == "mail"
    assert parts(document) == [
        ("email body", ["Please see attached."]),
        ("Return of Harbour Housing.docx", ["Agency: Harbour Housing"]),
    ]


@pytest.mark.parametrize("pack", [msg_file, winmail])
class TestBothOfOutlooksFormats:
    def test_the_long_name_counts(self, pack: Pack) -> None:
        document = read_document(pack(Note(plain="See attached.", files={"Return (final).docx": FORM})), "x.dat")

        assert parts(document)[1] == ("Return (final).docx", ["Agency: Harbour Housing"])

    def test_a_table_in_the_html_body_is_a_table(self, pack: Pack) -> None:
        document = read_document(pack(Note(plain="Agency Harbour Housing", html=TABLE)), "x.dat")

        assert isinstance(document.parts[0].blocks[0], Table)

    def test_a_body_that_is_only_rich_text_made_from_html_is_read(self, pack: Pack) -> None:
        document = read_document(pack(Note(rich=RICH)), "x.dat")

        assert parts(document) == [("email body", ["Child’s name | Śiân {Harbour}"])]

    def test_a_body_of_other_rich_text_needs_libreoffice(self, pack: Pack) -> None:
        document = read_document(pack(Note(rich=rb"{\rtf1\ansi Nil return\par}")), "x.dat")

        assert [(part.format, problems(part)) for part in document.parts] == [("rtf", ["not_supported"])]

    def test_a_message_inside_a_message_is_opened(self, pack: Pack) -> None:
        inner = Note(plain="Forwarded.", files={"form.docx": FORM})
        document = read_document(pack(Note(plain="See below.", files={"Return": inner})), "x.dat")

        assert parts(document.parts[1]) == [
            ("email body", ["Forwarded."]),
            ("form.docx", ["Agency: Harbour Housing"]),
        ]

    def test_messages_in_messages_end_somewhere(self, pack: Pack) -> None:
        note = Note(plain="end")
        for _ in range(7):
            note = Note(files={"inner": note})
        document = read_document(pack(note), "x.dat")
        while document.parts:
            document = document.parts[0]

        assert problems(document) == ["too_large"]

    def test_an_attachment_that_is_only_a_link_is_told(self, pack: Pack) -> None:
        document = read_document(pack(Note(plain="On our drive.", files={"form.docx": None})), "x.dat")

        assert problems(document.parts[1]) == ["not_supported"]
        assert "link" in document.parts[1].problems[0].message

    def test_a_message_without_anything_is_told(self, pack: Pack) -> None:
        assert problems(read_document(pack(Note()), "x.dat")) == ["not_supported"]

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_a_message_cut_short_is_a_problem(self, pack: Pack, share: float) -> None:
        whole = pack(Note(plain="See attached.", files={"form.docx": FORM * 3}))
        document = read_document(whole[: int(len(whole) * share)], "x.dat")

        assert [one for document in (document, *document.parts) for one in problems(document)]


def test_a_logo_in_the_text_is_no_attachment() -> None:
    shown = msg_file(Note(html='<p>Regards</p><img src="cid:logo@1">', logo=logo()))

    assert [part.name for part in read_document(shown, "x.msg").parts] == ["email body"]


def test_a_picture_that_the_text_does_not_show_is_a_paper() -> None:
    attached = msg_file(Note(html="<p>See the photograph</p>", logo=logo()))

    assert [part.name for part in read_document(attached, "x.msg").parts] == ["email body", "image001.png"]


def test_a_winmail_whose_sums_are_wrong_is_read_and_told() -> None:
    written = bytearray(winmail(Note(plain="Nil return")))
    written[-1] ^= 0xFF
    document = read_document(bytes(written), "winmail.dat")

    assert parts(document) == [("email body", ["Nil return"])]
    assert problems(document) == ["incomplete"]


def test_a_message_whose_pieces_share_their_bytes_is_not_opened() -> None:
    written = bytearray(msg_file(Note(files={f"{n}.bin": bytes([n]) * 20_000 for n in range(8)})))
    at = written.find("__substg1.0_37010102".encode("utf-16-le"))
    while at >= 0:
        struct.pack_into("<I", written, at + 120, 100_000)
        at = written.find("__substg1.0_37010102".encode("utf-16-le"), at + 1)

    assert problems(read_document(bytes(written), "bomb.msg")) == ["too_large"]
