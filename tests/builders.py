"""A small invented partnership and its referral: days are written with their weekday, times are local."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.cases import arrivals
from mailbot.cases.arrivals import Came, ReadForm
from mailbot.cases.case import Case
from mailbot.cases.deadlines import WorkingCalendar
from mailbot.cases.decisions import Decision
from mailbot.cases.directory import Agency, Directory, Person
from mailbot.cases.events import Paper, Row
from mailbot.cases.practice import Office, Practice
from mailbot.cases.procedure import Procedure
from mailbot.cases.stages import apply
from mailbot.config import bank_holidays

LONDON = ZoneInfo("Europe/London")
CONFIG = Path(__file__).parents[1] / "config"
FLOW_CHART, H01 = "staffordshire-stoke", "h01"
PROCEDURES = {
    name: Procedure.model_validate(tomllib.loads((CONFIG / "procedures" / f"{name}.toml").read_text("utf-8")))
    for name in (FLOW_CHART, H01)
}
CALENDAR = WorkingCalendar(bank_holidays=bank_holidays())
REF = "RR-2026-001"
CHILD, MOTHER = "Wilfred Ashgrove", "Petra Ashgrove-Lund"
MANAGER = "manager@partnership.example"
PANEL = "panel@national.example"
REFERRAL_PAPER = Paper(kind="referral", name=f"Referral {CHILD}.docx", sha256="a" * 64)
NEEDED_OF_A_RETURN = {
    "author_name": "Sam Ode",
    "had_involvement": "yes",
    "involvement_summary": "Three visits in May.",
    "key_issues": "Who lived in the home was not asked.",
    "records_secured": "yes",
    "nominated_representative": "Sam Ode",
    "signed_off_by": "Kit Farrow",
}
CHRONOLOGY: tuple[Row, ...] = ({"date": "2026-05-04", "event": "Seen at home"},)


def day(text: str) -> date:
    """Mon 1 Jun 2026. The weekday must be the day's own."""
    found = datetime.strptime(text, "%a %d %b %Y").date()  # noqa: DTZ007 a date, not a moment
    if f"{found:%a}" != text[:3]:
        raise ValueError(f"{text} is a {found:%A}")
    return found


def at(text: str) -> datetime:
    """Mon 1 Jun 2026 09:12, London time, as a moment in UTC."""
    written, clock = text.rsplit(" ", 1)
    hour, minute = clock.split(":")
    when = day(written)
    return datetime(when.year, when.month, when.day, int(hour), int(minute), tzinfo=LONDON).astimezone(UTC)


def agency(id: str, **changes: Any) -> Agency:
    """An agency whose addresses follow from its id."""
    facts: dict[str, Any] = {
        "id": id,
        "name": f"Northshire {id.capitalize()}",
        "domains": (f"{id}.example",),
        "spoc": (f"spoc@{id}.example",),
        "escalate_to": (f"head@{id}.example",),
    }
    return Agency(**(facts | changes))


COUNCIL = agency("council", name="Northshire Children's Services", partner="local_authority", ask="always")
POLICE = agency("police", partner="police", ask="always")
HEALTH = agency("health", name="Northshire Integrated Care Board", aliases=("GP",), partner="health", ask="always")
SCHOOLS = agency("schools", name="Northshire Education Safeguarding", aliases=("School", "Nursery"))
HOUSING = agency("housing", name="Northshire Homes", aliases=("Housing",))
AGENCIES = (COUNCIL, POLICE, HEALTH, SCHOOLS, HOUSING)
PEOPLE = (
    Person(name="Helen Marsh", email=MANAGER, role="partnership_manager"),
    Person(name="Ana Rao", email="rao@council.example", role="partner_lead", partner="local_authority"),
    Person(name="Col Frith", email="frith@police.example", role="partner_lead", partner="police"),
    Person(name="Mira Oye", email="oye@health.example", role="partner_lead", partner="health"),
)
LEADS = ("rao@council.example", "frith@police.example", "oye@health.example")


def practice(procedure: str = FLOW_CHART, agencies: tuple[Agency, ...] = AGENCIES, **changes: Any) -> Practice:
    """How the invented partnership works. Approved letters have no minutes of grace, unless the changes say so."""
    facts: dict[str, Any] = {
        "office": Office(name="Northshire Safeguarding Partnership", address="rapidreview@partnership.example"),
        "directory": Directory(
            agencies=agencies, people=PEOPLE, office=("rapidreview@partnership.example", MANAGER), panel=PANEL
        ),
        "procedures": PROCEDURES,
        "procedure": procedure,
        "calendar": CALENDAR,
        "approvers": (MANAGER,),
        "panel": PANEL,
        "grace_minutes": 0,
    }
    return Practice(**(facts | changes))


def closed_on(*days: str) -> WorkingCalendar:
    """The office's calendar with closures."""
    return CALENDAR.model_copy(update={"closures": frozenset(day(d) for d in days)})


def came(when: str | datetime, sender: str = "duty@council.example", mail: int = 1, may_answer: bool = True) -> Came:
    """A mail that something came in."""
    received = at(when) if isinstance(when, str) else when
    return Came(
        mail=mail, message_id=f"<{mail}@sender.example>", sender=sender, received=received, may_answer=may_answer
    )


def referral_form(*named: str, **fields: str) -> ReadForm:
    """A complete referral form that names these agencies."""
    complete = {
        "referrer_name": "Jo Penrose",
        "referrer_agency": "Northshire Children's Services",
        "child_name": CHILD,
        "child_dob": "2025-11-03",
        "child_gender": "male",
        "child_ethnicity": "White British",
        "child_disability": "none",
        "child_address": "4 Mill Lane, Northshire",
        "date_of_incident": "2026-05-28",
        "incident_summary": f"{CHILD} was brought to hospital by Petra.",
        "criteria_rationale": "Abuse is suspected.",
        "immediate_safety": "Wilfred is with foster carers.",
        "cp_plan": "no",
    }
    tables: dict[str, tuple[Row, ...]] = {
        "parents_carers": ({"name": MOTHER, "relationship": "mother"},),
        "agencies_involved": tuple({"agency": name} for name in named),
    }
    kept = {name: value for name, value in (complete | fields).items() if value}
    return ReadForm(fields=kept, tables=tables, papers=(REFERRAL_PAPER,))


def refer(
    office: Practice, when: str | datetime, *named: str, sender: str = "council", **fields: str
) -> tuple[Case, Decision]:
    """A referral from an agency, and the case that it opens."""
    arrived = came(when, f"duty@{sender}.example")
    form = referral_form(*named, **fields)
    decision = arrivals.on_referral(REF, arrived, form, sender, office, arrived.received)
    return after(Case(), decision), decision


def after(case: Case, decision: Decision) -> Case:
    """The case after a decision."""
    for event in decision.events:
        case = apply(case, event)
    return case


def return_form(**fields: str) -> ReadForm:
    """A scoping return that lacks nothing."""
    kept = {name: value for name, value in (NEEDED_OF_A_RETURN | fields).items() if value}
    return ReadForm(fields=kept, papers=(Paper(kind="return", name="return.docx", sha256="b" * 64),))
