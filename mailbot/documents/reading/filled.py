"""The form fields of a fillable PDF set into its pages, as if their answers had been typed there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailbot.forms.document import Run

_SIZE = 10.0
"""Points of the letters that an answer is taken to be typed in."""
_RADIO, _PUSH_BUTTON = 1 << 15, 1 << 16
"""Bits 16 and 17 of a button's flags (ISO 32000-1, table 226): one of several; one that holds no answer."""
_ONE_LINE = 26.0
"""Points of height below which a field takes one line."""


def answers_of(page: Any) -> Iterator[dict[str, Any]]:
    """Each field of the page (pdfplumber's) as a word where it stands; `run` is its answer, or the empty box."""
    for widget in page.annots:
        data = widget["data"]
        if _name(data.get("Subtype")) != "Widget":
            continue
        kind = _name(_inherited(data, "FT"))
        if kind == "Btn" and not int(_inherited(data, "Ff") or 0) & _PUSH_BUTTON:
            yield _word(widget, Run(tick=_ticked(data)), widget["top"], widget["bottom"])
        elif kind in {"Tx", "Ch"}:
            yield from _written(widget, _value(data))


def _written(widget: dict[str, Any], value: str) -> Iterator[dict[str, Any]]:
    lines = value.splitlines() if widget["bottom"] - widget["top"] > _ONE_LINE else [" ".join(value.split())]
    if not value.strip():
        lines = [""]
    height = (widget["bottom"] - widget["top"]) / len(lines)
    for number, text in enumerate(lines):
        top = widget["top"] + number * height
        # An empty box is an answer too: nobody gave one.
        run = Run(text=text, field="", placeholder=not text.strip())
        yield _word(widget, run, top, top + height)


def _word(widget: dict[str, Any], run: Run, top: float, bottom: float) -> dict[str, Any]:
    # A tall box is filled from its top; in a low one the letters stand in the middle.
    middle = top + _ONE_LINE / 2 if bottom - top > _ONE_LINE else (top + bottom) / 2
    place = {"x0": widget["x0"], "x1": widget["x1"], "top": middle - _SIZE / 2, "bottom": middle + _SIZE / 2}
    return {"text": run.shown, "size": _SIZE, "fontname": "", "run": run, **place}


def _ticked(data: dict[str, Any]) -> bool:
    """Whether the field's value chooses this box, as form_answers.py draws it; else whether it shows a tick."""
    value, shown = _text(_inherited(data, "V")), _name(data.get("AS"))
    pictures = _resolved(data.get("AP"))
    look = _resolved(pictures.get("N")) if isinstance(pictures, dict) else None
    states = set(look) - {"Off"} if isinstance(look, dict) else set()
    if value and states:
        return value in states
    alone = not int(_inherited(data, "Ff") or 0) & _RADIO
    return (shown or (value if alone else "")) not in {"", "Off"}


def _value(data: dict[str, Any]) -> str:
    """What was typed or chosen; of a choice the words shown, not those exported."""
    value = _inherited(data, "V")
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    shown = _text(value)
    for option in _inherited(data, "Opt") or ():
        pair = _resolved(option)
        if isinstance(pair, list) and len(pair) == 2 and _text(pair[0]) == shown:
            return _text(pair[1])
    return shown


def _inherited(data: dict[str, Any], key: str) -> Any:
    """A field's entry, or that of the field it belongs to (ISO 32000-1, 12.7.3.1)."""
    for _ in range(8):
        if data.get(key) is not None:
            return _resolved(data[key])
        parent = _resolved(data.get("Parent"))
        if not isinstance(parent, dict):
            return None
        data = parent
    return None


def _resolved(value: Any) -> Any:
    from pdfminer.pdftypes import resolve1

    return resolve1(value)


def _text(value: Any) -> str:
    from pdfminer.utils import decode_text

    value = _resolved(value)
    if isinstance(value, bytes):
        return str(decode_text(value)).replace("\r\n", "\n").replace("\r", "\n")
    return _name(value) if value is not None else ""


def _name(value: Any) -> str:
    """A PDF name as text."""
    value = _resolved(value)
    return str(getattr(value, "name", value) or "")
