"""The quality gate: what a submission lacks before anybody may approve it, each with where to put it.

Which checks bind is data of the procedure profile (`[[gate]]`). With gaps nobody approves; a named person may do so
in spite of them, with a reason, which the record keeps and later approvers read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from mailbot.cases import rounds
from mailbot.cases.case import Case
from mailbot.cases.clocks import unexplained
from mailbot.cases.decisions import Decision
from mailbot.cases.events import GateOverridden
from mailbot.cases.finished_file import OF_THE_CHILD, differences, lost, not_shown
from mailbot.cases.meeting import criteria_left
from mailbot.cases.practice import Practice
from mailbot.cases.procedure import GateCheckId
from mailbot.cases.pseudonyms import family_rows
from mailbot.cases.signing import unsigned
from mailbot.cases.values import Value
from mailbot.cases.wording import field_name, say_list, sentence_case
from mailbot.errors import NotAllowedNow, UsageProblem

ROUND = "submission-"
"""How the rounds begin that the gate stands before."""
NO_REASON = "A submission goes despite its gaps only for a reason in words, which is recorded: nothing was approved."
FINISHED = ("yes", "done", "completed", "complete")
"""What stands in an action's last column where nothing more is to be done by any day."""


class Gap(Value):
    """One thing that the submission lacks: what is missing, as a sentence, and where to put it.

    `part` names the part of the template in which nothing is written; empty for anything else.
    """

    check: GateCheckId
    what: str
    where: str
    part: str = ""


class _Look:
    """The case as its submission stands, and what may be said of a gap in it."""

    def __init__(self, case: Case, practice: Practice, now: datetime) -> None:
        self.case, self.practice, self.moment = case, practice, now

    def record(self, fact: str) -> str:
        return f"Record it: mailbot record {self.case.ref} {fact} --as YOU."

    def in_word(self, where: str) -> str:
        return f"Write it {where} of the Word file and {self.send_back}"

    @property
    def send_back(self) -> str:
        return f"send the file back in a reply, or: mailbot replace {self.case.ref} FILE.docx --as YOU."


Found = Iterator[tuple[str, ...]]
"""What is missing, where to put it and, of a part of the template, its name."""


def gaps(case: Case, practice: Practice, now: datetime) -> tuple[Gap, ...]:
    """Everything that the drafted submission lacks by the checks that bind, in the order of the template."""
    look, procedure = _Look(case, practice, now), practice.procedure_of(case)
    return tuple(
        Gap(check=check, what=what, where=where, part=part[0] if part else "")
        for check, missing in CHECKS.items()
        if procedure.gate_has(check)
        for what, where, *part in missing(look)
    )


def closed_by(case: Case, round_id: str, practice: Practice, now: datetime) -> tuple[Gap, ...]:
    """The gaps for which nobody may approve this round: of a submission, those that no person has passed over."""
    if not round_id.startswith(ROUND):
        return ()
    seen = {gap for one in case.overridden if one.round == round_id for gap in one.gaps}
    return tuple(gap for gap in gaps(case, practice, now) if gap.what not in seen)


def answer(
    case: Case,
    round_id: str,
    verdict: rounds.Answer,
    items: tuple[int, ...] | None,
    by: str,
    reason: str,
    practice: Practice,
    now: datetime,
    mail: int | None = None,
    despite: str = "",
) -> Decision:
    """What a named person's answer does (rounds.answer); an approval of a submission passes the gate first.

    `despite` is the reason for which it is approved with its gaps. Raises NotAllowedNow where there are gaps and no
    such reason, and what rounds.answer raises; UsageProblem for a reason where nothing is in the way.
    """
    missing = closed_by(case, round_id, practice, now) if verdict == "approve" else ()
    if despite and not is_reason(despite):
        raise UsageProblem(NO_REASON)
    if missing and not despite:
        raise NotAllowedNow(refusal(case, missing))
    if despite and not round_id.startswith(ROUND):
        raise UsageProblem(f"Only a submission has a gate: approve {case.ref}/{round_id} without --despite.")
    passed = Decision(case=case.ref, version=case.version)
    if missing:
        what = tuple(gap.what for gap in missing)
        passed = passed.and_then(
            Decision(events=(GateOverridden(at=now, by=by, because=despite, mail=mail, round=round_id, gaps=what),))
        )
    said = reason.strip() or (f"{by} approved despite gaps: {despite}" if missing else "")
    return passed.and_then(rounds.answer(case, round_id, verdict, items, by, said, practice, now, mail))


def is_reason(text: str) -> bool:
    """Whether there are words in it: blanks and a full stop give no reason."""
    return any(letter.isalpha() for letter in text)


def refusal(case: Case, missing: tuple[Gap, ...]) -> str:
    """That the submission may not be approved yet, what is missing and where to put it, and the way round it."""
    lines = "\n".join(f"- {line}" for line in listed(missing))
    return (
        f"The submission of {case.ref} was not approved: it is not complete.\n{lines}\n"
        'To approve it all the same, say why: --despite "REASON". The reason is recorded.'
    )


def listed(missing: tuple[Gap, ...]) -> list[str]:
    """The gaps in sentences, each with where to put it; parts of the template that are empty in one sentence."""
    parts = [gap.part for gap in missing if gap.part]
    first = next((gap for gap in missing if gap.part), None)
    lines = []
    for gap in missing:
        if gap is first:
            lines.append(f"Not yet written in the Rapid Review Template: {say_list(parts)}. {gap.where}")
        elif not gap.part:
            lines.append(f"{gap.what} {gap.where}")
    return lines


def warnings(case: Case, practice: Practice, now: datetime) -> list[str]:
    """What the approver of a submission reads before deciding: gaps, that the file is old, earlier overrides."""
    missing = gaps(case, practice, now)
    before = [
        f"{one.by} approved an earlier version although {len(one.gaps)} of these were missing. The reason: {one.why}"
        for one in case.overridden
    ]
    way_round = (
        "Until these are mended nobody can approve it, except by answering APPROVE DESPITE: and the reason, which is "
        "recorded."
    )
    return [
        *listed(missing),
        *([way_round] if missing else []),
        *_older(case),
        *before,
    ]


def _older(case: Case) -> list[str]:
    """That the record has moved on since a person finished the file, and whose signature it does not show."""
    lines = []
    if case.submission_older:
        lines.append(
            "The finished Rapid Review Template is older than the record: it goes as it is, and this email and the "
            "letter to the Panel were drafted anew from the record. Please read it once more."
        )
    if case.submission_edited and (names := not_shown(case)):
        lines.append(f"It does not show that {say_list(names)} signed; the letter to the Panel says so.")
    return lines


def _child(look: _Look) -> Found:
    children = look.case.children or (look.case.child,)
    for number, child in enumerate(children, 1):
        which = f"{number} " if len(children) > 1 else ""
        whose = f"{child.initials}: " if len(children) > 1 and child.initials else ""
        for name, word in OF_THE_CHILD.items():
            if not getattr(child, name):
                asked = "YYYY-MM-DD" if name == "dob" else '"WORDS"'
                what = sentence_case(f"{whose}{field_name(f'child_{name}')} is not given.")
                yield what, look.record(f"child {which}{word}={asked}")


def _family(look: _Look) -> Found:
    if not any(row.get("name") for row in family_rows(look.case)):
        yield "Nobody of the child's family is named.", look.record('family "NAME" relationship="WORD"')


def _agencies(look: _Look) -> Found:
    for request in look.case.requests.values():
        if request.completeness is None and not request.no_return:
            yield (
                f"{request.name} has made no return, and the record does not say why.",
                f'Say why: mailbot record {look.case.ref} no-return {request.agency} --why "REASON" --as YOU.',
            )


def _timeline(look: _Look) -> Found:
    if not any(r.rows for r in look.case.requests.values()) and "key_events" in look.case.submission_empty:
        yield "There are no key events of the child's life.", look.in_word("into the table of key events")


def _written(*names: str) -> Callable[[_Look], Found]:
    """That something stands in these parts of the template."""

    def check(look: _Look) -> Found:
        for name in names:
            if name in look.case.submission_empty:
                part = field_name(name)
                yield f"Nothing is written about {part}.", look.in_word("in its section"), part

    return check


def _actions(look: _Look) -> Found:
    rows = look.case.written_tables.get("immediate_actions") or tuple(
        {"action": a.text, "owner": a.owner, "due": str(a.due or ""), "done": "done" if a.done_at else ""}
        for a in look.case.actions
    )
    table = look.in_word("into the table of immediate actions")
    if not rows:
        yield (
            "No immediate action is agreed, and nothing says that none is needed.",
            f"{table} One row, None, will do.",
        )
    for number, row in enumerate(rows, 1):
        if row.get("action", "").strip(" .").casefold() in ("none", "none needed", "no immediate action needed"):
            continue
        lacks = [word for word, ok in (("an owner", row.get("owner")), ("a day", _has_day(row))) if not ok]
        if lacks:
            yield f"Immediate action {number} has not {say_list(lacks)}.".replace("has not", "lacks"), table


def _has_day(row: Mapping[str, str]) -> bool:
    return bool(row.get("due")) or row.get("done", "").casefold().startswith(FINISHED)


def _criteria(look: _Look) -> Found:
    if left := [criterion.id for criterion in criteria_left(look.case, look.practice)]:
        yield (
            f"The record does not say whether these criteria are met: {say_list(left)}.",
            look.record('criterion ID met|not-met --why "REASON"'),
        )
    yield from _written("criteria_rationale")(look)


def _decision(look: _Look) -> Found:
    if look.case.outcome is None or not (look.case.outcome_reason or look.case.written.get("decision_reason")):
        yield "There is no decision with its reason.", look.record('outcome OUTCOME --why "REASON"')
    elif look.case.submission_edited and "decision_reason" in look.case.submission_empty:
        yield "The file gives no reason for the decision.", look.in_word("in its section")


def _quorum(look: _Look) -> Found:
    if not look.case.quorate:
        yield "The record does not show a quorate meeting.", look.record("attendance EMAIL...")


def _sign_off(look: _Look) -> Found:
    if missing := [partner.replace("_", " ") for partner in unsigned(look.case)]:
        yield f"Not yet signed off by {say_list(missing)}.", look.record("signed-off EMAIL...")


def _endorsement(look: _Look) -> Found:
    if look.practice.procedure_of(look.case).chair_endorses and look.case.endorsed_on is None:
        yield "The independent chair's endorsement is not recorded.", look.record("endorsed YYYY-MM-DD")


def _dates(look: _Look) -> Found:
    for what, at, fact in (
        ("the local authority became aware", look.case.aware_at, "aware YYYY-MM-DDTHH:MM"),
        ("the Panel was notified", look.case.notified_at, "notified YYYY-MM-DDTHH:MM"),
    ):
        if at is None:
            yield f"When {what} is not recorded.", look.record(fact)


def _lateness(look: _Look) -> Found:
    for clock in unexplained(look.case, look.moment, look.practice):
        yield (
            f"{sentence_case(clock.what)} is late, and the reason is not recorded.",
            look.record(f'late-reason {clock.id} --why "REASON"'),
        )


def _plan(look: _Look) -> Found:
    if look.case.outcome == "local_review":
        yield from _written("lcspr_plan")(look)


def _prompts(look: _Look) -> Found:
    yield from _written("learning_shared", "family_informed", "parallel_processes")(look)
    for heading in look.case.submission_prompts:
        yield f"A prompt of ours is still there under “{heading}”.", look.in_word("in its place")


def _file(look: _Look) -> Found:
    """What the finished file says otherwise than the record as it stands, and what it has no more."""
    case, says = look.case, look.case.submission_says
    if not case.submission_edited:
        return
    for one in differences(case, says, look.practice, look.moment):
        yield one.what, f"If the record is right, mend the Word file and send it back. If the file is: {one.command}."
    if says.gone:
        names = say_list([f"“{name}”" for name in lost(says)])
        yield (
            f"The file has no more what the draft had: {names}.",
            f"Put it back into the Word file and {look.send_back}",
        )


def _names(look: _Look) -> Found:
    if named := look.case.submission_says.named:
        where = say_list([f"“{heading}”" for heading in named])
        yield (
            f"Somebody of the family is named in the file, under {where}.",
            f"Write initials there, and {look.send_back}",
        )


def _clean_file(look: _Look) -> Found:
    if remarks := look.case.submission_remarks:
        yield (
            f"In the file are still {say_list(list(remarks))}: the Panel would get them.",
            "Take them out in Word (Review: accept all changes; File, Info: Check for issues, Inspect document; save "
            f"as .docx, without macros) and {look.send_back}",
        )


CHECKS: dict[GateCheckId, Callable[[_Look], Found]] = {
    "child": _child,
    "family": _family,
    "dates": _dates,
    "quorum": _quorum,
    "facts": _written("facts_of_incident"),
    "agencies": _agencies,
    "timeline": _timeline,
    "analysis": _written("analysis"),
    "child_voice": _written("child_voice"),
    "inequalities": _written("context_inequalities"),
    "actions": _actions,
    "learning": _written("immediate_learning"),
    "criteria": _criteria,
    "decision": _decision,
    "plan": _plan,
    "prompts": _prompts,
    "endorsement": _endorsement,
    "sign_off": _sign_off,
    "lateness": _lateness,
    "file": _file,
    "names": _names,
    "clean_file": _clean_file,
}
"""Every check of the gate, in the order of the template."""
