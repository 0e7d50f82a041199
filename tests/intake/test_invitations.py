"""Answers to the invitation to the meeting, as calendars send them: who may give one, and what becomes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from mailbot.demo.mails import SERVER
from mailbot.faces import case_face, recognised_face
from mailbot.intake.opening import look_at
from mailbot.mail.envelope import open_envelope
from mailbot.store.outbox import Letter
from tests.builders import at
from tests.intake.office import ADDRESS, Office, office_at

TUESDAY = "Tue 2 Jun 2026 11:00"


@pytest.fixture
def inviting(scoped_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The meeting is set for Thu 11 Jun at ten, and everybody has been invited."""
    with office_at(shutil.copytree(scoped_home, tmp_path / "home")) as office:
        office.record("Tue 2 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
        office.pass_("Tue 2 Jun 2026 10:01")
        office.answer("Tue 2 Jun 2026 10:10", "APPROVE")
        office.pass_("Tue 2 Jun 2026 10:20")
        yield office


def invitation_to(office: Office, partner: str) -> Letter:
    people = {p.email: p for p in office.parts.practice.directory.people}
    return next(a for a in office.letters("invitation") if people[a.to[0]].partner == partner)


def reply_to(
    office: Office, letter: Letter, partstat: str, sender: str = "", result: str = "pass", method: str = "REPLY"
) -> bytes:
    """What Outlook sends when somebody presses a button in the invitation."""
    asked = office.opened(letter)
    sent = next(a.content for a in asked.attachments if a.name.endswith(".ics"))
    (event,) = Calendar.from_ical(sent).walk("VEVENT")
    who = sender or letter.to[0]
    domain = who.partition("@")[2]
    return "\r\n".join(
        [
            f"Authentication-Results: {SERVER}; dmarc={result} header.from={domain}",
            f"From: {who}",
            f"To: {ADDRESS}",
            f"Subject: {partstat.capitalize()}: {asked.subject}",
            f"Message-ID: <{partstat}.{who}>",
            f"In-Reply-To: {asked.message_id}",
            f'Content-Type: text/calendar; charset="utf-8"; method={method}',
            "",
            "BEGIN:VCALENDAR",
            f"METHOD:{method}",
            "VERSION:2.0",
            "BEGIN:VEVENT",
            f"ATTENDEE;PARTSTAT={partstat}:mailto:{letter.to[0]}",
            f"UID:{event['uid']}",
            "DTSTART:20260610T130000Z",
            f"SEQUENCE:{event['sequence']}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    ).encode()


def answers(office: Office) -> dict[str, str]:
    face = case_face(office.case, office.parts.practice, at(TUESDAY))
    return {who["role"]: who["partstat"] for who in face["meeting"]["attendance"]}


def test_an_answer_from_a_calendar_stands_in_the_record(inviting: Office) -> None:
    letter = invitation_to(inviting, "police")
    inviting.lay(reply_to(inviting, letter, "ACCEPTED"))
    inviting.pass_(TUESDAY)
    assert inviting.last.state == "handled"
    assert inviting.case.invitation_answers == {letter.to[0]: "ACCEPTED"}
    assert (answers(inviting)["police"], answers(inviting)["health"]) == ("ACCEPTED", "NEEDS-ACTION")


def test_a_partner_who_will_not_come_is_told_to_the_office(inviting: Office) -> None:
    letter = invitation_to(inviting, "police")
    inviting.lay(reply_to(inviting, letter, "DECLINED"))
    inviting.pass_(TUESDAY)
    (warning,) = [a for a in inviting.letters("warning") if "quorate" in a.subject]
    assert warning.status == "sent"
    face = case_face(inviting.case, inviting.parts.practice, at(TUESDAY))
    assert face["meeting"]["lacking"] == ["police"]


def test_another_time_is_put_before_the_office(inviting: Office) -> None:
    inviting.lay(reply_to(inviting, invitation_to(inviting, "health"), "TENTATIVE", method="COUNTER"))
    inviting.pass_(TUESDAY)
    (asked,) = [a for a in inviting.letters("question") if "Another time" in a.subject]
    assert "meeting 2026-06-10T14:00" in inviting.opened(asked).text


@pytest.mark.parametrize("sender", ["review.team@westmarch-police.example", "somebody@elsewhere.example"])
def test_nobody_answers_for_somebody_else(inviting: Office, sender: str) -> None:
    inviting.lay(reply_to(inviting, invitation_to(inviting, "health"), "DECLINED", sender=sender))
    inviting.pass_(TUESDAY)
    assert inviting.last.state == "held"
    assert inviting.case.invitation_answers == {}


def test_an_answer_that_nobody_vouches_for_is_held(inviting: Office) -> None:
    inviting.lay(reply_to(inviting, invitation_to(inviting, "police"), "DECLINED", result="fail"))
    inviting.pass_(TUESDAY)
    assert inviting.last.state == "held"
    assert "cannot be believed" in inviting.last.reason
    assert inviting.case.invitation_answers == {}


def test_an_answer_to_a_meeting_of_somebody_elses_is_held(inviting: Office) -> None:
    letter = invitation_to(inviting, "police")
    inviting.lay(reply_to(inviting, letter, "ACCEPTED").replace(b"UID:rr-2026-001@", b"UID:lunch@"))
    inviting.pass_(TUESDAY)
    assert inviting.last.state == "held"


def test_an_answer_after_the_case_has_ended_changes_nothing(inviting: Office) -> None:
    letter = invitation_to(inviting, "police")
    inviting.record("Tue 2 Jun 2026 10:40", "withdrawn", why="opened by mistake")
    inviting.lay(reply_to(inviting, letter, "ACCEPTED"))
    inviting.pass_(TUESDAY)
    assert inviting.last.state == "handled"


def test_recognise_shows_how_somebody_answered(inviting: Office) -> None:
    raw = reply_to(inviting, invitation_to(inviting, "police"), "TENTATIVE")
    mail = inviting.last
    face = recognised_face(look_at(mail, raw, open_envelope(raw, at(TUESDAY)), inviting.parts))
    assert (face["kind"], face["case"], face["calendar_reply"]) == (
        "calendar_reply",
        "RR-2026-001",
        {"partstat": "TENTATIVE"},
    )
