"""After the meeting: the Rapid Review Template is drafted, and the outcome is told when it has gone."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import letters, rounds
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision, DraftSubmission
from mailbot.cases.practice import Practice
from mailbot.cases.wording import count

AFTER_IT = ("submitted", "learning_considered", "learning_decided")
"""Stages at which the submission has gone."""


def draft_submission(case: Case, now: datetime, practice: Practice) -> Decision:
    """The Rapid Review Template, once the decision is recorded; again when the record changes before it goes.

    Of a template that a person finished only the letter is drafted again: the file stays theirs (carry_out).
    """
    if case.stage != "sign_off" or (case.submission is not None and not case.submission_stale):
        return Decision()
    version = case.submission_version + 1
    because = "the decision is recorded" if version == 1 else "the record has changed since the last draft"
    draft = DraftSubmission(key=f"{case.ref}/draft-submission-{version}", case=case.ref, version=version)
    return Decision(case=case.ref, actions=(draft,), because=(because,))


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
