"""The quality gate: what a submission must have before it is approved, and how a person passes it all the same."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases import quality
from mailbot.cases.carried_out import on_submission_drafted
from mailbot.cases.events import FileSays, GateOverridden, Paper
from mailbot.cases.given_back import PASSAGES, TemplateRead
from mailbot.cases.procedure import GateCheckId
from mailbot.cases.story import tell
from mailbot.errors import NotAllowedNow, UsageProblem
from tests.builders import CHILD, LEADS, MANAGER, at, practice
from tests.cases.desk import Desk
from tests.cases.test_meeting import decided, met

NOON = at("Fri 12 Jun 2026 12:00")
FINISHED = Paper(kind="rapid_review", name="finished.docx", sha256="e" * 64)
WRITTEN = TemplateRead(answers=dict.fromkeys(PASSAGES, "Written by the meeting."))
ACTION = "action"


def finished(desk: Desk, read: TemplateRead = WRITTEN) -> Desk:
    """The manager gave the template back finished, at noon."""
    desk.take(on_submission_drafted(desk.case, FINISHED, read, desk.practice, NOON, by=MANAGER), NOON)
    return desk


def complete() -> Desk:
    """A case of which nothing is missing: every fact recorded, every passage written."""
    desk = met()
    desk.record("Thu 11 Jun 2026 13:00", "aware", "2026-06-01T08:00")
    desk.record("Thu 11 Jun 2026 13:00", "notified", "2026-06-02T09:00")
    desk.record(
        "Thu 11 Jun 2026 13:01", "child", "sex=male", "ethnicity=White", "British", "disability=none", why="x"
    )
    desk.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 14:01", ACTION, "Check who lives there", "owner=Kit Farrow", "due=2026-06-19")
    for criterion in desk.practice.procedure_of(desk.case).criterion:
        desk.record("Thu 11 Jun 2026 14:02", "criterion", criterion.id, "met", why="As the returns show.")
    desk.record("Thu 11 Jun 2026 14:05", "outcome", "local_review", why="The criteria are met.")
    desk.record("Fri 12 Jun 2026 9:00", "signed-off", *LEADS)
    return finished(desk)


def checks(desk: Desk) -> set[str]:
    return {gap.check for gap in quality.gaps(desk.case, desk.practice, NOON)}


def approve(desk: Desk, despite: str = "") -> None:
    name = f"submission-{desk.case.submission_version}"
    decision = quality.answer(desk.case, name, "approve", None, MANAGER, "", desk.practice, NOON, despite=despite)
    desk.take(decision, NOON)


def test_a_complete_submission_passes() -> None:
    desk = complete()
    assert quality.gaps(desk.case, desk.practice, NOON) == ()
    approve(desk)
    assert desk.case.rounds[f"submission-{desk.case.submission_version}"].state == "approved"


@pytest.mark.parametrize("field", ["gender", "ethnicity", "disability", "dob"])
def test_what_the_panel_asks_of_the_child_is_asked_for(field: str) -> None:
    desk = complete()
    child = desk.case.child.model_copy(update={field: ""})
    case = desk.case.model_copy(update={"child": child, "children": (child,)})
    (gap,) = quality.gaps(case, desk.practice, NOON)
    assert gap.check == "child"
    assert gap.where.startswith("Record it: mailbot record RR-2026-001 child ")


def test_an_agency_without_a_return_is_accounted_for_by_saying_why() -> None:
    desk = complete()
    silent = desk.case.requests["health"].model_copy(update={"completeness": None})
    desk.case = desk.case.model_copy(update={"requests": desk.case.requests | {"health": silent}})
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.what == "Northshire Integrated Care Board has made no return, and the record does not say why."
    desk.record("Fri 12 Jun 2026 12:00", "no-return", "health", why="Its records are at another trust.")
    assert "agencies" not in checks(desk)


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("analysis", "analysis"),
        ("child_voice", "child_voice"),
        ("context_inequalities", "inequalities"),
        ("facts_of_incident", "facts"),
        ("immediate_learning", "learning"),
        ("criteria_rationale", "criteria"),
        ("lcspr_plan", "plan"),
        ("family_informed", "prompts"),
    ],
)
def test_each_part_that_only_people_can_write_is_waited_for(name: str, check: GateCheckId) -> None:
    desk = complete()
    answers = {field: text for field, text in WRITTEN.answers.items() if field != name}
    finished(desk, TemplateRead(answers=answers))
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.check == check
    assert "mailbot replace RR-2026-001 FILE.docx" in gap.where


def test_dissent_may_be_empty_and_a_plan_is_for_a_local_review_only() -> None:
    desk = complete()
    left = {name: text for name, text in WRITTEN.answers.items() if name not in ("dissent", "lcspr_plan")}
    desk.record("Fri 12 Jun 2026 12:00", "outcome", "none", why="Nothing more to learn.")
    desk.record("Fri 12 Jun 2026 12:00", "signed-off", *LEADS)
    finished(desk, TemplateRead(answers=left))
    assert checks(desk) == set()


def test_actions_have_an_owner_and_a_day_in_the_record_or_in_the_file() -> None:
    desk = complete()
    desk.record("Fri 12 Jun 2026 12:00", ACTION, "Tell every school")
    finished(desk)
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.what == "Immediate action 2 lacks an owner and a day."
    rows = tuple({"action": a, "owner": "Kit Farrow", "due": "19 June 2026"} for a in ("Check", "Tell every school"))
    desk.case = desk.case.model_copy(update={"written_tables": {"immediate_actions": rows}})
    assert checks(desk) == set()


def test_no_action_at_all_is_said() -> None:
    desk = complete()
    desk.case = desk.case.model_copy(update={"actions": ()})
    assert checks(desk) == {"actions"}
    desk.case = desk.case.model_copy(update={"written_tables": {"immediate_actions": ({"action": "None"},)}})
    assert checks(desk) == set()


def test_nobody_approves_what_is_not_complete() -> None:
    desk = finished(decided())
    with pytest.raises(NotAllowedNow) as refused:
        approve(desk)
    told = str(refused.value)
    assert "- Not yet signed off by local authority, police and health. Record it: mailbot record" in told
    assert '--despite "REASON"' in told
    assert desk.case.rounds["submission-2"].state == "waiting"


def test_a_person_passes_the_gate_with_a_reason_which_the_record_keeps() -> None:
    desk = finished(decided())
    approve(desk, despite="The Panel rang: it wants the paper today.")
    (event,) = [e for e in desk.events if isinstance(e, GateOverridden)]
    assert (event.by, event.because) == (MANAGER, "The Panel rang: it wants the paper today.")
    assert "Not yet signed off by local authority, police and health." in event.gaps
    assert tell(event, desk.practice).startswith("The submission was approved with ")
    assert desk.case.rounds["submission-2"].state == "approved"


def test_who_approves_a_later_version_reads_of_the_override() -> None:
    desk = finished(decided())
    approve(desk, despite="It is due today.")
    finished(desk)
    assert any("The reason: It is due today." in warning for warning in desk.asked[-1].warnings)
    with pytest.raises(NotAllowedNow):
        approve(desk)


def test_only_the_submission_has_a_gate() -> None:
    desk = decided()
    with pytest.raises(UsageProblem, match="Only a submission has a gate"):
        quality.answer(
            desk.case, "sign-off-1", "approve", None, MANAGER, "", desk.practice, NOON, despite="because I say so"
        )


def test_an_office_drops_a_check_in_its_procedure() -> None:
    desk = finished(decided())
    lenient = desk.practice.procedure_of(desk.case).model_copy(update={"gate": ()})
    free = desk.practice.model_copy(update={"procedures": {lenient.id: lenient}})
    assert quality.gaps(desk.case, desk.practice, NOON) != ()
    assert quality.gaps(desk.case, free, NOON) == ()


def test_every_check_of_the_gate_stands_in_the_shipped_procedures_with_its_sentence() -> None:
    for procedure in practice().procedures.values():
        assert procedure.gate is not None
        assert {one.id for one in procedure.gate} == set(quality.CHECKS)
        assert all(one.source for one in procedure.gate)


def test_what_a_file_carries_for_colleagues_is_a_gap_that_says_how_to_take_it_out() -> None:
    desk = finished(complete(), WRITTEN.model_copy(update={"remarks": ("tracked changes", "2 comments", "a macro")}))
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.check == "clean_file"
    assert gap.what == "In the file are still tracked changes, 2 comments and a macro: the Panel would get them."
    assert "Inspect document" in gap.where
    assert gap.what in desk.asked[-1].warnings[0]
    with pytest.raises(NotAllowedNow):
        approve(desk)


def after_it(desk: Desk, **says: Any) -> Desk:
    """The manager gave a complete template back that says this where the record speaks, too."""
    return finished(desk, WRITTEN.model_copy(update=says))


ANA = {"name": "Ana Rao", "partner": "Local authority", "date": "12 June 2026"}
COL, MIRA = ANA | {"name": "Col Frith"}, ANA | {"name": "Mira Oye"}


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (
            {"answers": WRITTEN.answers | {"decision": "no further review"}},
            "Decision: the file has “no further review”",
        ),
        ({"tables": {"attendance": (ANA, COL)}}, "Who took part: it leaves out Mira Oye."),
        ({"tables": {"sign_off": (ANA, COL, MIRA, ANA | {"name": "Mo Tate"})}}, "the file says that Mo Tate signed"),
        (
            {"tables": {"criteria": ({"criterion": "Abuse or neglect of the child is known", "met": "no"},)}},
            "the file says not met, the record met.",
        ),
        ({"facts": {"Ethnicity": "Black Caribbean"}}, "Ethnicity: the file has “Black Caribbean”, the record “White"),
    ],
)
def test_what_the_file_says_otherwise_than_the_record_is_a_gap(says: dict[str, Any], told: str) -> None:
    desk = after_it(complete(), **says)
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.check == "file"
    assert told in gap.what
    assert "If the record is right, mend the Word file" in gap.where


def test_a_file_that_says_what_the_record_says_has_no_gap() -> None:
    tables = {"attendance": (ANA, COL, MIRA), "sign_off": (ANA, COL, MIRA)}
    answers = WRITTEN.answers | {"decision": "local review"}
    desk = after_it(complete(), answers=answers, tables=tables, facts={"Ethnicity": "White British"})
    assert quality.gaps(desk.case, desk.practice, NOON) == ()


def test_the_difference_is_looked_at_again_when_the_record_has_changed() -> None:
    desk = after_it(complete(), answers=WRITTEN.answers | {"decision": "no further review"})
    assert checks(desk) == {"file"}
    desk.record("Fri 12 Jun 2026 13:00", "outcome", "none", why="They met again.")
    assert "file" not in checks(desk)


def test_what_the_file_lost_is_a_gap_until_it_is_there_again_and_a_lost_section_is_told_once() -> None:
    whole = ("The case", "The case: Ethnicity", "Agencies", "Agencies: Northshire Homes")
    desk = complete()
    desk.case = desk.case.model_copy(update={"submission_says": FileSays(filled=whole)})
    after_it(desk, filled=("The case", "Ours"))
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.what == "The file has no more what the draft had: “The case: Ethnicity” and “Agencies”."
    after_it(desk, filled=("The case", "The case: Ethnicity", "Agencies"))
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.what == "The file has no more what the draft had: “Agencies: Northshire Homes”."
    after_it(desk, filled=whole)
    assert checks(desk) == set()


def test_a_name_of_the_family_anywhere_in_the_file_is_a_gap_that_does_not_repeat_it() -> None:
    texts = (("The case", CHILD), ("Key events", "Ana Rao saw W.A."), ("The beginning", "Report on Petra"))
    desk = after_it(complete(), texts=texts)
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.check == "names"
    assert gap.what == "Somebody of the family is named in the file, under “The case” and “The beginning”."


def test_a_professional_who_shares_a_name_of_the_family_may_be_named() -> None:
    desk = complete()
    signed = desk.case.signed_off[0].model_copy(update={"name": f"Dr {CHILD.split()[0]} Hart"})
    desk.case = desk.case.model_copy(update={"attendance": (*desk.case.attendance, signed)})
    assert checks(after_it(desk, texts=(("Who took part", signed.name),))) == set()


@pytest.mark.parametrize("despite", [" ", "\t", " . "])
def test_a_blank_is_no_reason(despite: str) -> None:
    desk = finished(decided())
    with pytest.raises(UsageProblem, match="only for a reason in words"):
        approve(desk, despite=despite)
    assert desk.case.rounds["submission-2"].state == "waiting"


@pytest.mark.parametrize("name", ["analysis", "child_voice", "context_inequalities", "lcspr_plan", "decision_reason"])
@pytest.mark.parametrize("words", ["tbc", "N/A.", "To follow", "None"])
def test_words_that_put_the_answer_off_are_no_answer(name: str, words: str) -> None:
    desk = after_it(complete(), answers=WRITTEN.answers | {name: words})
    (gap,) = quality.gaps(desk.case, desk.practice, NOON)
    assert gap.part or gap.check == "decision"


def test_nothing_to_say_of_the_media_is_an_answer() -> None:
    desk = after_it(complete(), answers=WRITTEN.answers | dict.fromkeys(("media_interest", "dissent"), "None"))
    assert checks(desk) == set()


def test_an_approved_letter_is_taken_back_when_the_decision_changes_and_the_finished_file_stays() -> None:
    desk = complete()
    before = f"submission-{desk.case.submission_version}"
    desk.practice = desk.practice.model_copy(update={"grace_minutes": 5})
    approve(desk)
    assert [letter.round for letter in desk.ready.values()] == [before]
    desk.record("Fri 12 Jun 2026 12:02", "outcome", "none", why="They met again and decided so.")
    desk.work(at("Fri 12 Jun 2026 13:00"))
    assert desk.letters("submission") == []
    assert desk.stage == "sign_off"
    (letter,) = [one for one in desk.waiting.values() if one.kind == "submission"]
    assert letter.round == f"submission-{desk.case.submission_version}" != before
    assert letter.facts["decision"] == "that no further review is needed"
    assert desk.case.submission == FINISHED
    assert checks(desk) == {"sign_off"}


def test_the_letter_around_a_finished_file_is_drafted_anew_and_says_that_the_file_is_older() -> None:
    desk = after_it(complete(), answers=WRITTEN.answers | {"decision": "local review"})
    waited = f"submission-{desk.case.submission_version}"
    desk.record("Fri 12 Jun 2026 13:00", "outcome", "none", why="They met again and decided so.")
    assert desk.case.rounds[waited].state == "rejected"
    asked = [one for one in desk.asked if one.round == f"submission-{desk.case.submission_version}"][-1]
    told = " ".join(asked.warnings)
    assert "Decision: the file has “local review”; by the record the partners decided that no further review" in told
    assert "is older than the record" in told
    assert len([one for one in desk.waiting.values() if one.kind == "submission"]) == 1
    after_it(desk, answers=WRITTEN.answers | {"decision": "no further review"})
    assert not any("is older than the record" in warning for warning in desk.asked[-1].warnings)


def test_a_signature_after_the_file_was_finished_is_told_and_no_gap() -> None:
    desk = complete()
    desk.case = desk.case.model_copy(update={"signed_off": ()})
    after_it(desk, tables={"sign_off": ()})
    desk.record("Fri 12 Jun 2026 13:00", "signed-off", *LEADS)
    assert checks(desk) == set()
    assert any("It does not show that Ana Rao, Col Frith and Mira Oye signed" in w for w in desk.asked[-1].warnings)


def test_a_finished_template_that_is_put_forward_again_lacks_what_it_lacked() -> None:
    desk = finished(decided(), TemplateRead(answers={"analysis": "Nobody asked."}))
    before = desk.case.submission_empty
    desk.answer("Fri 12 Jun 2026 13:00", "reject", round_id="submission-2")
    desk.record("Fri 12 Jun 2026 14:00", "redraft", "submission")
    assert desk.case.submission_version == 3
    assert desk.case.submission == FINISHED
    assert desk.case.submission_empty == before
    assert "analysis" not in before and "child_voice" in before
