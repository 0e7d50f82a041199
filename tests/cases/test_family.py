"""Who is who in a child's family, by the words of the referral, and where each stands in the drawing."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest

from mailbot.cases.case import Case, Child
from mailbot.cases.events import Row
from mailbot.cases.family import Family, Relationships, family_of, in_words, said_apart
from mailbot.cases.genogram import CHILD, IN_ONE_ROW, SIGN, WORDS, Drawing, drawn
from tests.builders import CONFIG

WORDS_SHIPPED = Relationships.model_validate(tomllib.loads((CONFIG / "relationships.toml").read_text("utf-8")))
WILFRED = Child(name="Wilfred Ashgrove", initials="W.A.", dob="2025-11-03", gender="male")
AGNES = Child(name="Agnes Ashgrove", initials="A.A.", dob="2022-04-05", gender="female")
PETRA, DAN = ("Petra Lund", "mother"), ("Dan Ashgrove", "Father")


def person(name: str, relationship: str, born: str = "", **more: str) -> Row:
    return {"name": name, "relationship": relationship, "date_of_birth": born, **more}


def family(*people: tuple[str, str] | Row, children: tuple[Child, ...] = (WILFRED,), **referral: str) -> Family:
    """The family of a referral that names these people, each as a name with what they are to the child."""
    rows = tuple(p if isinstance(p, dict) else person(*p) for p in people)
    case = Case(
        ref="RR-2026-001",
        child=children[0],
        children=children,
        referral={"child_address": "4 Mill Lane, Northshire"} | referral,
        referral_tables={"parents_carers": rows[:2], "siblings_household": rows[2:]},
    )
    return family_of(case, WORDS_SHIPPED)


def apart(found: Family) -> list[str]:
    return [member.initials for member in found.apart]


def place(drawing: Drawing, initials: str) -> tuple[float, float]:
    return next((f.x, f.y) for f in drawing.figures if f.words[0] == initials)


def test_parents_stand_over_their_children() -> None:
    drawing = drawn(family(PETRA, DAN, ("Ida Ashgrove", "sister")))
    mother, father, sister, child = (place(drawing, who) for who in ("P.L.", "D.A.", "I.A.", "W.A."))
    assert father[0] < mother[0]
    assert mother[1] == father[1] < sister[1] == child[1]
    assert father[0] < (sister[0] + child[0]) / 2 < mother[0]


@pytest.mark.parametrize(
    ("relationship", "sign"),
    [("mother", "circle"), ("Father", "square"), ("parent", "diamond"), ("mother's partner", "diamond")],
)
def test_the_sign_follows_the_word_where_the_form_gives_no_sex(relationship: str, sign: str) -> None:
    people = [PETRA, ("Zed Reed", relationship)] if "'" in relationship else [("Zed Reed", relationship)]
    drawing = drawn(family(*people))
    assert next(f.sign for f in drawing.figures if f.words[0] == "Z.R.") == sign


def test_what_the_form_says_of_the_sex_comes_before_the_word() -> None:
    drawing = drawn(family(person("Zed Reed", "parent", gender="female")))
    assert {f.words[0]: f.sign for f in drawing.figures} == {"Z.R.": "circle", "W.A.": "square"}


def test_an_unborn_child_is_a_triangle_and_the_dead_are_crossed() -> None:
    drawing = drawn(
        family(PETRA, ("Dan Ashgrove", "father (deceased)"), person("unborn", "unborn sibling", "2026-09"))
    )
    unborn = next(f for f in drawing.figures if f.sign == "triangle")
    assert unborn.words[-1] == "due 2026"
    assert [f.words[:2] for f in drawing.figures if f.died] == [("D.A.", "father")]


def test_the_child_who_died_is_crossed_and_doubly_drawn() -> None:
    drawing = drawn(family(PETRA, date_of_death="2026-05-28"))
    child = next(f for f in drawing.figures if f.words[0] == "W.A.")
    assert child.subject
    assert child.died


def test_a_mother_with_two_partners() -> None:
    found = family(PETRA, DAN, ("Col Reed", "mother's partner"), ("Zed Reed", "stepfather"))
    drawing = drawn(found)
    assert apart(found) == []
    mother, first, second = (place(drawing, who)[0] for who in ("P.L.", "C.R.", "Z.R."))
    assert mother < first < second
    assert second - first >= SIGN + WORDS


def test_of_two_step_parents_nobody_says_whose_the_step_brother_is() -> None:
    one = family(PETRA, DAN, ("Col Reed", "mother's partner"), ("Bo Reed", "stepbrother"))
    two = family(PETRA, DAN, ("Col Reed", "mother's partner"), ("Ann Ek", "stepmother"), ("Bo Reed", "stepbrother"))
    assert (apart(one), apart(two)) == ([], ["B.R."])
    assert "Children of C.R.: B.R. (stepbrother)" in in_words(one)


def test_half_siblings_hang_from_the_parent_whom_the_word_names() -> None:
    found = family(PETRA, DAN, ("Ida Lund", "maternal half-sister"), ("Kit Ashgrove", "paternal half brother"))
    drawing = drawn(found)
    left, child, right = (place(drawing, who)[0] for who in ("K.A.", "W.A.", "I.L."))
    assert left < child < right


def test_a_half_sister_of_an_unknown_side_is_named_apart() -> None:
    found = family(PETRA, DAN, ("Ida Lund", "half-sister"), ("Jo Friend", "family friend"))
    assert said_apart(found) == (
        "Not in the drawing, because the forms do not say where they belong: "
        "I.L. (half-sister) and J.F. (family friend)."
    )


def test_a_half_sibling_shows_that_there_is_a_parent_whom_nobody_named() -> None:
    drawing = drawn(family(PETRA, ("Ida Lund", "maternal half-sister")))
    assert place(drawing, "?")[1] == place(drawing, "P.L.")[1]
    assert "?" not in {f.words[0] for f in drawn(family(PETRA, ("Ida Lund", "sister"))).figures}


def test_grandparents_stand_above_their_own_child() -> None:
    found = family(PETRA, DAN, ("Una Lund", "maternal grandmother"), ("Ove Lund", "MGF"), ("Eva Berg", "grandmother"))
    drawing = drawn(found)
    mother = place(drawing, "P.L.")
    assert place(drawing, "U.L.")[0] < mother[0] < place(drawing, "O.L.")[0]
    assert place(drawing, "U.L.")[1] < mother[1]
    assert apart(found) == ["E.B."]


def test_twins_hang_from_one_point() -> None:
    drawing = drawn(family(PETRA, DAN, ("Ida Ashgrove", "twin sister"), ("Tom Ashgrove", "brother")))
    x = {who: place(drawing, who)[0] for who in ("I.A.", "W.A.", "T.A.")}
    hang = {end[0]: start[0] for start, end in (line for line in drawing.lines if len(line) == 2)}
    assert hang[x["I.A."]] == hang[x["W.A."]] == (x["I.A."] + x["W.A."]) / 2
    assert hang[x["T.A."]] == x["T.A."]


def test_of_several_children_nobody_says_whose_twin_it_is() -> None:
    found = family(PETRA, ("Ida Ashgrove", "twin sister"), children=(WILFRED, AGNES))
    assert apart(found) == ["I.A."]
    assert [f.words[0] for f in drawn(found).figures if f.subject] == ["W.A.", "A.A."]


def test_a_child_of_the_review_who_is_listed_as_a_sister_too_stands_there_once() -> None:
    found = family(PETRA, DAN, ("Agnes Ashgrove", "sister"), children=(WILFRED, AGNES))
    assert [member.initials for member in found.children] == ["W.A.", "A.A."]


def test_two_mothers() -> None:
    found = family(PETRA, ("Mary Lund", "mother"), ("Col Reed", "mother's partner"))
    assert [p.person.initials for p in found.parents] == ["P.L.", "M.L."]
    assert apart(found) == ["C.R."]


def test_a_home_is_framed_only_where_the_address_says_so() -> None:
    sure = person("Petra Lund", "mother", address="4 Mill Lane, Northshire")
    assert drawn(family(PETRA, DAN)).homes == ()
    assert len(drawn(family(sure, DAN, person("Ida Lund", "sister", address="As above"))).homes) == 3


def test_the_drawing_says_no_name_and_no_day_of_birth() -> None:
    found = family(person("Petra Lund", "mother of Wilfred", "1999-04-01"), person("Dan", "father", "1998-02-03"))
    told = f"{drawn(found)}{in_words(found)}{said_apart(found)}"
    assert not {name for name in ("Wilfred", "Petra", "Lund", "1999-04", "1998-02") if name in told}
    assert "1998" in told


@pytest.mark.parametrize("number", [0, 1, 7, 8, 18])
def test_nobody_covers_anybody_in_a_family_of_up_to_twenty(number: int) -> None:
    drawing = drawn(family(PETRA, DAN, *((f"Kid {chr(65 + n)}", "brother") for n in range(number))))
    boxes = sorted((f.y, f.x) for f in drawing.figures if not f.beside)
    assert all(b[1] - a[1] >= WORDS for a, b in pairwise(boxes) if a[0] == b[0])
    assert (len({y for y, _ in boxes}) == 1) == (number + 1 <= IN_ONE_ROW)
    for figure in drawing.figures:
        assert SIGN / 2 <= figure.x <= drawing.width - SIGN / 2
        assert SIGN / 2 <= figure.y <= drawing.height - SIGN / 2


def test_a_child_alone_is_no_family_to_draw() -> None:
    assert not family(("Jo Friend", "family friend")).drawable
    assert family(("Ida", "sister")).drawable
    assert CHILD >= WORDS


def test_the_words_of_the_configuration_are_told_apart() -> None:
    fields = WORDS_SHIPPED.model_dump()
    words = [
        word for name, each in fields.items() if name not in ("female", "male", "died", "unborn") for word in each
    ]
    assert len(words) == len(set(words))
