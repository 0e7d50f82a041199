"""After the meeting: the Rapid Review Template is drafted, what it lacks and what is late, the outcome is told."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import letters, rounds
from mailbot.cases.case import Case
from mailbot.cases.clocks import EXPLAINED
from mailbot.cases.deadlines import Clock, clock_of, obligations
from mailbot.cases.decisions import Decision, DraftSubmission
from mailbot.cases.meeting import criteria_left
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.signing import unsigned
from mailbot.cases.wording import count, field_name, say_list, sentence_case

AFTER_IT = ("submitted", "learning_considered", "learning_decided")
"""Stages at which the submission has gone."""


def draft_submission(case: Case, now: datetime, practice: Practice) -> Decision:
    """The Rapid Review Template, once the decision is recorded; again when the record changes before it goes."""
    if case.stage != "sign_off" or (case.submission is not None and not case.submission_stale):
        return Decision()
    if case.submission_edited:
        return _say_that_it_is_old(case, now, practice)
    version = case.submission_version + 1
    because = "the decision is recorded" if version == 1 else "the record has changed since the last draft"
    draft = DraftSubmission(key=f"{case.ref}/draft-submission-{version}", case=case.ref, version=version)
    return Decision(case=case.ref, actions=(draft,), because=(because,))


def _say_that_it_is_old(case: Case, now: datetime, practice: Practice) -> Decision:
    """What a person has written is never drafted over: they are told that the record has moved on."""
    return tell_office(
        case,
        now,
        practice,
        f"edited-and-old/{case.submission_version}",
        "The record has changed since you finished the template",
        [
            "The Rapid Review Template that you gave back is kept as it is. Please check it against the record: "
            "give it back once more with the change, or approve it as it stands.",
        ],
        [f"mailbot show {case.ref}", f"mailbot replace {case.ref} FILE.docx --as YOU"],
    )


def tell_outcome(case: Case, now: datetime, practice: Practice) -> Decision:
    """Agencies and everybody who referred, the same day on which the submission has gone to the Panel.

    Flow chart: "Agencies (including the agency who made the referral) are informed of the outcome".
    """
    told = bool(rounds.beginning(case, "outcome-"))
    if case.stage not in AFTER_IT or case.submitted_at is None or told or case.outcome is None:
        return Decision()
    return outcome_round(case, now, practice)


def outcome_round(case: Case, now: datetime, practice: Practice) -> Decision:
    """The letters telling the outcome, for release; drafted again, to those who have not been told."""
    number = len(rounds.beginning(case, "outcome-")) + 1
    because = practice.procedure_of(case).sentence("outcome")
    drafts = letters.outcomes(case, practice, now, number)
    if not drafts:
        return Decision()
    clock = clock_of(case, "outcome_told", practice.procedure_of(case), practice.calendar)
    title = f"{count(len(drafts), 'letter')} telling the outcome"
    go_by = clock.due if clock else None
    return rounds.ask(case, f"outcome-{number}", drafts, title, practice, now, because, go_by=go_by)


def unexplained(case: Case, now: datetime, practice: Practice) -> tuple[Clock, ...]:
    """The clocks that were missed and for which the Panel expects a reason that is not recorded."""
    clocks = obligations(case, practice.procedure_of(case), practice.calendar)
    return tuple(
        c for c in clocks if c.id in EXPLAINED and c.binds and c.overdue(now) and not case.lateness.get(c.id)
    )


def submission_gaps(case: Case, practice: Practice, now: datetime) -> list[str]:
    """What the approver of a submission should see before it goes: what the record does not hold."""
    gaps = [
        sentence_case(f"{field_name(f)} is not given")
        for f, known in (
            ("child_gender", case.child.gender),
            ("child_ethnicity", case.child.ethnicity),
            ("child_disability", case.child.disability),
        )
        if not known
    ]
    silent = [r.name for r in case.requests.values() if r.completeness is None]
    if silent:
        gaps.append(f"No return from {say_list(silent)}")
    if left := criteria_left(case, practice):
        gaps.append(f"The record does not say whether these criteria are met: {say_list([c.id for c in left])}")
    if practice.procedure_of(case).chair_endorses and case.endorsed_on is None:
        gaps.append("The independent chair's endorsement is not recorded")
    if missing := unsigned(case):
        gaps.append(f"Not yet signed off by {say_list([p.replace('_', ' ') for p in missing])}")
    gaps += [
        f"{sentence_case(c.what)} is late and the reason is not recorded: "
        f'mailbot record {case.ref} late-reason {c.id} --why "REASON" --as YOU'
        for c in unexplained(case, now, practice)
    ]
    return [f"{gap}." for gap in gaps]
