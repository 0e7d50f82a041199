"""Names of child and family stay out of what the Panel and the post can read."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.case import Case, Child
from mailbot.cases.events import Paper
from mailbot.cases.initials_version import Initials, read_parts
from mailbot.cases.name_words import NameWords
from mailbot.cases.pseudonyms import Pseudonyms
from mailbot.cases.rapid_review import age_at, rapid_review_facts
from mailbot.cases.wording import initials
from tests.builders import CHILD, CONFIG, MOTHER, at, practice, return_form
from tests.cases.desk import Desk

WORDS = NameWords.model_validate(tomllib.loads((CONFIG / "names.toml").read_text("utf-8")))
BODIES = ("Kent Police", "Kent County Council", "Northshire Police")


def family(*others: str, child: str = "Wilfred Ashgrove", aka: str = "") -> Pseudonyms:
    rows = tuple({"name": name} for name in others)
    return Pseudonyms(
        Case(child=Child(name=child), referral={"child_aka": aka}, referral_tables={"parents_carers": rows}),
        WORDS,
        BODIES,
    )


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Wilfred Ashgrove was seen.", "W.A. was seen."),
        ("Wilfred was seen; WILFRED cried.", "W. was seen; W. cried."),
        ("Wilfred's mother, Petra Ashgrove-Lund", "W.'s mother, P.A-L."),
        ("Ms Ashgrove-Lund and Mr Lund", "Ms A-L. and Mr L."),
        ("the Ashgroves moved", "the Ashgroves moved"),
        ("Nobody else was named.", "Nobody else was named."),
    ],
)
def test_names_become_initials_whole_names_first(text: str, hidden: str) -> None:
    assert family("Petra Ashgrove-Lund")(text) == hidden


def test_for_readers_outside_two_people_with_the_same_initials_are_told_apart() -> None:
    rows = ({"name": "Wanda Ashgrove", "relationship": "mother"}, {"name": "محمد علي", "relationship": "father"})
    case = Case(
        child=Child(name="Wilfred Ashgrove"),
        referral={
            "child_aka": "Wilfred Reed",
            "date_of_death": "not_applicable",
            "date_of_incident": "2026-05-28",
            "date_of_incident_raw": "before 28/05",
            "involvement_from_raw": "when Wilfred was small",
            "involvement_to": "2024-11",
            "involvement_to_raw": "november 2024",
            "gp": "Kiln Lane, WM4 7QT, 999 041 7261",
        },
        referral_tables={"parents_carers": rows},
    )
    hide = Initials(Pseudonyms(case, WORDS, BODIES, apart=True))
    assert (
        hide("Wilfred Reed, Wanda and محمد; Wanda Ashgrove; the Ashgrove home")
        == "W.A., W.A.2 and م.ع.; W.A.2; the A. home"
    )
    assert [(line.initials, line.who) for line in hide.key] == [
        ("W.A.", "the child"),
        ("W.A.", "another name of the child"),
        ("W.A.2", "mother"),
        ("م.ع.", "father"),
    ]
    asked = {"referral": ("gp", "date_of_incident"), "notification": (), "scoping_return": ()}
    (part,) = read_parts(case, hide, asked)
    assert part.answers == (
        ("The GP", "Kiln Lane, (postcode), (number)"),
        ("The date of the incident", "28 May 2026 (written: before 28/05)"),
        ("Date of death", "not applicable"),
        ("Involvement to", "November 2024"),
        ("Involvement from", "when W.A. was small"),
    )


def test_other_names_of_the_child_are_names_too() -> None:
    assert family(aka="Billy Reed")("Billy, as he is known") == "B., as he is known"


@pytest.mark.parametrize("answer", ["Not known", "unknown", "None", "Unknown father", ""])
def test_an_answer_that_is_no_name_hides_nothing(answer: str) -> None:
    text = "Not known to services. The father is unknown. None was seen."
    assert family(answer)(text) == text


def test_a_name_that_is_also_a_word_hides_only_the_name() -> None:
    assert family("Will May")("Will may visit if they will.") == "W. may visit if they will."


def test_without_any_name_the_text_stays_as_it_is() -> None:
    assert family(child="")("A child was seen.") == "A child was seen."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("JCR Referral Form.docx", "JCR Referral Form.docx"),
        ("Referral Wilfred Ashgrove.docx", "referral.docx"),
        ("referral_WILFRED.PDF", "referral.PDF"),
        ("ashgrove", "referral"),
    ],
)
def test_a_file_named_after_the_child_is_called_after_its_kind(name: str, shown: str) -> None:
    assert family().file(Paper(kind="referral", name=name, sha256="a" * 64)) == shown


MONTHS = ("April Ashgrove", "Rose May")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("On 3 April 2026 and in April she was seen.", "On 3 April 2026 and in April she was seen."),
        (
            "29 May 2026; May 2026; 3-9 April; April to June 2026.",
            "29 May 2026; May 2026; 3-9 April; April to June 2026.",
        ),
        ("April was seen by Rose.", "A. was seen by R."),
        ("April, 29, mother; April (31)", "A., 29, mother; A. (31)"),
        ("in April Ashgrove's home and in April's bag", "in A.A.'s home and in A.'s bag"),
        ("Mrs May rang on 3 May.", "Mrs M. rang on 3 May."),
        ("ROSE MAY and rose may and May, Rose", "R.M. and R.M. and R.M."),
    ],
)
def test_a_name_that_is_a_month_is_left_in_dates(text: str, hidden: str) -> None:
    assert family(*MONTHS)(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Kent Police and Kent County Council were told.", "Kent Police and Kent County Council were told."),
        ("Kent police rang Amy Kent.", "Kent police rang A.K."),
        ("Amy lives in Kent.", "A. lives in K."),
    ],
)
def test_a_name_stays_in_the_name_of_an_agency(text: str, hidden: str) -> None:
    assert family(child="Amy Kent")(text) == hidden


def test_a_name_that_is_a_word_stays_where_it_can_only_be_the_word() -> None:
    hide = family("Mark Bishop", "Will Bishop", "An He")
    assert hide("A red mark. Will he come? Mark came with Will.") == "A red mark. Will he come? M. came with W."
    assert hide("He was seen. An apple. Mr He and An He.") == "He was seen. An apple. Mr H. and A.H."


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Bo Li seen; bo li; LI, Bo; BO LI", "B.L. seen; B.L.; B.L.; B.L."),
        ("Bo's toys, Bo’s bed, Jo left", "B.'s toys, B.’s bed, J. left"),
        ("An NG tube; Bob and Lithe; JOB", "An NG tube; Bob and Lithe; JOB"),
        ("李明 came; 我们见到李明了", "李. came; 我们见到李.了"),
        ("ومحمد قال; محمد علي", "وم. قال; م.ع."),
        ("김민준은 집에", "김.은 집에"),
    ],
)
def test_short_names_and_names_of_other_scripts_are_hidden(text: str, hidden: str) -> None:
    assert family("Jo Ng", "李明", "محمد علي", "김민준", child="Bo Li")(text) == hidden


@pytest.mark.parametrize(
    ("name", "text", "hidden"),
    [
        ("Rowan O'Brien", "Rowan O’Brien, Mr O’Brien’s; o'brien, rowan", "R.O., Mr O.’s; R.O."),
        ("CASTELLANE, Rowan", "Castellane; Rowan; rowan castellane", "C.; R.; R.C."),
        ("rowan castellane", "Castellane; Rowan; CASTELLANE Rowan", "C.; R.; R.C."),
        ("Zoë Núñez", "Zoe Nunez, Zoe\u0308 and NUNEZ", "Z.N., Z. and N."),
        ("Zoe Nunez", "Zoë Núñez", "Z.N."),
        ("Jürgen Müller", "Juergen Mueller; Muller", "J.M.; M."),
        ("Rowan Castellane (known as Ro)", "Ro and Rowan Castellane in a row", "R. and R.C. in a row"),
        ("Rowan James Castellane", "Rowan Castellane; rowan.castellane@home.example", "R.J.C.; R.J.C.@home.example"),
        ("Anna-Lise Reed", "Anna Lise Reed; anna-lise reed; Lise", "A-L.R.; A-L.R.; L."),
    ],
)
def test_a_name_is_known_in_every_writing(name: str, text: str, hidden: str) -> None:
    assert family(child=name)(text) == hidden


def test_two_sentences_are_not_joined_to_a_name() -> None:
    assert family(child="Rowan Castellane")("By Castellane. Rowan left.") == "By C. R. left."


def test_the_address_is_hidden_with_either_apostrophe() -> None:
    hide = Pseudonyms(Case(child=Child(name="Bo Li"), referral={"child_address": "18 Fuller's Row, Westmarch"}))
    assert hide("At 18 Fuller’s Row; near fuller's row.") == "At the home address; near the home street."


FORENAMES = st.sampled_from(["Rowan", "Bo", "Zoë", "Anna-Lise", "Will", "April", "Łukasz", "Siân", "O'Neil", "Björn"])
SURNAMES = st.sampled_from(["Castellane", "Li", "Núñez", "Ashgrove-Lund", "May", "O’Brien", "Kent", "Ng", "Ødegård"])
UNCASED = st.sampled_from(["李明", "王小明", "محمد علي", "فاطمة حسن", "김민준", "סנונית לוי", "やまだ はなこ"])


def unaccented(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


WRITINGS: tuple[Callable[[str, str], str], ...] = (
    lambda first, last: f"{first} {last}",
    lambda first, last: f"{first} {last}".upper(),
    lambda first, last: f"{first} {last}".lower(),
    lambda first, last: f"{last.upper()}, {first}",
    lambda first, last: f"{last}, {first}",
    lambda first, last: f"{last} {first}",
    lambda first, last: f"{first}  {last}".replace("-", " "),
    lambda first, last: f"{first}\n{last}".replace("'", "’"),
    lambda first, last: f"{first} {last}".replace("’", "'"),
    lambda first, last: f"{first}-{last}",
    lambda first, last: unaccented(f"{first} {last}"),
    lambda first, last: unicodedata.normalize("NFD", f"{first} {last}"),
)


@given(
    FORENAMES, SURNAMES, st.sampled_from(WRITINGS), st.sampled_from(["{}", "on 3 June {} came", "({})", "见到{}了"])
)
def test_no_whole_name_survives_in_any_writing(
    first: str, last: str, writing: Callable[[str, str], str], around: str
) -> None:
    written = writing(first, last)
    hidden = family(child=f"{first} {last}")(around.format(written))
    short = initials(f"{first} {last}")
    assert hidden in (around.format(short), around.format(short).replace("..", "."))


@given(UNCASED, st.sampled_from(["{}", "{} came", "seen: {}.", "“{}”"]))
def test_no_name_without_capitals_survives(name: str, around: str) -> None:
    assert name not in family("Rowan Reed", child=name)(around.format(name))


@pytest.mark.parametrize(
    "name", ["Bo Li return.docx", "BOLI.docx", "rowan-castellane.pdf", "O’Brien.docx", "李明.docx"]
)
def test_a_file_is_called_after_its_kind_whatever_the_writing(name: str) -> None:
    hide = family("Rowan Castellane", "Sean O'Brien", "李明", child="Bo Li")
    assert hide.file(Paper(kind="return", name=name, sha256="a" * 64)) == f"return.{name.rpartition('.')[2]}"
    assert hide.file(Paper(kind="return", name="Rainbow.docx", sha256="a" * 64)) == "Rainbow.docx"


def test_the_key_knows_people_with_short_names() -> None:
    case = Case(
        child=Child(name="Bo Li"), referral_tables={"parents_carers": ({"name": "李明"}, {"name": "unknown"})}
    )
    assert [line.name for line in Initials(Pseudonyms(case, apart=True)).key] == ["Bo Li", "李明"]


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("CASTELLANE, Rowan", "R.C."),
        ("Ms Rowan Castellane (known as Ro)", "R.C."),
        ("R.C.", "R.C."),
        ("Reuben Falconbridge-Tuck", "R.F-T."),
        ("李明", "李."),
    ],
)
def test_initials_are_the_same_however_a_name_is_written(written: str, short: str) -> None:
    assert initials(written) == short


def test_the_template_for_the_panel_names_nobody_of_the_family() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12")
    desk.answer("Mon 1 Jun 2026 9:30")
    told = return_form(
        involvement_summary=f"{CHILD} and {MOTHER} were visited.",
        key_issues="Petra was not asked about Mr Lund.",
        child_voice="Wilfred cannot speak yet.",
        good_practice="WILFRED was weighed.",
    )
    rows = ({"date": "2026-05-04", "event": "Wilfred seen with Petra"},)
    desk.returns("Wed 3 Jun 2026 9:00", "police", told, rows)
    facts = str(rapid_review_facts(desk.case, desk.practice, at("Thu 11 Jun 2026 14:00")))
    for name in ("Wilfred", "WILFRED", "Ashgrove", "Petra", "Lund"):
        assert name not in facts
    assert "W.A. and P.A-L. were visited." in facts


@pytest.mark.parametrize(
    ("born", "incident", "age"),
    [
        ("2025-11-03", "2026-05-28", "6 months"),
        ("2025-11-28", "2026-05-27", "5 months"),
        ("2024-05-28", "2026-05-28", "2 years"),
        ("2026-07-01", "2026-05-28", "unborn at the time"),
        ("", "2026-05-28", ""),
        ("2025-11", "2026-05-28", ""),
    ],
)
def test_the_childs_age_at_the_incident(born: str, incident: str, age: str) -> None:
    assert age_at(born, incident) == age


def test_what_is_not_recorded_is_said_to_be_so() -> None:
    desk = Desk(practice())
    desk.refer("Mon 1 Jun 2026 9:12", child_ethnicity="unknown")
    facts = rapid_review_facts(desk.case, desk.practice, at("Mon 1 Jun 2026 10:00"))
    assert {"what": "Rapid Review meeting", "date": "not recorded"} in facts["dates"]  # type: ignore[operator]
    assert facts["quorum"] == "Attendance is not recorded."
    assert facts["child"]["ethnicity"] == "not known"  # type: ignore[call-overload,index]
