"""The morning digest: what is due, what waits, who is late and what was held, once on each working day."""

from __future__ import annotations

from mailbot.cases.decisions import SendLetter
from mailbot.cases.digest import HeldMails, Open, StuckLetter, digest, sections
from tests.builders import CHILD, LEADS, MANAGER, at, closed_on, practice
from tests.cases.desk import Desk

NOTHING_HELD = HeldMails()


def told(
    desk: Desk, when: str, held: HeldMails = NOTHING_HELD, stuck: tuple[StuckLetter, ...] = ()
) -> dict[str, list[str]]:
    """The digest's sections at a moment: heading to lines."""
    found = sections([Open(desk.case, tuple(desk.events))], held, stuck, desk.practice, at(when))
    return {section.title: list(section.lines) for section in found}


def letter(desk: Desk, when: str) -> SendLetter | None:
    """The digest's letter at a moment."""
    return digest([Open(desk.case, tuple(desk.events))], NOTHING_HELD, (), desk.practice, at(when))


def scoped(**changes: object) -> Desk:
    """A case whose four scoping letters went on Monday 1 June; their returns are due on Wednesday 10 June."""
    desk = Desk(practice(**changes))  # type: ignore[arg-type]
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.answer("Mon 1 Jun 2026 9:30")
    desk.record("Mon 1 Jun 2026 9:40", "aware", "2026-05-29")
    desk.record("Mon 1 Jun 2026 9:40", "notified", "2026-05-29")
    return desk


def test_a_round_waits_for_its_approver_since_the_day_it_was_first_asked() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", "Housing")
    desk.work(at("Tue 9 Jun 2026 8:35"))
    waiting = told(desk, "Tue 9 Jun 2026 8:40")["What waits for you"]
    assert waiting[1] == "RR-2026-001 (W.A.): approval of scoping letters (4 letters), since Monday 1 June 2026"
    assert waiting[0].endswith("Please record when the clocks began, since Monday 1 June 2026")


def test_a_question_waits_until_the_record_answers_it() -> None:
    desk = scoped()
    question = "RR-2026-001 (W.A.): Please set the Rapid Review meeting, since Monday 1 June 2026"
    assert question in told(desk, "Tue 2 Jun 2026 8:30")["What waits for you"]
    desk.record("Tue 2 Jun 2026 9:00", "meeting", "2026-06-11T10:00")
    assert question not in told(desk, "Wed 3 Jun 2026 8:30").get("What waits for you", [])


def test_returns_are_due_today_and_tomorrow_with_the_next_working_day_named() -> None:
    desk = scoped()
    desk.returns("Tue 2 Jun 2026 10:00", "health")
    due = told(desk, "Tue 9 Jun 2026 8:30")["Due by Wednesday 10 June"]
    names = "Northshire Children's Services, Northshire Police and Northshire Homes"
    assert f"RR-2026-001 (W.A.): returns from {names}, by 5 pm on Wednesday 10 June" in due
    assert (
        f"RR-2026-001 (W.A.): returns from {names}, by 5 pm today"
        in told(desk, "Wed 10 Jun 2026 8:30")["Due by Thursday 11 June"]
    )


def test_a_friday_names_the_monday_and_what_falls_due_on_the_days_between() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 9:00", "extension", "housing", "2026-06-13")
    due = told(desk, "Fri 12 Jun 2026 8:30")["Due by Monday 15 June"]
    assert "RR-2026-001 (W.A.): returns from Northshire Homes, by 5 pm on Saturday 13 June" in due


def test_who_is_late_is_said_with_the_days_and_the_last_chaser() -> None:
    desk = scoped()
    desk.until("Fri 12 Jun 2026 9:00", at("Tue 9 Jun 2026 8:30"))
    late = told(desk, "Fri 12 Jun 2026 9:00")["Late"]
    assert (
        "RR-2026-001 (W.A.): Northshire Police's return, due Wednesday 10 June, 2 working days ago; "
        "last chased on Friday 12 June"
    ) in late


def test_a_return_that_lacks_something_is_late_for_what_it_lacks() -> None:
    desk = scoped()
    desk.returns("Tue 2 Jun 2026 10:00", "police", rows=None)
    late = told(desk, "Thu 11 Jun 2026 8:30")["Late"]
    assert "Northshire Police's return lacks the chronology, due Wednesday 10 June, 1 working day ago" in " ".join(
        late
    )


def test_an_address_that_does_not_work_is_said_until_it_does() -> None:
    desk = scoped()
    desk.bounces("Mon 1 Jun 2026 11:00", "housing")
    assert (
        "RR-2026-001 (W.A.): Northshire Homes cannot be reached by email" in told(desk, "Tue 2 Jun 2026 8:30")["Late"]
    )


def test_what_was_held_is_counted_and_a_live_concern_comes_first() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    held = HeldMails(number=3, oldest=at("Thu 28 May 2026 16:02"), live=1)
    lines = told(desk, "Mon 1 Jun 2026 9:30", held)["Held mail"]
    assert lines[0].startswith("1 mail may be a live concern")
    assert lines[1] == "3 mails held for a person, the oldest since Thursday 28 May 2026"


def test_letters_that_failed_or_are_in_doubt_are_named_by_number() -> None:
    desk = scoped()
    stuck = (
        StuckLetter(id=7, case="RR-2026-001", kind="chase", status="failed", since=at("Mon 1 Jun 2026 9:00")),
        StuckLetter(id=9, case="", kind="warning", status="in_doubt", since=at("Mon 1 Jun 2026 9:00")),
    )
    assert told(desk, "Tue 2 Jun 2026 8:30", stuck=stuck)["Letters that did not go"] == [
        "RR-2026-001: letter 7 (chase) was refused by the mail server, since Monday 1 June 2026",
        "office: letter 9 (warning) may or may not have gone, since Monday 1 June 2026",
    ]


def test_an_immediate_action_that_is_not_done_by_its_day_waits() -> None:
    desk = scoped()
    for agency in ("council", "police", "health", "housing"):
        desk.returns("Tue 2 Jun 2026 10:00", agency)
    desk.record("Tue 2 Jun 2026 11:00", "meeting", "2026-06-11T10:00")
    desk.record("Thu 11 Jun 2026 12:00", "attendance", *LEADS)
    desk.record("Thu 11 Jun 2026 12:05", "action", "Check the other beds", "due=2026-06-15")
    late = "RR-2026-001 (W.A.): immediate action 1 was due on Monday 15 June"
    assert late not in told(desk, "Mon 15 Jun 2026 8:30")["What waits for you"]
    assert late in told(desk, "Tue 16 Jun 2026 8:30")["What waits for you"]
    desk.record("Tue 16 Jun 2026 9:00", "action-done", "1")
    assert late not in told(desk, "Wed 17 Jun 2026 8:30")["What waits for you"]


def test_a_suspended_case_is_in_it_when_it_is_to_be_looked_at() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 9:00", "suspended", "2026-06-16", why="the police investigate")
    assert "What waits for you" not in told(desk, "Wed 3 Jun 2026 8:30")
    desk.work(at("Tue 16 Jun 2026 8:30"))
    waiting = told(desk, "Tue 16 Jun 2026 8:30")["What waits for you"]
    assert waiting == ["RR-2026-001 (W.A.): A suspended case: please look again, since Tuesday 16 June 2026"]


def test_nothing_to_say_is_no_letter() -> None:
    desk = scoped()
    desk.record("Mon 1 Jun 2026 10:00", "meeting", "2026-06-11T10:00")
    desk.answer("Mon 1 Jun 2026 10:05")
    assert letter(desk, "Thu 4 Jun 2026 8:30") is None


def test_the_letter_goes_to_the_approvers_once_a_day_and_names_no_child() -> None:
    desk = scoped()
    found = letter(desk, "Wed 10 Jun 2026 8:31")
    assert found is not None
    assert found.key == "office/digest/2026-06-10"
    assert found.to == (MANAGER,)
    assert "2 due, 1 waiting and 1 late" in str(found.facts["title"])
    assert not any(part in str(found.facts) for part in CHILD.split())


def test_before_christmas_everything_due_until_the_next_day_at_work_is_told() -> None:
    """Boxing Day of 2026 is a Saturday, Monday 28 December its bank holiday; the office is closed on the 29th."""
    desk = Desk(practice(calendar=closed_on("Tue 29 Dec 2026")))
    desk.refer("Thu 17 Dec 2026 9:12", "Housing")
    desk.answer("Thu 17 Dec 2026 9:30")
    due = told(desk, "Thu 24 Dec 2026 8:30")["Due by Wednesday 30 December"]
    assert any("returns from" in line and line.endswith("by 5 pm on Wednesday 30 December") for line in due)


def test_after_the_clocks_change_hours_are_said_as_they_are_at_the_office() -> None:
    desk = Desk(practice())
    desk.refer("Thu 15 Oct 2026 9:12", "Housing")
    desk.answer("Thu 15 Oct 2026 9:30")
    due = told(desk, "Mon 26 Oct 2026 8:30")["Due by Tuesday 27 October"]
    assert any(line.endswith("by 5 pm today") for line in due)


def test_after_the_meeting_a_return_that_is_still_chased_stands_there_and_so_does_a_letter_that_came_back() -> None:
    desk = scoped()
    desk.record("Tue 2 Jun 2026 9:00", "meeting", "2026-06-11T10:00")
    desk.bounces("Tue 2 Jun 2026 9:30", "housing")
    desk.record("Thu 11 Jun 2026 13:00", "attendance", *LEADS)
    assert desk.stage == "meeting_held"
    morning = told(desk, "Fri 12 Jun 2026 8:30")
    assert any("Northshire Police's return, due Wednesday 10 June" in line for line in morning["Late"])
    assert "RR-2026-001 (W.A.): Northshire Homes cannot be reached by email" in morning["Late"]
    assert any("A letter did not arrive" in line for line in morning["What waits for you"])
