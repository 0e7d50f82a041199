"""How a case opens: referrals, information, the notification, and when the clocks began."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from mailbot.cases.case import Case, Child, Referrer
from mailbot.cases.events import (
    BecameAware,
    ChildDescribed,
    FamilyMemberNamed,
    IncidentReported,
    IntentionTold,
    LocalAuthorityNamed,
    NotificationReceived,
    PanelNotified,
    ReferralJoined,
    ReferralReceived,
    Row,
)
from mailbot.cases.fold.changes import Changers, Changes
from mailbot.cases.wording import initials


def children_of(fields: Mapping[str, str], tables: Mapping[str, Sequence[Row]]) -> tuple[Child, ...]:
    """Every subject child that a referral names: the one of its own fields first, then the rest of its table."""
    rows = tables.get("children", ())
    listed = [
        Child(
            name=row.get("name", ""),
            initials=initials(row.get("name", "")),
            dob=row.get("date_of_birth", ""),
            gender=row.get("gender", ""),
            ethnicity=row.get("ethnicity", ""),
            disability=row.get("disability", ""),
        )
        for row in rows
        if row.get("name")
    ]
    own = Child(
        name=fields.get("child_name", ""),
        initials=initials(fields.get("child_name", "")),
        dob=fields.get("child_dob", ""),
        gender=fields.get("child_gender", ""),
        ethnicity=fields.get("child_ethnicity", ""),
        disability=fields.get("child_disability", ""),
    )
    if not own.name:
        return tuple(listed) or (own,)
    return own, *(child for child in listed if child.name.casefold() != own.name.casefold())


def _referrer(event: ReferralReceived | ReferralJoined | IncidentReported) -> Referrer:
    return Referrer(address=event.referrer, agency=event.referrer_agency, message_id=event.message_id)


def _opened(case: Case, event: ReferralReceived) -> Changes:
    children = children_of(event.fields, event.tables)
    return {
        "ref": event.ref,
        "procedure": event.procedure,
        "from_la": event.from_la,
        "la": event.referrer_agency if event.from_la else None,
        "serious_harm": True if event.from_la else None,
        "referrer": event.referrer,
        "referrer_agency": event.referrer_agency,
        "referral_message_id": event.message_id,
        "referrers": (_referrer(event),),
        "child": children[0],
        "children": children,
        "referral": event.fields,
        "referral_tables": event.tables,
        "referral_missing": event.missing,
        "papers": event.papers,
        "received_at": event.at,
        "reported_at": event.at,
        "jcr_at": event.at if event.from_la else None,
    }


def _reported(case: Case, event: IncidentReported) -> Changes:
    children = children_of(event.fields, {})
    return {
        "ref": event.ref,
        "procedure": event.procedure,
        "from_la": event.from_la,
        "la": event.referrer_agency if event.from_la else None,
        "serious_harm": True if event.from_la else None,
        "referrer": event.referrer,
        "referrer_agency": event.referrer_agency,
        "referral_message_id": event.message_id,
        "referrers": (_referrer(event),),
        "child": children[0],
        "children": children,
        "referral": event.fields,
        "papers": event.papers,
        "reported_at": event.at,
        "intention_at": event.at if event.from_la else None,
    }


def _joined(case: Case, event: ReferralJoined) -> Changes:
    """What the case knew stays; what it did not know is filled in. Rows of a table are those of both."""
    fields = event.fields | {name: value for name, value in case.referral.items() if value}
    names = {*case.referral_tables, *event.tables}
    tables = {name: _rows(case.referral_tables.get(name, ()), event.tables.get(name, ())) for name in names}
    before = {child.name.casefold() for child in case.children if child.name}
    more = tuple(c for c in children_of(event.fields, event.tables) if c.name and c.name.casefold() not in before)
    children = tuple(c for c in case.children if c.name) + more or case.children
    first = children[0] if children else case.child
    same = next(
        (c for c in children_of(event.fields, event.tables) if c.name.casefold() == first.name.casefold()), None
    )
    child = _filled(first, same) if same else first
    known = completed((child, *children[1:]), case.notification_children)
    return {
        "referral": fields,
        "referral_tables": tables,
        "referral_missing": tuple(m for m in (case.referral_missing or event.missing) if m in event.missing),
        "papers": case.papers + tuple(p for p in event.papers if p not in case.papers),
        "referrers": _with_referrer(case, _referrer(event)),
        "child": known[0],
        "children": known,
        "received_at": event.at if event.opens_scoping or case.received_at is None else case.received_at,
        "jcr_at": event.at if event.from_la and case.jcr_at is None else case.jcr_at,
        "la": case.la or (event.referrer_agency if event.from_la else None),
    }


def _with_referrer(case: Case, referrer: Referrer) -> tuple[Referrer, ...]:
    """Whoever sends a second form is told the outcome once."""
    known = any(other.address.casefold() == referrer.address.casefold() for other in case.referrers)
    return case.referrers if known or not referrer.address else (*case.referrers, referrer)


def _rows(before: Sequence[Row], more: Sequence[Row]) -> tuple[Row, ...]:
    return (*before, *(row for row in more if row not in before))


def _filled(child: Child, other: Child) -> Child:
    told = other.model_dump()
    return child.model_copy(
        update={name: value for name, value in told.items() if value and not getattr(child, name)}
    )


def _notification(case: Case, event: NotificationReceived) -> Changes:
    rows = event.tables.get("children", ()) or case.notification_children
    children = completed(case.children or (case.child,), rows)
    return {
        "notification": event.fields,
        "notification_children": rows,
        "child": children[0],
        "children": children,
        "papers": case.papers + event.papers,
    }


def completed(children: Sequence[Child], rows: Sequence[Row]) -> tuple[Child, ...]:
    """The children with what the notification tells of each and the referral did not; nothing is overwritten.

    A row is a child's by the name or, where names are written differently, by a date of birth that no other has. The
    only row is that of the only child, unless it says another day.
    """
    return tuple(
        _filled(child, _notified(row)) if (row := _row_of(child, children, rows)) else child for child in children
    )


def _row_of(child: Child, children: Sequence[Child], rows: Sequence[Row]) -> Row:
    """The notification's row about this child; empty where none surely is."""
    named = [row for row in rows if child.name and _folded(row.get("name", "")) == _folded(child.name)]
    if len(named) == 1:
        return named[0]
    born = [row for row in rows if child.dob and row.get("date_of_birth") == child.dob]
    if len(born) == 1 and sum(other.dob == child.dob for other in children) == 1:
        return born[0]
    other_day = bool(rows) and child.dob and rows[0].get("date_of_birth", child.dob) != child.dob
    return rows[0] if len(rows) == len(children) == 1 and not other_day else {}


def _folded(name: str) -> str:
    """A name without accents, capitals and marks between its words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"\W+", " ", plain).strip().casefold()


def _notified(row: Row) -> Child:
    """What a row tells; its name is left out, since the referral's stays as it is."""
    return Child(
        dob=row.get("date_of_birth", ""),
        gender=row.get("gender", ""),
        ethnicity=row.get("ethnicity", ""),
        disability=row.get("disability", ""),
    )


def _named(case: Case, event: LocalAuthorityNamed) -> Changes:
    """Another one than was asked has not been asked yet, and was given no time."""
    changes: Changes = {"la": event.agency}
    if case.la not in (None, event.agency):
        changes |= {"la_asked_at": None, "la_more_time": False, "la_more_time_until": None}
    return changes


def _described(case: Case, event: ChildDescribed) -> Changes:
    """A person's word takes the place of what was known; the first child is also the case's own."""
    children = case.children or (case.child,)
    told = {str(name): value for name, value in event.facts.items()}
    changed = tuple(
        child.model_copy(update=told) if number == event.number else child for number, child in enumerate(children, 1)
    )
    return {"child": changed[0], "children": changed}


def _family(case: Case, event: FamilyMemberNamed) -> Changes:
    rows = case.referral_tables.get("siblings_household", ())
    return {"referral_tables": case.referral_tables | {"siblings_household": (*rows, event.member)}}


CHANGES: Changers = {
    ReferralReceived: _opened,
    IncidentReported: _reported,
    ReferralJoined: _joined,
    NotificationReceived: _notification,
    BecameAware: lambda _, event: {"aware_at": event.moment},
    PanelNotified: lambda _, event: {"notified_at": event.moment},
    IntentionTold: lambda _, event: {"intention_at": event.at},
    LocalAuthorityNamed: _named,
    ChildDescribed: _described,
    FamilyMemberNamed: _family,
}
