"""The meeting as calendars know it (iCalendar, RFC 5545 to 5547): our invitation written, their answer read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from mailbot.cases.decisions import Invitation
from mailbot.cases.values import Value
from mailbot.mail.addresses import Address
from mailbot.mail.envelope import Envelope

LONDON = "Europe/London"
LONGEST = 200_000
"""Bytes of a calendar file that is still somebody's answer."""
_LONDON_RULES = f"""BEGIN:VTIMEZONE
TZID:{LONDON}
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
"""
"""England's time by its rules: Outlook does not follow a list of single changes."""


class CalendarReply(Value):
    """What a calendar answered: `partstat` in upper case, empty where there is none; `proposed`, another time."""

    method: Literal["REPLY", "COUNTER"]
    uid: str
    sequence: int | None
    attendees: tuple[str, ...]
    partstat: str
    delegated_to: str = ""
    proposed: AwareDatetime | None = None


def write_invitation(invitation: Invitation, organizer: Address, written: datetime) -> bytes:
    """The invitation or cancellation as a file. The same one, written at the same moment, gives the same bytes."""
    from icalendar import Calendar, Event, Timezone, vCalAddress, vText

    zone, event, calendar = ZoneInfo(LONDON), Event(), Calendar()
    start = invitation.start.astimezone(zone)
    end = (invitation.start + timedelta(minutes=invitation.minutes)).astimezone(zone)
    calendar.add("prodid", "-//mailbot//Rapid Review//EN")
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    host = vCalAddress(f"mailto:{organizer.email}")
    host.params["CN"] = vText(organizer.name)
    guest = vCalAddress(f"mailto:{invitation.attendee}")
    guest.params["CN"] = vText(invitation.attendee_name)
    guest.params["CUTYPE"] = vText("INDIVIDUAL")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    if invitation.method == "REQUEST":
        guest.params["RSVP"] = vText("TRUE")
    for name, value in (
        ("uid", invitation.uid),
        ("sequence", invitation.sequence),
        ("dtstamp", written.astimezone(UTC)),
        ("dtstart", start),
        ("dtend", end),
        ("summary", invitation.summary),
        ("description", invitation.description),
        *([("location", invitation.where)] if invitation.where else []),
        ("organizer", host),
        ("attendee", guest),
        ("status", "CANCELLED" if invitation.method == "CANCEL" else "CONFIRMED"),
        ("transp", "OPAQUE"),
        # Whoever may look into the attendee's calendar sees that they are busy, and not with what.
        ("class", "PRIVATE"),
    ):
        event.add(name, value)
    calendar.add_component(Timezone.from_ical(_LONDON_RULES))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def read_reply(envelope: Envelope) -> CalendarReply | None:
    """The answer to an invitation that a mail brings; none where it brings none, or none that can be read."""
    for file in envelope.attachments:
        if file.content_type == "text/calendar" or file.name.casefold().endswith(".ics"):
            found = _read(file.content[:LONGEST])
            if found is not None:
                return found
    return None


def _read(content: bytes) -> CalendarReply | None:
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(content.decode("utf-8", "replace"))
        method = str(calendar.get("method", "")).upper()
        events = calendar.walk("VEVENT")
        if method not in ("REPLY", "COUNTER") or not events:
            return None
        return _reply("REPLY" if method == "REPLY" else "COUNTER", events[0])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        # What icalendar raises on a file that is none, or is broken: a person reads the mail.
        return None


def _reply(method: Literal["REPLY", "COUNTER"], event: Any) -> CalendarReply:
    several = event.get("attendee", [])
    attendees = several if isinstance(several, list) else [several]
    first = attendees[0].params if attendees else {}
    sequence = event.get("sequence")
    return CalendarReply(
        method=method,
        uid=str(event.get("uid", "")),
        sequence=int(sequence) if sequence is not None else None,
        attendees=tuple(_address(str(attendee)) for attendee in attendees),
        partstat=str(first.get("PARTSTAT", "")).upper(),
        delegated_to=_address(str(first.get("DELEGATED-TO", ""))),
        proposed=_moment(event.decoded("dtstart", None)) if method == "COUNTER" else None,
    )


def _address(text: str) -> str:
    return text.strip('"').casefold().removeprefix("mailto:")


def _moment(start: object) -> datetime | None:
    """A day without an hour, or an hour in no known zone, is no time that could be taken up as it stands."""
    if isinstance(start, datetime) and start.tzinfo is not None:
        return start.astimezone(UTC)
    return None
