"""The sample forms, each read as its truth file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailbot.documents.office import Converter
from mailbot.documents.reading import Tools, read_document
from mailbot.forms.extract import extract
from mailbot.forms.form import Form
from tests.forms.definitions import DEFINITIONS

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.name.removesuffix(".truth.json") for path in SAMPLES.glob("*.truth.json"))
CONVERTER = Converter.find()


def read(name: str) -> Form:
    content = (SAMPLES / name).read_bytes()
    if name.endswith(".doc") and not CONVERTER.available:
        pytest.skip("LibreOffice is not installed")
    document = read_document(content, name, Tools(lambda old, suffix: CONVERTER.convert(old, suffix, "docx")))
    return extract(document, DEFINITIONS)


def folded(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return sorted(folded(one) for one in value)
    return " ".join(str(value).split()).replace("\u2019", "'").casefold()


@pytest.fixture(params=NAMES)
def sample(request: pytest.FixtureRequest) -> tuple[Form, dict[str, Any]]:
    truth: dict[str, Any] = json.loads((SAMPLES / f"{request.param}.truth.json").read_text())
    return read(request.param), truth


def test_every_answer_is_right_and_no_other_is_given(sample: tuple[Form, dict[str, Any]]) -> None:
    form, truth = sample

    assert form.kind == truth["kind"]
    given = {name: folded(answer.value) for name, answer in form.fields.items() if not name.endswith("_raw")}
    optional = set(truth.get("optional", ()))
    asked = {name: folded(value) for name, value in truth["fields"].items() if not name.endswith("_raw")}
    assert {k: v for k, v in given.items() if k not in optional} == {
        k: v for k, v in asked.items() if k not in optional
    }


def test_every_row_is_right_and_no_other_is_given(sample: tuple[Form, dict[str, Any]]) -> None:
    form, truth = sample

    rows = {name: [{k: folded(v) for k, v in row.items()} for row in table] for name, table in form.tables.items()}
    expected = {
        name: [{k: folded(v) for k, v in row.items()} for row in table] for name, table in truth["tables"].items()
    }
    assert rows == {name: table for name, table in expected.items() if table}


def test_a_blank_is_asked_and_not_filled(sample: tuple[Form, dict[str, Any]]) -> None:
    form, truth = sample

    assert set(truth.get("blank", ())) - set(truth["fields"]) <= set(form.blank)


def test_every_answer_says_where_it_stands(sample: tuple[Form, dict[str, Any]]) -> None:
    form, _ = sample

    assert all(answer.place for answer in form.fields.values())


def test_tracked_changes_are_told() -> None:
    assert read("a07-scoping-two-part.docx").has_problem("tracked_changes")
