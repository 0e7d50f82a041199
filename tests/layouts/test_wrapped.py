"""Rows 16, 17 and 18 of the layouts: returns inside something else, which may or may not be opened here."""

from __future__ import annotations

import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from PIL import Image

from mailbot.intake.mails import work_through
from mailbot.intake.unlocking import unlock
from tests.builders import at
from tests.documents.outlook_files import Note, msg_file, winmail
from tests.intake.office import MANAGER, REF, Office
from tests.intake.test_returns import completed
from tests.layouts.mails import asked, comes, mail, status
from tests.layouts.pages import PRINTED, printed
from tests.locking import locked_pdf, locked_word, locked_zip

POLICE = "Ros Tate <review.team@westmarch-police.example>"
PORTAL = (
    b"<html><body><p>You have received a secure message.</p>"
    b'<form action="https://portal.mail-carrier.example/open"><input type="hidden" name="id" value="7"></form>'
    b"</body></html>"
)
RIGHTS = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(200)
SEALED = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" + bytes(200)
PASSWORD = "Blue Heron 22"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Encrypted_Message.htm", PORTAL, "text/html"),
        ("message.rpmsg", RIGHTS, "application/x-microsoft-rpmsg-message"),
        ("SecureMessageAtt.html", PORTAL, "text/html"),
        ("smime.p7m", SEALED, "application/pkcs7-mime"),
        ("Message from Ros.html", PORTAL, "application/octet-stream"),
    ],
)
def test_layout_16_a_secure_wrapper_is_no_return_and_pauses_the_chasing(
    scoped: Office, name: str, content: bytes, kind: str
) -> None:
    """Row 16: a portal's page, a rights-managed or sealed mail: somebody must open it; the agency is not chased."""
    comes(
        scoped,
        mail(POLICE, f"Re: {REF}", "You have a secure message.", files=[(name, content)], kind=kind),
    )

    assert (scoped.last.state, status(scoped, "police")) == ("held", "paused")
    assert any("secure message" in scoped.opened(letter).subject.casefold() for letter in scoped.letters("question"))
    for day in ("Tue 9 Jun", "Wed 10 Jun", "Thu 11 Jun"):
        scoped.pass_(f"{day} 2026 9:00")
    assert "police" not in {letter.agency for letter in scoped.letters("reminder", "chase")}
    assert "icb" in {letter.agency for letter in scoped.letters("reminder")}


def test_layout_16_a_link_to_a_portal_without_any_file(scoped: Office) -> None:
    """Row 16: a mail of Egress or its like is a link and nothing else: a person opens it, nothing is received."""
    text = (
        "You have received a secure email from Westmarch Police.\nRead it: https://switch.mail-carrier.example/msg/7"
    )
    comes(scoped, mail(POLICE, f"Secure email: {REF}", text, answers=asked(scoped, "police")))

    assert (scoped.last.state, status(scoped, "police")) == ("held", "paused")
    assert scoped.letters("question")


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("review.team@westmarch-police.example", f"[secure] {REF} return"),
        ("review.team@westmarch-police.example.cjsm.net", f"CJSM {REF} return"),
    ],
    ids=["NHSmail's tag", "CJSM"],
)
def test_layout_16_a_secure_route_that_delivers_in_clear_is_a_return(
    scoped: Office, sender: str, subject: str
) -> None:
    """Row 16: `[secure]` in the subject, and an address with cjsm.net behind it, are no wrappers."""
    comes(scoped, mail(sender, subject, "Attached.", files=completed(scoped, "police")))

    assert (scoped.last.state, status(scoped, "police")) == ("handled", "returned")


@pytest.mark.parametrize("lock", ["word", "pdf", "zip"])
def test_layout_17_a_locked_file_waits_for_its_password(scoped: Office, lock: str) -> None:
    """Row 17: Office, PDF and zip with a password: neither a return nor unreadable; the agency is not chased."""
    form, chronology = completed(scoped, "police")
    files = {
        "word": [(form[0], locked_word(form[1], PASSWORD)), (chronology[0], locked_word(chronology[1], PASSWORD))],
        "pdf": [("Return.pdf", locked_pdf(printed(PRINTED), PASSWORD))],
        "zip": [("Return.zip", locked_zip(PASSWORD, form, chronology))],
    }[lock]
    comes(scoped, mail(POLICE, f"Re: {REF}", "The password follows by telephone.", files=files))

    assert (scoped.last.state, scoped.last.waits_for) == ("held", "password")
    assert status(scoped, "police") == "paused"
    assert not scoped.letters("thanks", "reask")


def test_layout_17_the_password_comes_later_and_is_kept_nowhere(scoped: Office) -> None:
    """Row 17: a second mail brings the password: a person uses it, and it is in no log, event or letter."""
    form, chronology = completed(scoped, "police")
    files = [("Return.zip", locked_zip(PASSWORD, form, chronology))]
    comes(scoped, mail(POLICE, f"Re: {REF}", "The password follows.", files=files))
    first = scoped.last.id
    unlock(first, (PASSWORD,), MANAGER, scoped.parts, at("Tue 2 Jun 2026 11:00"))
    scoped.parts.mailbag.release(first, REF)
    work_through(scoped.parts.mailbag.mail(first), scoped.parts, at("Tue 2 Jun 2026 11:00"))

    assert status(scoped, "police") == "returned"
    scoped.parts.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert PASSWORD.encode() not in Path(scoped.parts.settings.record).read_bytes()


def wrapped(office: Office, how: str) -> EmailMessage:
    """The police's return and chronology, in a mail, in one of the ways that mail programs pack them."""
    files = completed(office, "police")
    note = Note(plain="Our return is attached.", files=dict(files))
    match how:
        case "winmail.dat":
            return mail(POLICE, f"Re: {REF}", "", files=[("winmail.dat", winmail(note))], kind="application/ms-tnef")
        case "a saved Outlook message":
            return mail(POLICE, f"Re: {REF}", "Attached.", files=[("Return.msg", msg_file(note))])
        case "an Outlook message in another":
            outer = Note(plain="See the message.", files={"Return.msg": note})
            return mail(POLICE, f"Re: {REF}", "Attached.", files=[("FW.msg", msg_file(outer))])
        case _:
            inner = mail("colleague@westmarch-police.example", "Our return", "Attached.", files=files)
            outer_mail = mail(POLICE, f"Fwd: {REF}", "Forwarded.")
            outer_mail.add_attachment(message_from_bytes(inner.as_bytes(), policy=SMTP))
            return outer_mail


@pytest.mark.parametrize(
    "how", ["winmail.dat", "a saved Outlook message", "an Outlook message in another", "a forwarded mail"]
)
def test_layout_18_what_is_wrapped_is_unwrapped(scoped: Office, how: str) -> None:
    """Row 18: winmail.dat (TNEF), .msg, forwarded message/rfc822: the files inside are the return."""
    comes(scoped, wrapped(scoped, how))

    assert (scoped.last.state, status(scoped, "police")) == ("handled", "returned")
    assert scoped.case.requests["police"].rows


def test_layout_18_a_logo_in_the_signature_is_no_paper(scoped: Office) -> None:
    """Row 18: the signature's picture is an `attachment` to the mail program: it is no file of the return."""
    file = io.BytesIO()
    Image.new("RGB", (120, 40), "navy").save(file, "PNG")
    message = mail(POLICE, f"Re: {REF}", "Attached.", '<p>Attached.</p><img src="cid:logo@1">')
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    page.add_related(file.getvalue(), "image", "png", cid="<logo@1>", filename="image001.png")
    for name, content in completed(scoped, "police"):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    comes(scoped, message)

    assert status(scoped, "police") == "returned"
    events = [stored.event for stored in scoped.parts.casebook.events(REF) if stored.event.mail == scoped.last.id]
    names = [paper.name for event in events for paper in getattr(event, "papers", ())]
    assert names
    assert not [name for name in names if name.endswith(".png")]


def test_layout_18_a_signed_mail_in_one_sealed_piece_is_told(scoped: Office) -> None:
    """Row 18: S/MIME `smime.p7m` that holds the signed mail itself: not opened here, and not lost."""
    signed = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(100)
    comes(scoped, mail(POLICE, f"Re: {REF}", "", files=[("smime.p7m", signed)], kind="application/pkcs7-mime"))

    assert scoped.last.state == "held"
    assert status(scoped, "police") == "paused"
