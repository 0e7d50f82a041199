"""The morning digest as the worker sends it: once on each working day, none on a day off or with nothing to say."""

from __future__ import annotations

from tests.intake.office import Office


def digests(office: Office) -> list[str]:
    """The days of the digests that have gone."""
    return [letter.key.rpartition("/")[2] for letter in office.letters("digest", status="sent")]


def test_one_goes_on_each_working_day_at_the_first_look_in_office_hours(office: Office) -> None:
    office.refer("Mon 1 Jun 2026 9:00")
    for when in ("Tue 2 Jun 2026 8:00", "Tue 2 Jun 2026 8:30", "Tue 2 Jun 2026 8:35", "Tue 2 Jun 2026 14:00"):
        office.pass_(when)
    assert digests(office) == ["2026-06-01", "2026-06-02"]


def test_none_goes_at_the_weekend_and_after_days_off_there_is_one(office: Office) -> None:
    office.refer("Fri 5 Jun 2026 9:00")
    for when in ("Sat 6 Jun 2026 9:00", "Sun 7 Jun 2026 9:00"):
        office.pass_(when)
    assert digests(office) == ["2026-06-05"]
    office.pass_("Wed 10 Jun 2026 10:15")
    office.pass_("Wed 10 Jun 2026 11:00")
    assert digests(office) == ["2026-06-05", "2026-06-10"]


def test_none_goes_at_christmas(office: Office) -> None:
    office.refer("Thu 24 Dec 2026 9:00")
    for when in ("Fri 25 Dec 2026 9:00", "Sat 26 Dec 2026 9:00", "Mon 28 Dec 2026 9:00"):
        office.pass_(when)
    assert digests(office) == ["2026-12-24"]


def test_on_the_monday_after_the_clocks_change_it_goes_when_the_office_opens(office: Office) -> None:
    office.refer("Fri 23 Oct 2026 9:00")
    office.pass_("Mon 26 Oct 2026 8:29")
    assert digests(office) == ["2026-10-23"]
    office.pass_("Mon 26 Oct 2026 8:30")
    assert digests(office) == ["2026-10-23", "2026-10-26"]


def test_nothing_to_say_is_no_mail_and_what_comes_later_in_the_day_waits_for_the_next(office: Office) -> None:
    office.pass_("Mon 1 Jun 2026 8:30")
    office.refer("Mon 1 Jun 2026 9:00")
    assert digests(office) == []
    office.pass_("Tue 2 Jun 2026 8:30")
    assert digests(office) == ["2026-06-02"]
    (letter,) = office.letters("digest")
    words = " ".join(office.opened(letter).text.split())
    assert "approval of scoping letters" in words
    assert office.case.child.name.split()[0] not in words
