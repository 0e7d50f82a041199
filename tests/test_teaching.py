"""Labels that an office teaches: added to its own file and nothing else in it, and refused where they are wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config import form_definitions
from mailbot.errors import ConfigProblems, UsageProblem
from mailbot.forms.definitions import Definition
from mailbot.teaching import HEAD, labels_file, teach, with_label

NOTE = "Helen Marsh, 2026-06-01"


def taught(home: Path, label: str, field: str, form: str = "referral") -> None:
    teach(home, form_definitions(home), form, label, field, NOTE)


def referral(home: Path) -> Definition:
    return next(form for form in form_definitions(home).forms if form.kind == "referral")


def test_a_taught_label_is_known_from_then_on(tmp_path: Path) -> None:
    assert referral(tmp_path).anywhere.exactly("Spirit animal") == ""
    taught(tmp_path, "  Spirit   animal ", "gp")
    taught(tmp_path, "Zodiac sign", "gp")
    assert referral(tmp_path).anywhere.exactly("Spirit animal:") == "gp"
    assert tomllib.loads(labels_file(tmp_path).read_text("utf-8")) == {
        "referral": {"gp": ["Zodiac sign", "Spirit animal"]}
    }
    assert [path.name for path in labels_file(tmp_path).parent.iterdir()] == ["labels.toml"]


def test_comments_and_order_of_the_file_stay() -> None:
    before = (
        "# ours\n\n[notification]\n# from Westmarch\nla_name = ['Council'] # one\n\n"
        '[referral] # two\ngp = [\n    "Family doctor", # three ] and [\n]\n\n# the end\n'
    )
    after = with_label(before, "referral", "gp", "Spirit animal", NOTE)
    assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
    assert after.count("\n") == before.count("\n") + 1
    assert f'    "Spirit animal",  # {NOTE}\n' in after


@pytest.mark.parametrize(
    "before",
    [
        "",
        HEAD,
        '[referral]\ngp = ["a"]\n[notification]\nla_name = ["b"]\n',
        '[notification]\nla_name = ["b"]\n[referral]\n',
        "[referral]\ngp=[]\n",
        "[referral]\ngp = [ # none yet\n]\n",
        '[ referral ]\n  gp = [ "a [x]", "b" ]',
        '[referral]\nchild_aka = ["[referral]",\n"gp = ["]\n',
        '[referral]\r\ngp = [\r\n    "a",\r\n]\r\n',
    ],
)
@pytest.mark.parametrize("field", ["gp", "child_name:surname"])
def test_however_the_file_is_written_one_label_is_added_and_nothing_else(before: str, field: str) -> None:
    wanted = tomllib.loads(before)
    wanted.setdefault("referral", {}).setdefault(field, []).append("Clan")
    found = tomllib.loads(with_label(before, "referral", field, "Clan", NOTE))
    assert {k: {f: sorted(v) for f, v in t.items()} for k, t in found.items()} == {
        k: {f: sorted(v) for f, v in t.items()} for k, t in wanted.items()
    }


@given(label=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60))
def test_any_printable_label_is_written_as_it_is(label: str) -> None:
    assert tomllib.loads(with_label(HEAD, "referral", "gp", label, NOTE)) == {"referral": {"gp": [label]}}


def test_a_file_that_cannot_be_added_to_safely_is_left_alone() -> None:
    with pytest.raises(UsageProblem, match=r'\[referral\] gp = \["Clan"\]'):
        with_label('referral = { gp = ["a"] }\n', "referral", "gp", "Clan", NOTE)


@pytest.mark.parametrize(
    ("form", "label", "field", "words"),
    [
        ("referal", "Clan", "gp", "Did you mean referral?"),
        ("other", "Clan", "gp", "There is no form other"),
        ("referral", "Clan", "child_nmae", "Did you mean child_name"),
        ("referral", "Name of child", "gp", "means child_name already"),
        ("referral", "NHS Number", "nhs_number", "known already as nhs_number"),
        ("referral", "…", "gp", "holds no words"),
        ("referral", "x" * 201, "gp", "one line of at most 200"),
        ("referral", "Clan\x07", "gp", "one line of at most 200"),
    ],
)
def test_what_cannot_be_taught_is_refused_with_what_can(
    tmp_path: Path, form: str, label: str, field: str, words: str
) -> None:
    with pytest.raises(UsageProblem, match=words):
        taught(tmp_path, label, field, form)
    assert not labels_file(tmp_path).exists()


@pytest.mark.parametrize(
    ("label", "field", "words"),
    [
        ("Yes", "cp_plan", "an answer that many questions offer"),
        ("No", "child_name", "an answer that many questions offer"),
        ("No ...", "child_name", "an answer that many questions offer"),
        ("Yes / No / N/K", "cp_plan", "an answer that many questions offer"),
        ("Not known", "cp_plan", "an answer that many questions offer"),
        ("N/A", "cp_plan", "an answer that many questions offer"),
        ("NK", "cp_plan", "an answer that many questions offer"),
        ("Male", "child_gender", "an answer that many questions offer"),
        ("F", "child_gender", "an answer that many questions offer"),
        ("1", "child_name", "a number or a letter"),
        ("2.1", "child_name", "a number or a letter"),
        ("03/04/2021", "child_dob", "a number or a letter"),
        ("Q", "gp", "a number or a letter"),
        ("The ...", "gp", "every label that begins with this one word"),
        ("Date ...", "child_dob", "every label that begins with this one word"),
        ("Date of ...", "child_dob", "as the beginning of"),
        ("Name", "child_address", "as referrer_name in the section"),
        ("Name", "child_name", "known already, as referrer_name in the section"),
        ("If yes, when", "gp", "right behind cp_plan"),
        ("Relationship to child", "child_aka", "as a column of the table parents_carers"),
        ("Sibling or other household member", "gp", "as a row of the table siblings_household"),
        ("Mother's full name", "gp", "for people of the table parents_carers"),
        ("Mother's name", "child_name", "somebody else"),
        ("Address of the father", "child_address", "somebody else"),
        ("Date of birth of twins", "child_dob", "somebody else"),
        ("Perpetrator’s address", "child_address", "somebody else"),
        ("Surname of her partner", "child_name:surname", "somebody else"),
    ],
)
def test_a_label_that_would_take_other_answers_is_refused_by_command_and_by_hand(
    tmp_path: Path, label: str, field: str, words: str
) -> None:
    with pytest.raises(UsageProblem, match=words):
        taught(tmp_path, label, field)
    assert not labels_file(tmp_path).exists()
    by_hand(tmp_path, file_with("referral", field, label))
    with pytest.raises(ConfigProblems, match=words) as raised:
        form_definitions(tmp_path)
    assert raised.value.problems[0].startswith(f"config/labels.toml: [referral] {field}: “{label}”")


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("No of the child's hospital record", "child_aka"),
        ("Yes-man", "gp"),
        ("When did the family's budgie first see a vet", "gp"),
        ("Spirit animal ...", "gp"),
        ("Partnership's nickname", "child_aka"),
        ("Mother tongue of the budgie", "gp"),
    ],
)
def test_a_label_is_not_refused_for_a_word_that_is_part_of_more(tmp_path: Path, label: str, field: str) -> None:
    taught(tmp_path, label, field)
    assert referral(tmp_path).anywhere.exactly(label) == field


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[referral\n", "is damaged"),
        (b"\xff\xfe[referral]\n", "cannot be read as text"),
        (b'[referral]\ngp = "Clan"\n', r"\[referral\] gp must be a list of labels"),
        (b"referral = 3\n", "referral must be a list of labels"),
        (b"poem = 3\n", "poem must be a list of labels"),
    ],
)
def test_a_damaged_file_is_told_in_a_sentence_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    definitions = form_definitions(tmp_path)
    labels_file(tmp_path).parent.mkdir()
    labels_file(tmp_path).write_bytes(content)
    with pytest.raises(UsageProblem, match=words) as raised:
        teach(tmp_path, definitions, "referral", "Clan", "gp", NOTE)
    assert "Nothing was taught" in str(raised.value)
    assert labels_file(tmp_path).read_bytes() == content


def by_hand(home: Path, text: str) -> None:
    """Somebody edits the office's labels."""
    labels_file(home).parent.mkdir()
    labels_file(home).write_text(text, "utf-8")


def file_with(form: str, field: str, label: str) -> str:
    """The file with one label."""
    return f'[{form}]\n"{field}" = ["{label}"]\n'


def test_a_note_cannot_break_out_of_its_line(tmp_path: Path) -> None:
    teach(tmp_path, form_definitions(tmp_path), "referral", "Clan", "gp", 'Helen\n[x]\n"')
    assert tomllib.loads(labels_file(tmp_path).read_text("utf-8")) == {"referral": {"gp": ["Clan"]}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[referral]\nchild_nmae = ["Clan"]\n', "config/labels.toml: [referral] child_nmae: there is no such field"),
        ('[referral]\ngp = "Clan"\n', "config/labels.toml: referral gp: must be a list of labels"),
        ('[poem]\ngp = ["Clan"]\n', "config/labels.toml: there is no form of the kind 'poem'"),
        ("[referral\n", "config/labels.toml cannot be read"),
    ],
)
def test_a_file_with_mistakes_is_told_with_the_key(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "config").mkdir()
    labels_file(tmp_path).write_text(text, "utf-8")
    with pytest.raises(ConfigProblems) as raised:
        form_definitions(tmp_path)
    assert words in "\n".join(raised.value.problems)
