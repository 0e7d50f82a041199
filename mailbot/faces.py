"""What programs get to see: the JSON documents of the commands, as docs/design.md fixes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mailbot.cases.attending import meeting_uid
from mailbot.cases.case import Case
from mailbot.cases.coming import expected, lacking
from mailbot.cases.deadlines import derivation, earliest, first_return_due, obligations, request_status, return_due
from mailbot.cases.forecast import Planned, agenda
from mailbot.cases.glance import Glance
from mailbot.cases.practice import Practice
from mailbot.forms.form import Form
from mailbot.intake.opening import Opened
from mailbot.intake.unlocking import brings_a_password
from mailbot.mail.envelope import open_envelope
from mailbot.mail.invitation import read_reply
from mailbot.store.mailbag import StoredMail
from mailbot.store.outbox import Letter

Json = dict[str, Any]


def case_face(case: Case, practice: Practice, now: datetime) -> Json:
    """`show --json`."""
    return {
        "ref": case.ref,
        "stage": case.stage,
        "procedure": case.procedure,
        "child": {
            "initials": case.child.initials,
            "dob": case.child.dob,
            "gender": case.child.gender,
            "ethnicity": case.child.ethnicity,
        },
        "received": _time(case.received_at),
        "clocks": clocks_face(case, practice, now),
        "requests": requests_face(case, practice, now),
        "rounds": [
            {"id": r.id, "state": r.state, "waiting": list(r.waiting), "answered_by": r.answered_by, "why": r.why}
            for r in case.rounds.values()
        ],
        "meeting": {
            "start": _time(case.meeting_at),
            "uid": meeting_uid(case, practice) if case.meeting_at else None,
            "sequence": case.meeting_sequence,
            "proposed": [d.isoformat() for d in case.meeting_days],
            "attendance": _attendance(case, practice),
            "quorate": case.quorate,
            "lacking": list(lacking(case, practice)),
        },
        "outcome": case.outcome,
        "endorsed": case.endorsed_on.isoformat() if case.endorsed_on else None,
        "submitted": _time(case.submitted_at),
        "papers": [
            *(p.model_dump() for p in case.papers),
            *(p.model_dump() for r in case.requests.values() for p in r.papers),
            *(p.model_dump() for p in (case.pack, case.submission) if p),
        ],
    }


def _attendance(case: Case, practice: Practice) -> list[Json]:
    """Who was there, once that is recorded; until then who is invited, with what each answered."""
    if case.attendance:
        answers = case.invitation_answers
        return [
            {"who": p.email, "role": p.partner or p.role, "partstat": answers.get(p.email.casefold())}
            for p in case.attendance
        ]
    return [{"who": who, "role": role, "partstat": answer} for who, role, answer in expected(case, practice)]


def glance_face(line: Glance) -> Json:
    """What `cases --json` tells of a case beside `case_face`."""
    return {
        "stage_name": line.stage,
        "next": {"what": line.next, "due": _time(line.due)} if line.next else None,
        "waits_for": list(line.waits_for),
        "asked": line.asked,
        "returned": line.returned,
        "late": list(line.late),
    }


def clocks_face(case: Case, practice: Practice, now: datetime) -> list[Json]:
    """Every clock with its due time and its sentence; `binding` is the one that is due first."""
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    first = earliest(clocks)
    return [
        {
            "id": clock.id,
            "what": clock.what,
            "days": clock.days,
            "from": clock.started_by,
            "started": _time(clock.started),
            "due": _time(clock.due),
            "met": _time(clock.met),
            "overdue": clock.overdue(now),
            "binding": clock is first,
            "running": clock.running,
            "binds": clock.binds,
            "given": clock.given or None,
            "provisional": clock.provisional or None,
            "source": f"“{clock.source}” ({clock.document})",
        }
        for clock in clocks
    ]


def requests_face(case: Case, practice: Practice, now: datetime) -> list[Json]:
    """Every agency asked, and where it stands."""
    procedure, calendar = practice.procedure_of(case), practice.calendar
    return [
        {
            "agency": r.agency,
            "name": r.name,
            "status": request_status(r, now, procedure, calendar),
            "due": _time(return_due(r, procedure, calendar)),
            "first_due": _time(first_return_due(r, procedure, calendar)),
            "extension_asked": _time(r.extension_asked_at),
            "extension": "granted" if r.extended_to else "refused" if r.extension_refused else None,
            "sent": _time(r.sent_at),
            "chased": list(r.steps),
            "returned": _time(r.returned_at),
            "missing": list(r.missing),
            "chronology_rows": len(r.rows),
        }
        for r in case.requests.values()
    ]


def plan_face(case: Case, planned: tuple[Planned, ...], practice: Practice, now: datetime, why: bool = False) -> Json:
    """`plan --json`; with `why` each clock has the days that were counted or skipped."""
    clocks = clocks_face(case, practice, now)
    if why:
        counted = derivations_face(case, practice)
        clocks = [clock | {"counted": counted[clock["id"]]} for clock in clocks]
    return {
        "ref": case.ref,
        "clocks": clocks,
        "planned": [_planned_face(p) for p in planned],
        "calendar": [
            {
                "day": day.day.isoformat(),
                "due": [{"when": _time(d.when), "what": d.what, "binding": d.first} for d in day.due],
                "planned": [_planned_face(p) for p in day.planned],
            }
            for day in agenda(case, planned, practice)
        ],
    }


def derivations_face(case: Case, practice: Practice) -> dict[str, list[Json]]:
    """For each clock every day that was counted, or skipped and why."""
    return {
        clock.id: [
            {"day": d.day.isoformat(), "number": d.number, "why_not": d.why_not or None}
            for d in derivation(clock, practice.calendar)
        ]
        for clock in obligations(case, practice.procedure_of(case), practice.calendar)
    }


def _planned_face(planned: Planned) -> Json:
    return {
        "when": _time(planned.when),
        "what": planned.what,
        "who": planned.who,
        "by_itself": planned.by_itself,
    }


def letter_face(letter: Letter, practice: Practice) -> Json:
    """One entry of `letters --json`."""
    return {
        "id": letter.id,
        "key": letter.key,
        "case": letter.case or None,
        "kind": letter.kind,
        "agency": letter.agency,
        "to": list(letter.to),
        "subject": letter.subject,
        "status": letter.status,
        "due": _time(letter.due),
        "message_id": letter.message_id,
        "round": letter.round,
        "item": letter.item,
        "approvers": list(practice.approvers) if letter.status == "waiting" else [],
        "sent_at": _time(letter.sent_at),
    }


def whole_letter_face(letter: Letter, practice: Practice, hashes: list[Json]) -> Json:
    """`letter ID --json`."""
    envelope = open_envelope(letter.raw, letter.created)
    return letter_face(letter, practice) | {
        "text": envelope.text,
        "attachments": hashes,
        "history": [
            {"at": _time(step.at), "status": step.status, "by": step.by, "note": step.note} for step in letter.history
        ],
    }


def mail_state(mail: StoredMail) -> str:
    """One word for where a mail stands: its state, or what it waits for."""
    return f"waiting_for_{mail.waits_for}" if mail.waits_for else mail.state


def held_subject(mail: StoredMail) -> str:
    """The subject of a held mail; not of one that seems to bring a password, which may stand in it."""
    return "a password" if brings_a_password(mail) else mail.subject


def held_face(mail: StoredMail) -> Json:
    """One entry of `held --json`."""
    return {
        "id": mail.id,
        "message_id": mail.message_id,
        "from": mail.sender,
        "subject": held_subject(mail),
        "received": _time(mail.received),
        "state": mail_state(mail),
        "reason": mail.reason,
        "candidates": list(mail.candidates),
    }


def form_face(form: Form) -> Json:
    """`read --json`."""
    return {
        "name": form.name,
        "kind": form.kind,
        "because": list(form.because),
        "fields": {
            name: {
                "value": list(a.value) if isinstance(a.value, tuple) else a.value,
                "raw": a.raw,
                "place": a.place,
                "sure": a.sure,
            }
            for name, a in form.fields.items()
        },
        "blank": list(form.blank),
        "tables": {name: [dict(row) for row in rows] for name, rows in form.tables.items()},
        "problems": [p.model_dump(exclude=set() if p.label else {"label"}) for p in form.problems],
        "parts": [form_face(part) for part in form.parts],
    }


def recognised_face(opened: Opened) -> Json:
    """`recognise --json`."""
    read, seen = opened.read, opened.seen
    face: Json = {
        "kind": read.kind,
        "case": read.case,
        "agency": read.agency,
        "because": list(read.because),
        "believed": seen.believed,
        "why_not": None if seen.believed else seen.why_not,
        "alerts": ["live_concern"] if read.alerts else [],
        "items": [item.model_dump() for item in read.items],
    }
    if opened.verdict is not None:
        answered = opened.verdict
        face["approval"] = {
            "answer": answered.answer,
            "items": "all" if answered.items is None else list(answered.items),
            "reason": answered.reason or answered.why or None,
        }
    if read.kind == "la_decision":
        face["la_decision"] = {"serious_harm": read.answer or None}
    if read.kind == "partner_answer":
        face["partner_answer"] = {"answer": read.answer or None}
    if read.kind == "calendar_reply":
        reply = read_reply(opened.envelope)
        face["calendar_reply"] = {"partstat": reply.partstat if reply else None}
    if opened.bounce is not None:
        face["bounce"] = {
            "addresses": list(opened.bounce.addresses),
            "final": opened.bounce.final,
            "permanent": opened.bounce.permanent,
        }
    return face


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
