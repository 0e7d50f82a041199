"""What the meeting found and decided, in the template: attendance, actions, criteria, decision, sign-off."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailbot.cases.case import Case
from mailbot.cases.directory import PARTNER_NAMES, PARTNERS
from mailbot.cases.events import Outcome, Row
from mailbot.cases.practice import Practice
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.rapid_review.came_from import CameFrom
from mailbot.cases.rapid_review.identifiers import said, written
from mailbot.cases.rapid_review.known import Draft, Known
from mailbot.cases.wording import field_name, say_iso_date, sentence_case

DECISIONS: dict[Outcome, str] = {
    "local_review": "local review",
    "national_review": "national review recommended",
    "alternative_learning": "alternative learning",
    "none": "no further review",
}
"""The choices of the template's drop-down."""
ONLY_PEOPLE = (
    *("analysis", "child_voice", "context_inequalities", "learning_shared", "improvement_potential"),
    *("criteria_rationale", "dissent", "lcspr_plan", "family_informed"),
)
"""What the record never holds before people have written it."""

NOT_ENDORSED = "Not asked for under this procedure"
"""What stands for the day of the endorsement where the procedure has none."""


def meeting(case: Case, practice: Practice, hide: Pseudonyms, came_from: CameFrom) -> dict[str, Draft]:
    """The facts of the sections Who took part, Immediate action and learning, Criteria, Decision and Sign-off."""

    def answer(field: str, text: str, source: str) -> Known:
        return written(case, field, hide, came_from) or Known(
            text=hide(text), line=sentence_case(field_name(field)), source=source
        )

    referral = case.referral
    return {
        "attendance": _attendance(case, came_from),
        "quorum": Known(text=_quorum(case), line="Quorum", source=came_from.recorded("attendance", "")),
        "immediate_actions": _actions(case, hide, came_from),
        "immediate_learning": answer(
            "immediate_learning", "\n".join(case.learning_points), _learning(case, came_from)
        ),
        "referral_criteria": Known(
            text=hide(said(referral.get("criteria_rationale", ""))),
            line="What the referral said",
            source=came_from.referral("criteria_rationale"),
        ),
        "criteria": _criteria(case, practice, hide, came_from),
        "decision": answer(
            "decision", DECISIONS[case.outcome] if case.outcome else "", came_from.recorded("outcome")
        ),
        "decision_reason": answer("decision_reason", case.outcome_reason, came_from.recorded("outcome")),
        "endorsed_on": answer("endorsed_on", *_endorsed(case, practice, came_from)),
        "parallel_processes": answer(
            "parallel_processes",
            said(referral.get("parallel_processes", "")),
            came_from.referral("parallel_processes"),
        ),
        "media_interest": answer("media_interest", *_media(case, came_from)),
        **{field: answer(field, "", "") for field in ONLY_PEOPLE},
        "sign_off": _sign_off(case, came_from),
    }


def _endorsed(case: Case, practice: Practice, came_from: CameFrom) -> tuple[str, str]:
    """The day of the endorsement; where the procedure asks for none, that."""
    if case.endorsed_on:
        return say_iso_date(case.endorsed_on.isoformat()), came_from.recorded("endorsed")
    procedure = practice.procedure_of(case)
    return ("", "") if procedure.chair_endorses else (NOT_ENDORSED, procedure.name)


def _quorum(case: Case) -> str:
    if not case.attendance:
        return "Attendance is not recorded."
    if case.quorate:
        return "Quorate: the local authority, police and health were each represented."
    return "Not quorate: the local authority, police and health were not all represented."


def _attendance(case: Case, came_from: CameFrom) -> list[Draft]:
    source = came_from.recorded("attendance")
    rows: list[dict[str, Draft]] = [
        {
            "name": Known(text=person.name, line=person.name, source=source),
            "role": person.role.replace("_", " "),
            "partner": PARTNER_NAMES[person.partner] if person.partner else "not a safeguarding partner",
        }
        for person in case.attendance
    ]
    return _table(case, "attendance", ("name", "role", "partner"), rows, came_from)


def _actions(case: Case, hide: Pseudonyms, came_from: CameFrom) -> list[Draft]:
    rows: list[dict[str, Draft]] = [
        {
            "action": Known(text=hide(a.text), line=f"Action {n}", source=came_from.recorded(f"action/{n}")),
            "owner": hide(a.owner),
            "due": say_iso_date(a.due.isoformat()) if a.due else "",
            "done": "yes" if a.done_at else "",
        }
        for n, a in enumerate(case.actions, 1)
    ]
    return _table(case, "immediate_actions", ("action", "owner", "due", "done"), rows, came_from, hide)


def _table(
    case: Case,
    table: str,
    columns: Sequence[str],
    rows: Sequence[dict[str, Draft]],
    came_from: CameFrom,
    hide: Callable[[str], str] = str,
) -> list[Draft]:
    """What people wrote in the table, else the record's rows, else an empty one to write in."""
    own = case.written_tables.get(table, ())
    line, source = sentence_case(field_name(table)), came_from.written(table)
    filled = [_row(row, columns, f"{line} {number}", source, hide) for number, row in enumerate(own, 1)]
    return [*(filled or rows)] or [dict.fromkeys(columns, "")]


def _row(row: Row, columns: Sequence[str], line: str, source: str, hide: Callable[[str], str]) -> dict[str, Draft]:
    """A row as people wrote it; its first cell says in the annex that they did."""
    first, *rest = columns
    told: dict[str, Draft] = {first: Known(text=hide(row.get(first, "")), line=line, source=source)}
    return told | {name: say_iso_date(hide(row.get(name, ""))) for name in rest}


def _learning(case: Case, came_from: CameFrom) -> str:
    sources = [came_from.recorded(f"learning_point/{n}") for n in range(1, len(case.learning_points) + 1)]
    return "; ".join(dict.fromkeys(sources))


def _criteria(case: Case, practice: Practice, hide: Pseudonyms, came_from: CameFrom) -> list[Draft]:
    """Each criterion of the procedure, whether the meeting found it met, and why; empty where it did not say."""
    own = {row.get("criterion", ""): row for row in case.written_tables.get("criteria", ())}
    told: list[Draft] = []
    for criterion in practice.procedure_of(case).criterion:
        found = case.criteria.get(criterion.id)
        met, reason, source = "", "", ""
        if row := own.get(criterion.text):
            met, reason, source = row.get("met", ""), row.get("reason", ""), came_from.written("criteria")
        elif found:
            met, reason = "yes" if found.met else "no", found.reason
            source = came_from.recorded(f"criterion/{criterion.id}")
        told.append(
            {
                "criterion": criterion.text,
                "met": Known(text=met, line=criterion.text, source=source),
                "reason": hide(reason),
            }
        )
    return told


def _media(case: Case, came_from: CameFrom) -> tuple[str, str]:
    """What the referral, or else the notification, says of the media."""
    if told := said(case.referral.get("media_interest", "")):
        return sentence_case(told), came_from.referral("media_interest")
    return sentence_case(said(case.notification.get("media_interest", ""))), came_from.notification("media_interest")


def _sign_off(case: Case, came_from: CameFrom) -> list[Draft]:
    """A row for each partner: who signed by the record, else whom people wrote there, else nobody yet."""
    own = {row.get("partner", ""): row for row in case.written_tables.get("sign_off", ())}
    told: list[Draft] = []
    for partner in PARTNERS:
        named = sentence_case(PARTNER_NAMES[partner])
        signed = [person for person in case.signed_off if person.partner == partner]
        for person in signed:
            source = came_from.recorded(f"signed_off/{person.email}")
            on = say_iso_date(person.on.isoformat()) if person.on else ""
            told.append(_signature(person.name, person.role.replace("_", " "), named, on, source))
        if not signed:
            row = own.get(named, {})
            on, source = say_iso_date(row.get("date", "")), came_from.written("sign_off")
            told.append(_signature(row.get("name", ""), row.get("role", ""), named, on, source))
    return told


def _signature(name: str, role: str, partner: str, on: str, source: str) -> dict[str, Draft]:
    return {"name": Known(text=name, line=partner, source=source), "role": role, "partner": partner, "date": on}
