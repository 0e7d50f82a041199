"""What the agencies told, in the template: each return in short, the key events, what was written of the child."""

from __future__ import annotations

import re
from datetime import datetime

from mailbot.cases.case import Case, Request
from mailbot.cases.chronology import Entry, combined
from mailbot.cases.pack import STATUS_WORDS, Standing, standings
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.rapid_review.came_from import COUNTED, CameFrom
from mailbot.cases.rapid_review.identifiers import NOT_SAID, said
from mailbot.cases.rapid_review.known import Draft, Known
from mailbot.cases.wording import count, say_iso_date, say_list, sentence_case

KEY_EVENTS = 60
"""How many entries of the chronology a form can hold: the latest. The partnership holds them all."""
FEW = 5
"""How many agencies a sentence can name."""
PARTS = {
    "summary": ("involvement_summary", "involvement", 300),
    "key_issues": ("key_issues", "key issues", 150),
    "good_practice": ("good_practice", "good practice", 150),
    "analysis": ("analysis_of_practice", "their analysis of practice", 150),
    "learning": ("learning_identified", "their learning", 150),
}
"""What stands under each agency: the field of its return, what the line is called, and the most words of it.

The Panel faults Rapid Reviews that describe at length instead of analysing; the returns themselves are in the pack.
"""
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|\n")


def involvement(
    case: Case, practice: Practice, now: datetime, hide: Pseudonyms, came_from: CameFrom
) -> dict[str, Draft]:
    """The facts of the sections What the agencies told us and Key events, and what agencies wrote elsewhere."""
    where = standings(case, practice, now)
    return {
        "silent": Known(text=_silent(case, where), line="Who answered", source=COUNTED if where else ""),
        "agencies": [_agency(case.requests[standing.agency], standing, hide, came_from) for standing in where],
        **_key_events(case, practice, now, hide, came_from),
        "voices": _by_agency(case, "child_voice", hide, came_from),
        "context": _by_agency(case, "context_inequalities", hide, came_from),
        "agency_actions": _by_agency(case, "immediate_actions", hide, came_from),
    }


def shortened(text: str, words: int) -> str:
    """The text as it is, or its first sentences up to that many words, with how much is left out."""
    found = list(re.finditer(r"\S+", text))
    if len(found) <= words:
        return text
    longest = text[: found[words - 1].end()]
    ends = [end.end() for end in _SENTENCE_END.finditer(text) if end.end() <= len(longest) + 1]
    kept = text[: ends[-1]].rstrip() if ends else f"{longest} …"
    left = len(found) - len(kept.replace("…", "").split())
    return f"{kept} [{count(left, 'more word')} in the return, which the partnership holds.]"


def _silent(case: Case, where: tuple[Standing, ...]) -> str:
    """How many were asked, and who had nothing to tell or has not answered: by name where they are few."""
    if not where:
        return ""
    unasked = {standing.agency for standing in where if standing.status == STATUS_WORDS["to_send"]}
    asked = [r for r in case.requests.values() if r.agency not in unasked]
    answered = [r.name for r in asked if r.completeness in ("full", "part")]
    nil = [r.name for r in asked if r.completeness == "nil"]
    silent = [r.name for r in asked if r.completeness is None and not r.no_return]
    without = [r.name for r in asked if r.completeness is None and r.no_return]
    parts = []
    if asked:
        parts.append(f"{count(len(asked), 'agency was', 'agencies were')} asked")
    if answered:
        parts.append(f"{len(answered)} sent a return")
    if nil:
        parts.append(f"{_named(nil)} had no involvement")
    if without:
        parts.append(f"{_named(without)} will make none")
    if silent:
        parts.append(f"no return has come from {_named(silent)}")
    if unasked:
        parts.append(f"{count(len(unasked), 'agency is', 'agencies are')} still to be asked")
    return f"{'; '.join(parts)}."


def _named(agencies: list[str]) -> str:
    """The agencies by name, or how many where their names would fill a page; each has a heading of its own below."""
    return say_list(agencies) if len(agencies) <= FEW else f"{len(agencies)} agencies, each named below"


def _agency(request: Request, standing: Standing, hide: Pseudonyms, came_from: CameFrom) -> dict[str, Draft]:
    told = ", ".join(part for part in (standing.status, standing.detail) if part)
    status = sentence_case(f"{hide(told).rstrip('.')}.")
    period = _period(request)
    facts: dict[str, Draft] = {
        "name": standing.name,
        "status": Known(
            text=f"{status} Period of involvement: {period}." if period else status,
            line=f"{standing.name}: reply",
            source=COUNTED,
        ),
    }
    for name, (field, line, words) in PARTS.items():
        text = shortened(hide(said(request.fields.get(field, ""))), words)
        source = came_from.returned(request.agency, field)
        facts[name] = Known(text=text, line=f"{standing.name}: {line}", source=source)
    return facts


def _period(request: Request) -> str:
    first = say_iso_date(said(request.fields.get("involvement_from", "")))
    last = say_iso_date(said(request.fields.get("involvement_to", "")))
    return f"{first} to {last}" if first and last else first or last


def _key_events(
    case: Case, practice: Practice, now: datetime, hide: Pseudonyms, came_from: CameFrom
) -> dict[str, Draft]:
    """The combined chronology's entries, the latest where there are too many for a form."""
    entries = [entry for entry in combined(case, practice, now).entries if entry.told.event]
    left = len(entries) - KEY_EVENTS
    note = (
        f"The latest {KEY_EVENTS} entries of the combined chronology, which the partnership holds; "
        f"{count(left, 'earlier entry is', 'earlier entries are')} not shown here."
    )
    return {
        "key_events_note": note if left > 0 else "",
        "key_events": [_event(entry, hide, came_from) for entry in entries[-KEY_EVENTS:]],
    }


def _event(entry: Entry, hide: Pseudonyms, came_from: CameFrom) -> dict[str, Draft]:
    placed = f"about {entry.when.placed}" if entry.when.uncertain and entry.when.placed else entry.when.placed
    when = placed or entry.when.written or "not dated"
    names = list(dict.fromkeys(telling.unit or telling.name for telling in entry.tellings))
    sources = dict.fromkeys(came_from.chronology(telling.agency, telling.name) for telling in entry.tellings)
    return {
        "date": hide(when),
        "agency": say_list(names),
        "event": Known(text=hide(entry.told.event), line=hide(when), source=say_list(list(sources))),
    }


def _by_agency(case: Case, field: str, hide: Pseudonyms, came_from: CameFrom) -> list[Draft]:
    return [
        {
            "agency": request.name,
            "text": Known(
                text=shortened(hide(request.fields[field]), 150),
                line=request.name,
                source=came_from.returned(request.agency, field),
            ),
        }
        for request in case.requests.values()
        if request.fields.get(field) and request.fields[field] not in NOT_SAID
    ]
