"""One chronology of what all agencies told: its order, what is folded, and what is pointed out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.cases.case import Case, Child, Request
from mailbot.cases.chronology import Chronology, Entry, combined, say_months
from mailbot.cases.events import Row
from mailbot.cases.pseudonyms import Pseudonyms
from tests.builders import FLOW_CHART, PROCEDURES, REF, at, practice

NOW = at("Fri 12 Jun 2026 10:00")
BORN, INCIDENT = "2025-11-03", "2026-05-28"
NAMES = {"police": "Northshire Police", "health": "Northshire Integrated Care Board", "homes": "Northshire Homes"}
SHOUTING = "A neighbour reported shouting at the home address late in the evening."


def request(agency: str, rows: tuple[Row, ...] = (), **changes: object) -> Request:
    asked = Request(agency=agency, name=NAMES[agency], because="", round="r1", item=1, rows=rows)
    sent = {"sent_at": at("Mon 1 Jun 2026 09:00"), "completeness": "full" if rows else None}
    return asked.model_copy(update=sent | changes)


def case_of(*requests: Request, **facts: object) -> Case:
    child = Child(name="Wilfred Ashgrove", initials="W.A.", dob=BORN)
    case = Case(ref=REF, child=child, children=(child,), referral={"date_of_incident": INCIDENT, "child_dob": BORN})
    return case.model_copy(update={"requests": {r.agency: r for r in requests}} | facts)


def told(**agencies: tuple[Row, ...]) -> Chronology:
    """The chronology of agencies that sent these rows."""
    return combined(case_of(*(request(name, rows) for name, rows in agencies.items())), practice(), NOW)


def row(date: str = "", event: str = "", **cells: str) -> Row:
    return {"date": date, "event": event or f"Seen, {cells.get('date_raw', date)}", **cells}


def order(chronology: Chronology) -> list[str]:
    return [entry.when.placed or entry.when.written or "none" for entry in chronology.entries]


def said(chronology: Chronology) -> str:
    return " ".join(found.because for found in chronology.contradictions)


def test_all_agencies_rows_stand_in_one_order_and_are_numbered() -> None:
    found = told(
        police=(row("2026-05-03", time="22:20"), row("2024-11-01")),
        health=(row("2026-05-03", time="09:00"), row("2026-05-01")),
    )
    assert [(e.number, e.told.name, e.when.placed) for e in found.entries] == [
        (1, "Northshire Police", "1 November 2024"),
        (2, "Northshire Integrated Care Board", "1 May 2026"),
        (3, "Northshire Integrated Care Board", "3 May 2026"),
        (4, "Northshire Police", "3 May 2026"),
    ]
    assert [line.mark for line in found.agencies] == ["A", "B"]
    assert [e.told.mark for e in found.entries] == ["A", "B", "B", "A"]


def test_what_is_dated_roughly_stands_at_the_beginning_of_its_time() -> None:
    rough = (row("2026-03", date_raw="March 26"), row("2026-03", date_end="2026-05", date_raw="Mar-May 26"))
    rows = (row("2026-03-01"), *rough, row("2026", date_raw="this year"), row("2025-12-31"), row("2026-01-01"))
    assert order(told(police=rows)) == [
        *("31 December 2025", "2026", "1 January 2026"),
        *("March to May 2026", "March 2026", "1 March 2026"),
    ]


@pytest.mark.parametrize(
    ("written", "placed", "first", "last", "uncertain"),
    [
        ({"date": "2026-05-04"}, "4 May 2026", "2026-05-04", "2026-05-04", False),
        ({"date": "2026-05-04", "date_raw": "?4 May 2026"}, "4 May 2026", "2026-05-04", "2026-05-04", True),
        (
            {"date": "2026-04-20", "date_raw": "w/c 20/4"},
            "week from 20 April 2026",
            "2026-04-20",
            "2026-04-26",
            False,
        ),
        ({"date": "2026-04-03", "date_end": "2026-04-05"}, "3 to 5 April 2026", "2026-04-03", "2026-04-05", False),
        (
            {"date": "2025-12-30", "date_end": "2026-01-02"},
            *("30 December 2025 to 2 January 2026", "2025-12-30", "2026-01-02", False),
        ),
        (
            {"date": "2018", "date_end": "2019", "date_raw": "2018-19"},
            "2018 to 2019",
            "2018-01-01",
            "2019-12-31",
            False,
        ),
        ({"date": "2024-02", "date_raw": "early Feb 24"}, "February 2024", "2024-02-01", "2024-02-29", True),
    ],
)
def test_a_date_is_placed_as_far_as_it_is_known(
    written: Row, placed: str, first: str, last: str, uncertain: bool
) -> None:
    when = told(police=({**written, "event": "Seen"},)).entries[0].when
    assert (when.placed, when.uncertain) == (placed, uncertain)
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert when.written == written.get("date_raw", "")


def test_what_has_no_date_stands_at_the_end_with_what_was_written() -> None:
    found = told(police=(row(date_raw="T2", event="Scan"), row("2026-05-01"), {"event": "No date at all"}))
    assert order(found) == ["1 May 2026", "T2", "none"]
    assert found.entries[1].doubts == ("The date was written as “T2”, which could not be read.",)
    assert any("2 entries have no date that could be read" in line for line in found.because)


def test_a_date_that_may_be_wrong_is_marked_and_not_moved() -> None:
    parents = {"parents_carers": ({"name": "Petra", "date_of_birth": "1996-02-01"},)}
    rows = (row("2062-05-03"), row("1926-05-03"), row("2026-05-03", date_end="2026-04-01"), row("2026-05-29"))
    found = combined(case_of(request("police", rows), referral_tables=parents), practice(), NOW)
    assert order(found) == ["3 May 1926", "3 May 2026", "29 May 2026", "3 May 2062"]
    assert [" ".join(e.doubts) for e in found.entries] == [
        "This date lies before anybody in the family can have been born, as far as the referral tells.",
        "It is said to end on 1 April 2026, before it begins.",
        "",
        "This date lies in the future.",
    ]
    assert [e.after_incident for e in found.entries] == [False, False, True, True]


def test_before_the_childs_birth_a_family_has_a_history() -> None:
    assert told(police=(row("2004-05-03"),)).entries[0].doubts == ()
    assert told(police=(row("1926-05-03"),)).entries[0].doubts != ()


def test_a_row_sent_twice_is_one_entry() -> None:
    found = told(police=(row("2026-05-03", "Phone call"), row("2026-05-03", "Phone call")))
    assert [(e.told.event, len(e.also)) for e in found.entries] == [("Phone call", 1)]
    assert found.rows == 2


def test_two_agencies_that_tell_the_same_nearly_word_for_word_share_an_entry() -> None:
    other = SHOUTING.replace("neighbour", "nieghbour").replace("late in", "late on in")
    found = told(police=(row("2026-05-03", SHOUTING),), homes=(row("2026-05-03", other, source="Tenancy file"),))
    (entry,) = found.entries
    assert entry.told.event == SHOUTING
    assert [(t.name, t.event, t.source) for t in entry.also] == [("Northshire Homes", other, "Tenancy file")]
    assert [line.entries for line in found.agencies] == [1, 1]


def test_of_two_that_tell_the_same_the_one_with_a_time_stands() -> None:
    rows = (row("2026-05-03", SHOUTING), row("2026-05-03", "Missed call", time="09:00"))
    found = told(homes=rows, police=(row("2026-05-03", SHOUTING, time="22:20"),))
    assert [(e.told.name, e.when.time, len(e.also)) for e in found.entries] == [
        ("Northshire Homes", "09:00", 0),
        ("Northshire Police", "22:20", 1),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Home visit", "Home visit"),
        ("The baby had a bruise on the left arm today.", "The baby had a bruise on the right arm today."),
        ("The child was seen at home and was well.", "The child was not seen at home and was well."),
        ("Weight of 4200 grams was recorded in clinic today.", "Weight of 4020 grams was recorded in clinic today."),
        ("He was found to be injured by the ambulance crew.", "He was found to be uninjured by the ambulance crew."),
    ],
)
def test_what_may_be_two_events_stays_two(one: str, other: str) -> None:
    assert len(told(police=(row("2026-05-03", one),), health=(row("2026-05-03", other),)).entries) == 2


def test_the_same_words_at_two_hours_are_two_entries_and_pointed_out() -> None:
    rows = {
        "police": (row("2026-05-03", SHOUTING, time="22:20"),),
        "homes": (row("2026-05-03", SHOUTING, time="23:05"),),
    }
    found = told(**rows)
    assert len(found.entries) == 2
    assert "read like one event on 3 May 2026, but give 22:20 and 23:05 as its time" in said(found)


def test_one_event_with_two_dates_is_pointed_out_with_both_rows() -> None:
    found = told(police=(row("2026-05-03", SHOUTING),), homes=(row("2026-05-05", SHOUTING),))
    (pointed,) = found.contradictions
    assert pointed.entries == (1, 2)
    assert pointed.because == (
        "Entries 1 (Northshire Police) and 2 (Northshire Homes) read like one event, but are dated 3 May 2026 and "
        "5 May 2026."
    )
    assert pointed.quotes == (
        f"1 · 3 May 2026 · Northshire Police: “{SHOUTING}”",
        f"2 · 5 May 2026 · Northshire Homes: “{SHOUTING}”",
    )


def test_a_day_and_month_that_were_swapped_are_suspected_however_far_apart() -> None:
    found = told(police=(row("2026-03-05", SHOUTING),), homes=(row("2026-05-03", SHOUTING),))
    assert "Day and month may have been swapped in one of them." in said(found)
    far = told(police=(row("2026-03-06", SHOUTING),), homes=(row("2026-05-03", SHOUTING),))
    assert far.contradictions == ()


def test_routine_words_contradict_nothing() -> None:
    weekly = "Seen in clinic with mother, weight and feeding discussed, no concerns."
    found = told(
        health=(row("2026-03-02", weekly), row("2026-03-09", weekly)),
        homes=(row("2026-03-04", weekly), row("2026-03-11", weekly)),
    )
    assert found.contradictions == ()


def test_contact_with_the_child_after_the_death_is_pointed_out() -> None:
    case = case_of(
        request("health", (row("2026-06-02", "Child seen in clinic."), row("2026-06-02", "Strategy meeting held."))),
        referral={"date_of_incident": INCIDENT, "date_of_death": "2026-05-30"},
    )
    found = combined(case, practice(), NOW)
    assert [p.entries for p in found.contradictions] == [(1,)]
    assert "reads like contact with the child on 2 June 2026, after the death on 30 May 2026" in said(found)


def test_what_contradicts_the_record_is_pointed_out() -> None:
    case = case_of(
        request("police", (row("2026-05-03"),), fields={"child_dob": "2025-03-11", "involvement_from": "2026-05-10"}),
        request("homes", (row("2026-05-04"),), completeness="nil"),
        notification={"date_of_incident": "2026-05-27", "child_dob": BORN},
    )
    assert [p.because for p in combined(case, practice(), NOW).contradictions] == [
        "The return of Northshire Police gives 11 March 2025 as the child’s date of birth, "
        "the referral 3 November 2025.",
        "The referral dates the incident 28 May 2026, the local authority’s notification 27 May 2026.",
        "Northshire Police gives its involvement as from 10 May 2026; entry 1 of its own lies before that day.",
        "Northshire Homes says that it had no involvement, and yet has 1 entry in this chronology.",
    ]


def test_a_time_without_any_contact_is_a_silence_up_to_the_incident() -> None:
    found = told(police=(row("2025-06-01"),), health=(row("2025-11-20"), row("2026-01-05")))
    assert [s.because for s in found.silences] == [
        "No contact recorded by anyone for 5 months: 1 June 2025 to 20 November 2025.",
        "No contact recorded by anyone for 4 months: 5 January 2026 to the incident on 28 May 2026.",
    ]
    assert [(s.after_entry, s.before_entry) for s in found.silences] == [(1, 2), (3, None)]


def test_a_year_alone_breaks_no_silence_but_is_named() -> None:
    rows = (row("2025-02-01"), row("2025", date_raw="2025"), row("2025-10-01"), row("2026-05-20"))
    silence = told(police=rows).silences[0]
    assert silence.within == (1,)
    assert silence.because.endswith("Entry 1, dated roughly or said to go on, may fall into it.")


def test_a_period_and_a_doubtful_date_make_no_silence() -> None:
    during = row("2025-02-01", date_end="2026-05-01", date_raw="Feb 25 to May 26")
    assert told(police=(during, row("2062-01-01"), row("2026-05-20"))).silences == ()


@pytest.mark.parametrize(
    ("months", "words"), [(1, "1 month"), (23, "23 months"), (24, "2 years"), (37, "3 years 1 month")]
)
def test_months_are_said_as_years_where_they_are_many(months: int, words: str) -> None:
    assert say_months(months) == words


def test_how_long_a_silence_is_belongs_to_the_procedure() -> None:
    rows = (row("2026-01-05"), row("2026-05-20"))
    patient = PROCEDURES[FLOW_CHART].model_copy(update={"chronology_silence_months": 6})
    case = case_of(request("police", rows))
    assert len(combined(case, practice(), NOW).silences) == 1
    assert combined(case, practice(procedures={FLOW_CHART: patient}), NOW).silences == ()


def test_every_agency_has_a_line_that_says_what_it_told_or_why_not() -> None:
    back = at("Mon 8 Jun 2026 09:00")
    case = case_of(
        request("police", (row("2025-01-05"), row("2026-05-20"))),
        request("health", completeness="part", missing=("chronology",), returned_at=back),
        request("homes"),
    )
    lines = combined(case, practice(), NOW).agencies
    assert [(line.answered, line.entries) for line in lines] == [("told", 2), ("no_chronology", 0), ("silent", 0)]
    assert lines[0].because == "Longest time without an entry of its own: 16 months, 5 January 2025 to 20 May 2026."
    assert lines[1].because == "Returned its form on Monday 8 June 2026; sent no chronology."
    assert lines[2].because.startswith("Asked on Monday 1 June 2026; no return has come")


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"completeness": "nil"}, "Says that it had no involvement."),
        ({"undeliverable": True}, "Could not be reached by email; nothing has come."),
        ({"sent_at": None}, "Has not been asked yet."),
        ({"paused": True}, "Sent a secure message or a locked file that is still to be opened."),
    ],
)
def test_why_an_agency_told_nothing(changes: dict[str, object], because: str) -> None:
    homes = request("homes").model_copy(update=changes)
    assert combined(case_of(homes), practice(), NOW).agencies[0].because == because


def test_births_incident_and_death_are_landmarks() -> None:
    case = case_of(referral={"date_of_incident": INCIDENT, "date_of_death": "2026-05"})
    found = combined(case, practice(), NOW)
    assert [(mark.kind, mark.what, mark.placed) for mark in found.landmarks] == [
        ("birth", "W.A. is born", "3 November 2025"),
        ("death", "The child dies", "May 2026"),
        ("incident", "The incident", "28 May 2026"),
    ]
    assert found.because == ("No agency has sent a chronology yet.",)


def test_key_dates_of_the_referral_are_entries_of_their_own() -> None:
    case = case_of(
        request("police", (row("2026-05-03"),)), referral_tables={"key_dates": (row("2026-05-01", "Moved"),)}
    )
    first = combined(case, practice(), NOW).entries[0]
    assert (first.told.name, first.told.event) == ("Referral form", "Moved")


def test_names_of_the_family_can_be_hidden_everywhere() -> None:
    rows = (
        row("2026-05-03", "Wilfred seen at home.", comment="Ashgrove family", who="Mr Ashgrove", helper="Wilfred"),
    )
    case = case_of(request("police", rows))
    hidden = combined(case, practice(), NOW).hidden(Pseudonyms(case))
    assert "Wilfred" not in hidden.model_dump_json()
    assert "Ashgrove" not in hidden.model_dump_json()
    assert hidden.entries[0].told.event == "W. seen at home."


DATES = st.sampled_from(["", "2019", "2026", "2026-03", "2026-03-01", "2026-03-02", "2026-05-28", "2062-01-01", "T2"])
TEXTS = st.text(alphabet="ab é,.1\n=", max_size=12) | st.sampled_from([SHOUTING, SHOUTING.upper(), "Home visit"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"date": DATES, "event": TEXTS},
        optional={
            "date_raw": TEXTS,
            "date_end": DATES,
            "time": st.sampled_from(["", "09:10", "noon"]),
            "extra": TEXTS,
        },
    ),
    max_size=8,
).map(tuple)


def cells(rows: tuple[Row, ...]) -> list[str]:
    """Every text of the rows that is not a date."""
    return sorted(text for r in rows for name, text in r.items() if text and name in ("event", "extra"))


def texts(entries: tuple[Entry, ...]) -> list[str]:
    told = [t for entry in entries for t in entry.tellings]
    return sorted(text for t in told for text in (t.event, *(text for _, text in t.more)) if text)


@settings(max_examples=60, deadline=None)
@given(police=ROWS, homes=ROWS)
def test_no_text_is_lost_and_the_order_is_total_and_stable(police: tuple[Row, ...], homes: tuple[Row, ...]) -> None:
    found = told(police=police, homes=homes)
    assert texts(found.entries) == cells(police + homes)
    assert [e.number for e in found.entries] == list(range(1, len(found.entries) + 1))
    firsts = [e.when.first or date.max for e in found.entries]
    assert firsts == sorted(firsts)
    assert found == told(police=police, homes=homes)
    assert found == Chronology.model_validate_json(found.model_dump_json())
