"""What the Rapid Review Template says of a case, and where each of its lines came from."""

from __future__ import annotations

from typing import Any

import pytest

from mailbot.cases.arrivals import ReadForm
from mailbot.cases.case import Case
from mailbot.cases.events import Found, TemplateWritten
from mailbot.cases.rapid_review import KEY_EVENTS, rapid_review_facts, rapid_review_sources
from mailbot.cases.rapid_review.involvement import shortened
from tests.builders import (
    CHILD,
    FLOW_CHART,
    H01,
    LEADS,
    MANAGER,
    MOTHER,
    NEEDED_OF_A_RETURN,
    REF,
    at,
    practice,
    return_form,
)
from tests.cases.desk import Desk

THURSDAY = at("Thu 11 Jun 2026 16:00")


def desk(**fields: str) -> Desk:
    """A case whose agencies have been asked."""
    found = Desk(practice())
    found.refer("Mon 1 Jun 2026 9:12", **fields)
    found.answer("Mon 1 Jun 2026 9:30")
    return found


def decided() -> Desk:
    """A case whose meeting was held, with everything recorded of it."""
    found = desk()
    found.record("Mon 1 Jun 2026 15:00", "meeting", "2026-06-11T10:00")
    found.until("Thu 11 Jun 2026 9:00", at("Wed 10 Jun 2026 9:00"))
    found.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
    found.record(
        "Thu 11 Jun 2026 14:05", "action", f"Ask {MOTHER} who lives there", "owner=Ana Rao", "due=2026-06-19"
    )
    found.record("Thu 11 Jun 2026 14:06", "criterion", "improvements", "met", why="Nobody asked who was at home.")
    found.record("Thu 11 Jun 2026 14:10", "outcome", "local_review", why="The criteria are met.")
    return found


def facts(found: Desk) -> dict[str, Any]:
    return dict(rapid_review_facts(found.case, found.practice, THURSDAY))


def source(found: Desk, line: str) -> str:
    """What the annex says of the line with that name."""
    lines = rapid_review_sources(found.case, found.practice, THURSDAY)
    return next(known.source for known in lines if known.line == line)


def test_what_only_people_can_write_is_never_filled_in() -> None:
    told = facts(decided())
    for field in ("analysis", "child_voice", "context_inequalities", "learning_shared", "improvement_potential"):
        assert told[field] == ""
    for field in ("criteria_rationale", "dissent", "lcspr_plan", "family_informed"):
        assert told[field] == ""


def test_what_the_meeting_decided_is_filled_in() -> None:
    told = facts(decided())
    assert (told["decision"], told["decision_reason"]) == ("local review", "The criteria are met.")
    assert told["immediate_actions"] == [
        {"action": "Ask P.A-L. who lives there", "owner": "Ana Rao", "due": "19 June 2026", "done": ""}
    ]
    met = {row["criterion"][:20]: (row["met"], row["reason"]) for row in told["criteria"]}
    assert met["The case shows, or m"] == ("yes", "Nobody asked who was at home.")
    assert met["It raises issues tha"] == ("", "")
    assert [row["partner"] for row in told["sign_off"]] == [
        "The local authority",
        "The police",
        "Health (the integrated care board)",
    ]


def test_nothing_given_leaves_everything_open() -> None:
    told = dict(rapid_review_facts(Case(ref=REF, procedure=H01), practice(), THURSDAY))
    dates = told["dates"]
    assert isinstance(dates, list)
    assert told["harm"] == told["facts_of_incident"] == told["decision"] == told["genogram"] == ""
    assert told["agencies"] == told["key_events"] == told["family"] == []
    assert told["immediate_actions"] == [{"action": "", "owner": "", "due": "", "done": ""}]
    assert {"what": "Endorsed by the independent chair", "date": "not yet"} in dates


def test_what_people_wrote_comes_before_the_record() -> None:
    found = decided()
    written = TemplateWritten(
        at=THURSDAY,
        by=MANAGER,
        because="given back",
        sha256="f" * 64,
        answers={"analysis": f"{CHILD} was seen and not heard.", "decision_reason": "For three reasons."},
        tables={
            "immediate_actions": ({"action": "See every child", "owner": "All", "due": "2026-06-30", "done": "no"},)
        },
    )
    case = found.case.model_copy(update={"written": written.answers, "written_tables": written.tables})
    told = dict(rapid_review_facts(case, found.practice, THURSDAY))
    assert told["analysis"] == "W.A. was seen and not heard."
    assert told["decision_reason"] == "For three reasons."
    assert told["immediate_actions"] == [
        {"action": "See every child", "owner": "All", "due": "30 June 2026", "done": "no"}
    ]


def test_an_agency_that_did_not_answer_is_named_with_what_is_known() -> None:
    found = desk()
    found.returns("Wed 3 Jun 2026 9:00", "police", return_form())
    found.returns(
        "Wed 3 Jun 2026 9:30", "health", ReadForm(fields={"had_involvement": "no", "author_name": "Kit"}), None
    )
    told = facts(found)
    assert told["silent"] == (
        "3 agencies were asked; 1 sent a return; Northshire Integrated Care Board had no involvement; "
        "no return has come from Northshire Children's Services."
    )
    council = next(agency for agency in told["agencies"] if agency["name"] == "Northshire Children's Services")
    assert council["status"].startswith("Late, due Wednesday 10 June")


def test_many_silent_agencies_are_counted_and_each_has_its_heading() -> None:
    found = Desk(practice())
    found.refer("Mon 1 Jun 2026 9:12")
    many = {f"s{n}": found.case.requests["police"].model_copy(update={"agency": f"s{n}"}) for n in range(25)}
    case = found.case.model_copy(update={"requests": many})
    before = dict(rapid_review_facts(case, found.practice, THURSDAY))
    assert before["silent"] == "25 agencies are still to be asked."
    asked = {n: r.model_copy(update={"sent_at": at("Mon 1 Jun 2026 9:30")}) for n, r in many.items()}
    told = dict(rapid_review_facts(case.model_copy(update={"requests": asked}), found.practice, THURSDAY))
    assert told["silent"] == ("25 agencies were asked; no return has come from 25 agencies, each named below.")
    assert isinstance(told["agencies"], list)
    assert len(told["agencies"]) == 25


def test_the_reason_why_an_agency_makes_no_return_is_told() -> None:
    found = desk()
    found.record("Thu 4 Jun 2026 9:00", "no-return", "police", why=f"Its files on {CHILD} are with the court.")
    told = facts(found)
    assert "Northshire Police will make none" in told["silent"]
    police = next(agency for agency in told["agencies"] if agency["name"] == "Northshire Police")
    assert police["status"] == "Will make no return, due Wednesday 10 June; Its files on W.A. are with the court."


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("One two. Three four.", 4, "One two. Three four."),
        ("One two. Three four.", 3, "One two. [2 more words in the return, which the partnership holds.]"),
        ("One two three four", 2, "One two … [2 more words in the return, which the partnership holds.]"),
        (
            "Seen. “Why?” Nobody said so. More.",
            3,
            "Seen. “Why?” [4 more words in the return, which the partnership holds.]",
        ),
        (
            "A list\nof lines\nwithout stops",
            4,
            "A list\nof lines [2 more words in the return, which the partnership holds.]",
        ),
    ],
)
def test_a_long_return_ends_with_a_sentence_and_says_what_is_left_out(text: str, words: int, shown: str) -> None:
    assert shortened(text, words) == shown


def test_of_a_long_chronology_the_latest_events_stand_in_the_form() -> None:
    found = desk()
    rows = tuple(
        {"date": f"20{10 + n // 12:02}-{n % 12 + 1:02}-03", "event": f"Visit number {n} to the home"}
        for n in range(70)
    )
    found.returns("Wed 3 Jun 2026 9:00", "police", return_form(), rows)
    told = facts(found)
    assert len(told["key_events"]) == KEY_EVENTS
    assert told["key_events"][-1]["event"] == "Visit number 69 to the home"
    assert "10 earlier entries are not shown here" in told["key_events_note"]


def test_a_line_says_in_which_file_and_where_it_stood() -> None:
    found = Desk(practice())
    form = ReadForm(
        fields=dict(NEEDED_OF_A_RETURN),
        found=Found(file=f"{CHILD} return.docx", places={"involvement_summary": "table 2, row 3"}),
    )
    found.refer("Mon 1 Jun 2026 9:12")
    found.answer("Mon 1 Jun 2026 9:30")
    found.returns("Wed 3 Jun 2026 9:00", "police", form)
    assert source(found, "Northshire Police: involvement") == (
        "the return of Northshire Police, received on Wednesday 3 June 2026 (“other.docx”, table 2, row 3)"
    )


def test_a_line_that_a_person_recorded_names_them_the_day_and_the_reason() -> None:
    found = decided()
    assert source(found, "Reason for the decision") == (
        "recorded by Helen Marsh on Thursday 11 June 2026: The criteria are met."
    )
    assert source(found, "Quorum") == "recorded by Helen Marsh on Thursday 11 June 2026"
    assert source(found, "Ethnicity").startswith("the referral form, received on Monday 1 June 2026")


def test_what_a_person_said_of_the_child_comes_from_them() -> None:
    found = desk(child_ethnicity="")
    found.record("Tue 2 Jun 2026 9:00", "child", "ethnicity=White British")
    assert facts(found)["child"]["ethnicity"] == "White British"
    assert source(found, "Ethnicity") == "recorded by Helen Marsh on Tuesday 2 June 2026: told to the office"


def test_every_line_of_the_annex_has_a_source_and_names_nobody_of_the_family() -> None:
    found = decided()
    lines = rapid_review_sources(found.case, found.practice, THURSDAY)
    assert all(line.section and line.line and line.text and line.source for line in lines)
    told = " ".join(f"{line.line} {line.text} {line.source}" for line in lines)
    assert not {name for name in ("Wilfred", "Ashgrove", "Petra", "Lund") if name in told}


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"date": "2024-11", "date_raw": "11/2024"}, "November 2024"),
        ({"date": "2026-04-20", "date_raw": "w/c 20/04/2026"}, "week from 20 April 2026"),
        ({"date": "2019-03", "date_raw": "circa March 2019"}, "about March 2019"),
        ({"date": "", "date_raw": "when he was small"}, "when he was small"),
        ({}, "not dated"),
    ],
)
def test_a_key_event_has_its_date_in_words_as_the_chronology_places_it(row: dict[str, str], shown: str) -> None:
    found = desk()
    found.returns("Wed 3 Jun 2026 9:00", "police", return_form(), ({**row, "event": "Seen at home"},))
    assert [event["date"] for event in facts(found)["key_events"]] == [shown]


def test_where_the_procedure_asks_for_no_endorsement_the_template_prompts_for_none() -> None:
    found = decided()
    found.case = found.case.model_copy(update={"procedure": H01})
    assert facts(found)["endorsed_on"] == ""
    found.case = found.case.model_copy(update={"procedure": FLOW_CHART})
    assert facts(found)["endorsed_on"] == "Not asked for under this procedure"
    assert source(found, "The day of the endorsement") == "Staffordshire and Stoke-on-Trent flow chart"
