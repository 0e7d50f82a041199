"""What agencies are asked, given or said to have answered, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.deadlines import return_due
from mailbot.cases.decisions import Decision
from mailbot.cases.events import Asked, ExtensionGranted, ExtensionRefused, LetterKind, ScopingReturned
from mailbot.cases.letters.answers import extension
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, day_of, far_ahead, only
from mailbot.cases.rounds import no_longer_needed
from mailbot.cases.scoping import scoping_round
from mailbot.cases.stages import apply
from mailbot.cases.wording import say_day, say_list, say_moment
from mailbot.errors import NotAllowedNow, UsageProblem


def _extension(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    if len(said.values) != 2:
        raise UsageProblem("extension needs an agency and a day: extension AGENCY YYYY-MM-DD.")
    agency, until = said.values[0], day_of(said.values[1:])
    if agency not in case.requests:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    if practice.calendar.close_of(until) < now:
        raise UsageProblem(f"{say_day(until)} is past: an extension needs a day to come.")
    request = case.requests[agency]
    due = return_due(request, practice.procedure_of(case), practice.calendar)
    if due is not None and until < practice.calendar.day_of(due):
        raise UsageProblem(
            f"{request.name} has until {say_day(practice.calendar.day_of(due))} already, which is later than "
            f"{say_day(until)}. Give a later day, or ask for an earlier return by telephone."
        )
    because = (said.why or f"extended until {say_day(until)}") + far_ahead(until, said, practice, now)
    if case.meeting_at is not None and until >= practice.calendar.day_of(case.meeting_at):
        because += f"; the Rapid Review meeting is at {say_moment(case.meeting_at, practice.zone)}, not after it"
    granted = ExtensionGranted(at=said.at, by=said.by, because=because, agency=agency, until=until)
    kinds: tuple[LetterKind, ...] = ("reminder", "chase", "escalation")
    stop = no_longer_needed(case, agency, kinds, now, because, f"extension-{until}")
    after = apply(case, granted)
    told = extension(after, after.requests[agency], True, "", f"{until}/{case.version}", practice, now)
    return Decision(events=(granted,), because=(because,)).and_then(stop).and_then(told)


def _extension_refused(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """The date stays, and the agency hears so, with the reason where one is given."""
    agency = only(said, "an agency")
    request = case.requests.get(agency)
    if request is None:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    if request.extended_to is not None and request.extension_asked_at is None:
        raise NotAllowedNow(
            f"{request.name} was told that it has until {say_day(request.extended_to)}. To change that, record a new "
            f"day: mailbot record {case.ref} extension {agency} YYYY-MM-DD"
        )
    because = said.why or f"{request.name} was not given more time"
    refused = ExtensionRefused(at=said.at, by=said.by, because=because, agency=agency)
    told = extension(case, request, False, said.why, f"refused/{case.version}", practice, now)
    return Decision(events=(refused,), because=(because,)).and_then(told)


def _nil(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    agency = only(said, "an agency")
    if agency not in case.requests:
        raise UsageProblem(f"{agency} was not asked in {case.ref}. Asked were: {', '.join(case.requests)}.")
    request = case.requests[agency]
    if request.completeness in ("full", "part") and not said.why:
        raise UsageProblem(
            f"{request.name} has sent a return, which is kept. Say with --why how it is a nil return all the same."
        )
    because = said.why or f"{request.name} made a nil return, told to the office"
    fields = request.fields | {"had_involvement": "no"}
    returned = ScopingReturned(
        at=said.at, by=said.by, because=because, agency=agency, completeness="nil", fields=fields
    )
    kinds: tuple[LetterKind, ...] = ("scoping", "reminder", "chase", "escalation")
    stop = no_longer_needed(case, agency, kinds, now, because, f"nil-{case.version}")
    return Decision(events=(returned,), because=(because,)).and_then(stop)


def _scoping(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """A further round: agencies that a return or a partner named, or a round drafted again after a rejection."""
    asked = []
    for agency_id in said.values:
        agency = practice.directory.agency(agency_id)
        if agency is None:
            known = ", ".join(a.id for a in practice.directory.agencies)
            raise UsageProblem(f"{agency_id} is no agency of config/agencies.toml. These are: {known}.")
        if not agency.spoc:
            raise UsageProblem(f"{agency.name} has no address. Write its spoc in config/agencies.toml first.")
        asked.append(Asked(agency=agency.id, name=agency.name, because=said.why or "a partner asked for your agency"))
    twice = [a.name for a in asked if _asked_already(case, a.agency)]
    if twice:
        raise UsageProblem(f"{say_list(twice)} {'was' if len(twice) == 1 else 'were'} asked already. Leave them out.")
    if not asked:
        raise UsageProblem("scoping needs the agencies to ask: scoping AGENCY...")
    return scoping_round(case, tuple(asked), now, practice, said.why or f"{said.by} asked for it")


def _asked_already(case: Case, agency: str) -> bool:
    """Whether a scoping letter waits for the agency or has reached it."""
    request = case.requests.get(agency)
    return request is not None and bool(request.round) and not request.undeliverable


FACTS: dict[str, Reader] = {
    "scoping": _scoping,
    "extension": _extension,
    "extension-refused": _extension_refused,
    "nil": _nil,
}
