"""The meeting in a calendar: what ours say, and how Outlook, Gmail and Apple answer them."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from mailbot.cases.decisions import Invitation
from mailbot.mail.addresses import Address
from mailbot.mail.envelope import Envelope, open_envelope
from mailbot.mail.invitation import CalendarReply, read_reply, write_invitation
from mailbot.mail.outgoing import Outgoing, compose
from tests.builders import at

OFFICE = Address(name="Northshire Safeguarding Partnership", email="rapidreview@partnership.example")
WRITTEN = at("Tue 2 Jun 2026 10:00")
INVITATION = Invitation(
    name="RR-2026-001 Rapid Review meeting.ics",
    method="REQUEST",
    uid="rr-2026-001@partnership.example",
    sequence=1,
    start=at("Thu 11 Jun 2026 10:00"),
    minutes=120,
    summary="[RR-2026-001] Rapid Review meeting",
    description="Rapid Review meeting, reference RR-2026-001.",
    where="Room 2, Civic Offices; by video",
    attendee="frith@police.example",
    attendee_name='D.Supt "Col" Frith, Siân\'s deputy',
)
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:GMT Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=DECLINED;CN=Col Frith:mailto:Frith@police.example
COMMENT;LANGUAGE=en-GB:In court that day\\n
UID:rr-2026-001@partnership.example
SUMMARY;LANGUAGE=en-GB:Declined: [RR-2026-001] Rapid Review meeting
DTSTART;TZID=GMT Standard Time:20260611T100000
DTEND;TZID=GMT Standard Time:20260611T120000
CLASS:PRIVATE
DTSTAMP:20260602T103000Z
STATUS:CONFIRMED
SEQUENCE:1
X-MICROSOFT-CDO-APPT-SEQUENCE:1
END:VEVENT
END:VCALENDAR
"""
OUTLOOK_COUNTER = OUTLOOK.replace("METHOD:REPLY", "METHOD:COUNTER").replace("PARTSTAT=DECLINED", "PARTSTAT=TENTATIVE")
GMAIL = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20260611T090000Z
DTEND:20260611T110000Z
DTSTAMP:20260602T103000Z
ORGANIZER;CN=Northshire Safeguarding Partnership:mailto:rapidreview@partner
 ship.example
UID:rr-2026-001@partnership.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Col Fr
 ith;X-NUM-GUESTS=0:mailto:frith@police.example
CREATED:20260602T100000Z
SEQUENCE:1
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:REPLY
PRODID:-//Apple Inc.//iOS 18.5//EN
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;CN="Col Frith";CUTYPE=INDIVIDUAL;PARTSTAT=TENTATIVE;ROLE=REQ-PARTICIPANT:mailto:frith@police.example
DTSTAMP:20260602T103000Z
DTSTART;TZID=Europe/London:20260611T100000
SEQUENCE:1
UID:rr-2026-001@partnership.example
END:VEVENT
END:VCALENDAR
"""


def answered(calendar: str, method: str = "REPLY") -> Envelope:
    """A mail whose text a calendar program wrote."""
    kind = f'Content-Type: text/calendar; charset="utf-8"; method={method}'
    mail = f"From: Col Frith <frith@police.example>\n{kind}\n\n{calendar}"
    return open_envelope(mail.replace("\n", "\r\n").encode(), WRITTEN)


def test_the_invitation_says_what_a_calendar_needs() -> None:
    calendar = Calendar.from_ical(write_invitation(INVITATION, OFFICE, WRITTEN))
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "REQUEST"
    assert (event["uid"], event["sequence"]) == ("rr-2026-001@partnership.example", 1)
    assert event.decoded("dtstart") == datetime(2026, 6, 11, 10, tzinfo=ZoneInfo("Europe/London"))
    assert event["organizer"] == "mailto:rapidreview@partnership.example"
    assert event["attendee"] == "mailto:frith@police.example"
    assert (event["attendee"].params["RSVP"], event["attendee"].params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")
    assert event["location"] == "Room 2, Civic Offices; by video"


@pytest.mark.parametrize(
    ("start", "written"),
    [("Thu 11 Jun 2026 10:00", "20260611T100000"), ("Mon 26 Oct 2026 10:00", "20261026T100000")],
)
def test_its_hour_is_londons_in_summer_and_after_the_clocks_have_gone_back(start: str, written: str) -> None:
    content = write_invitation(INVITATION.model_copy(update={"start": at(start)}), OFFICE, WRITTEN)
    assert f"DTSTART;TZID=Europe/London:{written}".encode() in content
    assert content.count(b"BEGIN:VTIMEZONE") == 1


def test_a_cancellation_has_the_same_name_and_asks_for_no_answer() -> None:
    off = INVITATION.model_copy(update={"method": "CANCEL", "sequence": 2})
    (event,) = Calendar.from_ical(write_invitation(off, OFFICE, WRITTEN)).walk("VEVENT")
    assert (event["uid"], event["sequence"], event["status"]) == (INVITATION.uid, 2, "CANCELLED")
    assert "RSVP" not in event["attendee"].params


def test_the_same_invitation_gives_the_same_bytes() -> None:
    assert write_invitation(INVITATION, OFFICE, WRITTEN) == write_invitation(INVITATION, OFFICE, WRITTEN)


def test_mail_programs_find_it_among_the_texts_and_among_the_files() -> None:
    content = write_invitation(INVITATION, OFFICE, WRITTEN)
    letter = Outgoing(
        message_id="<1@partnership.example>",
        sender=OFFICE,
        to=("frith@police.example",),
        subject="Invitation",
        text="Come.",
        html="<p>Come.</p>",
        attachments=((INVITATION.name, content),),
        date=WRITTEN,
    )
    message = email.message_from_bytes(compose(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    (texts,) = [part for part in message.walk() if part.get_content_type() == "multipart/alternative"]
    shown = list(texts.iter_parts())[-1]
    assert (shown.get_content_type(), shown["Content-Type"].params["method"]) == ("text/calendar", "REQUEST")
    assert Calendar.from_ical(shown.get_content()).to_ical() == Calendar.from_ical(content).to_ical()
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == (INVITATION.name, content)


@pytest.mark.parametrize(("calendar", "partstat"), [(OUTLOOK, "DECLINED"), (GMAIL, "ACCEPTED"), (APPLE, "TENTATIVE")])
def test_every_program_is_understood(calendar: str, partstat: str) -> None:
    assert read_reply(answered(calendar)) == CalendarReply(
        method="REPLY",
        uid=INVITATION.uid,
        sequence=1,
        attendees=("frith@police.example",),
        partstat=partstat,
    )


def test_a_counter_names_its_time() -> None:
    moved = OUTLOOK_COUNTER.replace("20260611T100000", "20260612T140000")
    reply = read_reply(answered(moved, "COUNTER"))
    assert reply is not None
    assert (reply.method, reply.partstat, reply.proposed) == ("COUNTER", "TENTATIVE", at("Fri 12 Jun 2026 14:00"))


def test_a_counter_whose_time_cannot_be_read_names_none() -> None:
    reply = read_reply(answered(OUTLOOK_COUNTER.replace("20260611T100000", "99999999T999999"), "COUNTER"))
    assert reply is not None
    assert reply.proposed is None


def test_somebody_elses_name_is_read_where_the_answer_was_passed_on() -> None:
    passed = APPLE.replace("PARTSTAT=TENTATIVE", 'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:lowe@police.example"')
    reply = read_reply(answered(passed))
    assert reply is not None
    assert (reply.partstat, reply.delegated_to) == ("DELEGATED", "lowe@police.example")


@pytest.mark.parametrize(
    "broken",
    [
        "METHOD:REPLY\n",
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
        GMAIL.replace("METHOD:REPLY", "METHOD:REQUEST"),
        GMAIL.replace("SEQUENCE:1", "SEQUENCE:one"),
        GMAIL[:300],
        "BEGIN:VCALENDAR\n" * 500,
        "\x00\xff",
    ],
)
def test_what_is_no_answer_is_none(broken: str) -> None:
    assert read_reply(answered(broken)) is None
