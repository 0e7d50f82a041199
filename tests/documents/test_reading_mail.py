"""Saved mails: the body that its sender saw, every attachment, and mails inside mails."""

from __future__ import annotations

from email.message import EmailMessage

from mailbot.documents.reading import read_document
from mailbot.forms.document import Document, Table
from tests.documents.word_files import paragraph, word_file

FORM = word_file(paragraph("Agency: Harbour Housing"))
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


def mail(body: str = "See attached.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Lee Garland <lee@housing.example>"
    message["To"] = "office@partnership.example"
    message["Subject"] = "Return"
    message["Message-ID"] = "<1@housing.example>"
    message.set_content(body)
    return message


def read(message: EmailMessage) -> Document:
    return read_document(message.as_bytes(), "return.eml")


def parts(document: Document) -> list[tuple[str, list[str]]]:
    return [(part.name, list(part.plain())) for part in document.parts]


def problems(document: Document) -> list[str]:
    return [problem.problem for problem in document.problems]


def test_an_attachment_is_read_whatever_type_it_was_sent_with() -> None:
    message = mail()
    message.add_attachment(FORM, maintype="application", subtype="octet-stream", filename="form.pdf")

    assert parts(read(message)) == [("email body", ["See attached."]), ("form.pdf", ["Agency: Harbour Housing"])]


def test_of_two_bodies_the_one_with_the_table_counts() -> None:
    message = mail("Agency Harbour Housing")
    message.add_alternative("<table><tr><td>Agency</td><td>Harbour Housing</td></tr></table>", subtype="html")
    document = read(message)

    assert parts(document) == [("email body", ["Agency | Harbour Housing"])]
    assert isinstance(document.parts[0].blocks[0], Table)


def test_of_two_bodies_without_a_table_the_plain_words_count() -> None:
    message = mail("Nil return")
    message.add_alternative("<p>Nil <b>return</b></p><p>Sent from my telephone</p>", subtype="html")

    assert parts(read(message)) == [("email body", ["Nil return"])]


def test_a_mail_in_a_mail_is_opened() -> None:
    inner, outer = mail("Forwarded."), mail("See below.")
    inner.add_attachment(FORM, maintype="application", subtype="msword", filename="form.doc")
    outer.add_attachment(inner)
    (_, attached) = read(outer).parts

    assert parts(attached) == [("email body", ["Forwarded."]), ("form.doc", ["Agency: Harbour Housing"])]


def test_a_mail_saved_and_attached_as_a_file_is_opened() -> None:
    outer = mail()
    content = mail("Nil return").as_bytes()
    outer.add_attachment(content, maintype="application", subtype="octet-stream", filename="return.eml")

    assert parts(read(outer).parts[1]) == [("email body", ["Nil return"])]


def test_mails_in_mails_end_somewhere() -> None:
    message = mail("end")
    for _ in range(7):
        outer = mail("outer")
        outer.add_attachment(message)
        message = outer
    document = read(message)
    while document.parts:
        document = document.parts[-1]

    assert problems(document) == ["too_large"]


def test_a_logo_in_the_text_and_a_signature_are_no_attachments() -> None:
    message = mail()
    message.add_alternative('<p>Regards</p><img src="cid:logo">', subtype="html")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(PICTURE, "image", "png", cid="<logo>", filename="image001.png")
    message.add_attachment(b"0\x80", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")

    assert [part.name for part in read(message).parts] == ["email body"]


def test_a_picture_that_was_attached_is_kept() -> None:
    message = mail()
    message.add_attachment(PICTURE, maintype="image", subtype="png", filename="scan.png")

    assert [part.name for part in read(message).parts] == ["email body", "scan.png"]


def test_a_damaged_attachment_does_not_hide_the_next() -> None:
    message = mail()
    message.add_attachment(FORM[:200], maintype="application", subtype="msword", filename="damaged.docx")
    message.add_attachment(FORM, maintype="application", subtype="msword", filename="form.docx")
    (_, damaged, whole) = read(message).parts

    assert problems(damaged) == ["unreadable"]
    assert list(whole.plain()) == ["Agency: Harbour Housing"]


def test_an_attachment_with_a_path_for_a_name_has_only_its_name() -> None:
    message = mail()
    message.add_attachment(b"Notes", maintype="text", subtype="plain", filename="C:\\Users\\lee\\notes.txt")

    assert [part.name for part in read(message).parts] == ["email body", "notes.txt"]


def test_a_mail_as_a_mail_program_keeps_it_is_known() -> None:
    content = b"From lee@housing.example Mon Nov  2 09:15:00 2026\n" + mail("Nil return").as_bytes()

    assert parts(read_document(content, "return")) == [("email body", ["Nil return"])]


def test_a_mail_of_parts_without_end_is_not_opened() -> None:
    nested = b"".join(b"--%d\nContent-Type: multipart/mixed; boundary=%d\n\n" % (n, n + 1) for n in range(900))
    content = b"MIME-Version: 1.0\nFrom: a@b.example\nContent-Type: multipart/mixed; boundary=0\n\n" + nested

    assert problems(read_document(content, "deep.eml")) == ["too_large"]


def test_a_mail_that_stops_before_its_end_is_told() -> None:
    message = mail()
    message.add_attachment(FORM, maintype="application", subtype="octet-stream", filename="form.docx")
    cut = message.as_bytes()[:-200]

    assert "incomplete" in problems(read_document(cut, "return.eml"))
    assert problems(read(message)) == []
