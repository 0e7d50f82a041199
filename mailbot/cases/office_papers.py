"""Every Word paper that the office can have of a case as it stands now, and what each says: what its letter says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases import letters
from mailbot.cases.case import Case, Request
from mailbot.cases.clocks import lateness
from mailbot.cases.decisions import Facts, SendLetter, Template
from mailbot.cases.practice import Practice
from mailbot.cases.rapid_review import rapid_review_facts
from mailbot.cases.wording import say_list
from mailbot.errors import NotAllowedNow, UsageProblem

OF_THE_CASE = {
    "agenda": "the agenda of the Rapid Review meeting",
    "decision_sheet": "the attendance and decision sheet, for the minute taker",
    "rapid_review_template": "the Rapid Review Template (Document 4), filled from the record",
    "panel_letter": "the letter to the national Panel (Document 5)",
    "learning_record": "the record of an alternative learning activity, for its lead",
}
OF_AN_AGENCY = {
    "scoping_letter": "the letter of initial scoping (Document 3), to one agency",
    "scoping_template": "the Initial Scoping and Information Sharing Template (Document 2), for one agency",
    "chronology_template": "the chronology template, for one agency",
    "outcome_letter": "the letter telling the outcome, to one agency",
}
OFFICE_PAPERS = OF_THE_CASE | OF_AN_AGENCY
"""Name of the template -> what the paper is."""


def office_paper(name: str, case: Case, practice: Practice, now: datetime, agency: str = "") -> Facts:
    """What the paper says of the case as it stands now; `agency` (an id of the directory) where it is for one.

    Raises UsageProblem for a name or agency that there is not, NotAllowedNow where the case has not come so far.
    """
    if name not in OFFICE_PAPERS:
        raise UsageProblem(f"{name} is not a paper. These are: {', '.join(OFFICE_PAPERS)}.")
    if name in OF_AN_AGENCY:
        return _of_an_agency(name, case, _asked(name, case, agency), practice, now)
    match name:
        case "rapid_review_template":
            return rapid_review_facts(case, practice, now)
        case "panel_letter":
            _decided(case)
            return letters.submission_facts(case, practice, now, " ".join(lateness(case, now, practice)))
        case "learning_record":
            if case.learning is None:
                raise NotAllowedNow(f"Alternative learning is not considered in {case.ref}, so it has no record yet.")
            return letters.learning_record(case, practice, now)
        case _:
            return letters.meeting_paper(case, practice, now)


def _of_an_agency(name: str, case: Case, request: Request, practice: Practice, now: datetime) -> Facts:
    drafts: Sequence[SendLetter]
    if name == "outcome_letter":
        _decided(case)
        drafts = letters.outcomes(case, practice, now)
    else:
        drafts = [letters.scoping(case, request, practice, now)]
    for letter in drafts:
        for paper in letter.attachments:
            if letter.agency == request.agency and isinstance(paper, Template) and paper.template == name:
                return paper.facts
    raise NotAllowedNow(
        f"{request.name} is no longer in config/agencies.toml, so nothing can be written to it. Write it there again."
    )


def _asked(name: str, case: Case, agency: str) -> Request:
    """The request to the agency. Raises UsageProblem where none is named or it was not asked."""
    if agency in case.requests:
        return case.requests[agency]
    asked = say_list(list(case.requests), "or")
    if not asked:
        raise NotAllowedNow(f"No agency is asked in {case.ref} yet, so there is nothing to write to one.")
    said = f"{agency} was not asked in {case.ref}" if agency else f"{name} is written to one agency"
    raise UsageProblem(f"{said}: say which with --agency {asked}.")


def _decided(case: Case) -> None:
    if case.outcome is None:
        raise NotAllowedNow(
            f"What the meeting decided in {case.ref} is not recorded. First: "
            f'mailbot record {case.ref} outcome DECISION --why "REASON" --as YOU'
        )
