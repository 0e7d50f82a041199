"""What a Rapid Review Template that was given back changes in the record, and what it is only compared with."""

from __future__ import annotations

import pytest

from mailbot.cases.events import CriterionConsidered, Endorsed, TemplateWritten
from mailbot.cases.finished_file import outcome_in
from mailbot.cases.given_back import PASSAGES, Taken, TemplateRead, take_back
from mailbot.cases.stages import apply
from tests.builders import CHILD, MANAGER, at
from tests.cases.desk import Desk
from tests.cases.test_meeting import decided
from tests.cases.test_signing import under_h01

FRIDAY = at("Fri 12 Jun 2026 12:00")
DRAFT = TemplateRead(answers={"facts_of_incident": "As the referral says."})
CRITERION = "Abuse or neglect of the child is known or suspected, and the child has died or been seriously harmed"


def given(desk: Desk, read: TemplateRead, draft: TemplateRead = DRAFT) -> Taken:
    return take_back(desk.case, "e" * 64, read, draft, desk.practice, FRIDAY, MANAGER)


def written(taken: Taken) -> TemplateWritten:
    (event,) = [e for e in taken.events if isinstance(e, TemplateWritten)]
    return event


def test_only_what_people_changed_since_the_draft_is_their_answer() -> None:
    read = TemplateRead(answers=DRAFT.answers | {"analysis": "Nobody asked."})
    assert written(given(decided(), read)).answers == {"analysis": "Nobody asked."}


def test_what_was_taken_out_again_is_as_if_nobody_had_written_it() -> None:
    desk = decided()
    before = TemplateRead(answers={"analysis": "Nobody asked."})
    desk.case = apply(desk.case, written(given(desk, before)))
    assert desk.case.written == {"analysis": "Nobody asked."}
    desk.case = apply(desk.case, written(given(desk, TemplateRead(), before)))
    assert desk.case.written == {}


def test_a_part_that_the_file_has_no_more_takes_nothing_out() -> None:
    taken = given(decided(), TemplateRead(lost=PASSAGES))
    assert written(taken).answers == {}
    assert any("were not found in the file" in sentence for sentence in taken.told)


def test_the_table_of_actions_is_kept_as_people_wrote_it_and_a_later_action_is_added() -> None:
    desk = decided()
    row = {"action": "Check the beds", "owner": "Kit Farrow", "due": "19 June 2026", "done": "no"}
    desk.case = apply(desk.case, written(given(desk, TemplateRead(tables={"immediate_actions": (row,)}))))
    desk.record("Fri 12 Jun 2026 13:00", "action", "Tell every school", "owner=Sam Ode", "due=2026-06-26")
    assert desk.case.written_tables["immediate_actions"] == (
        row,
        {"action": "Tell every school", "owner": "Sam Ode", "due": "2026-06-26"},
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("local review", "local_review"),
        ("national review recommended", "national_review"),
        ("Alternative learning", "alternative_learning"),
        ("no further review", "none"),
        ("to be decided", None),
    ],
)
def test_the_four_decisions_are_told_apart(text: str, outcome: str | None) -> None:
    assert outcome_in(text) == outcome


def test_a_decision_other_than_the_records_is_shown_and_changes_nothing() -> None:
    desk = decided()
    taken = given(desk, TemplateRead(answers={"decision": "no further review"}))
    (difference,) = written(taken).differs
    assert "mailbot record RR-2026-001 outcome none" in difference
    assert difference in taken.told
    assert apply(desk.case, written(taken)).outcome == "local_review"


def test_the_same_decision_is_no_difference() -> None:
    assert written(given(decided(), TemplateRead(answers={"decision": "local review"}))).differs == ()


def test_a_new_decision_has_its_own_reason() -> None:
    desk = decided()
    desk.case = apply(desk.case, written(given(desk, TemplateRead(answers={"decision_reason": "It may recur."}))))
    desk.record("Fri 12 Jun 2026 13:00", "outcome", "none", why="On reflection.")
    assert "decision_reason" not in desk.case.written


def test_a_signature_is_never_taken_from_a_file() -> None:
    desk = decided()
    rows = ({"name": "Ana Rao", "partner": "Local authority", "date": "12 June 2026"},)
    taken = given(desk, TemplateRead(tables={"sign_off": rows}))
    (difference,) = written(taken).differs
    assert "Ana Rao signed; the record has no signature" in difference
    after = desk.case
    for event in taken.events:
        after = apply(after, event)
    assert after.signed_off == ()


def test_a_criterion_that_the_record_does_not_know_is_recorded_and_another_answer_is_shown() -> None:
    desk = decided()
    row = {"criterion": CRITERION, "met": "yes", "reason": "She was seriously harmed."}
    taken = given(desk, TemplateRead(tables={"criteria": (row,)}))
    (considered,) = [e for e in taken.events if isinstance(e, CriterionConsidered)]
    assert (considered.criterion, considered.met, considered.by) == ("serious_incident", True, MANAGER)
    desk.record("Fri 12 Jun 2026 11:00", "criterion", "serious_incident", "not-met", why="She was not.")
    taken = given(desk, TemplateRead(tables={"criteria": (row,)}))
    assert not [e for e in taken.events if isinstance(e, CriterionConsidered)]
    assert "the file says met, the record not met" in written(taken).differs[0]


def test_the_day_of_the_endorsement_is_recorded_where_the_record_has_none() -> None:
    desk = under_h01()
    (endorsed,) = [
        e for e in given(desk, TemplateRead(answers={"endorsed_on": "2026-06-12"})).events if isinstance(e, Endorsed)
    ]
    assert endorsed.on.isoformat() == "2026-06-12"
    before_the_decision = given(desk, TemplateRead(answers={"endorsed_on": "2026-06-01"}))
    assert not [e for e in before_the_decision.events if isinstance(e, Endorsed)]
    assert "that day cannot be" in written(before_the_decision).differs[0]


def test_a_name_in_full_is_pointed_out_and_what_is_empty_is_named() -> None:
    taken = given(
        decided(),
        TemplateRead(answers={"analysis": "Seen."}, texts=(("Analysis of practice", f"{CHILD} was seen."),)),
    )
    told = " ".join(taken.told)
    assert "named in full under: Analysis of practice" in told
    assert "Still empty: facts of the incident, voice and daily life of the child" in told
    assert CHILD not in told
