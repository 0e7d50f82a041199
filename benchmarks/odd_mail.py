"""Writes the table of odd mails into docs/mail.md, drawn from tests/eml, so that the page cannot drift.

python -m benchmarks.odd_mail
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.publish import between_marks
from benchmarks.truth import ROOT

PAGE = ROOT / "docs" / "mail.md"
MAILS = ROOT / "tests" / "eml"
LONGEST = 70


def table() -> str:
    """One row for each mail: what is odd about it, and what must come out."""
    rows = [f"| {path.stem.replace('-', ' ')} | {_told(path.stem)} |" for path in sorted(MAILS.glob("*.eml"))]
    return "\n".join(["| the oddity | what comes out |", "|---|---|", *rows])


def page() -> str:
    """docs/mail.md with the table as it is now."""
    return between_marks(PAGE.read_text("utf-8"), "odd mail", table())


def _told(stem: str) -> str:
    expected: dict[str, Any] = json.loads((MAILS / f"{stem}.json").read_text("utf-8"))
    return "; ".join(_facts(expected)).replace("|", "\\|").replace("\n", " ")


def _facts(expected: dict[str, Any]) -> Iterator[str]:
    for name, value in sorted(expected.items()):
        match name:
            case "bounce":
                ended = "no bounce" if value is None else "bounce, final" if value["final"] else "bounce, delayed"
                yield ended + (", address no good" if value and value["permanent"] else "")
            case "attachments":
                yield "files: " + (", ".join(f"`{file[0]}`" for file in value) or "none")
            case "automatic" | "unattended":
                yield f"{name}: {'yes' if value else 'no'}"
            case "sender":
                yield f"sender: {' '.join(part for part in value if part) or 'none'}"
            case _:
                yield f"{name.replace('_', ' ')}: {_short(value)}"


def _short(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else " ".join(str(value).split())
    return f"`{text[:LONGEST]}{'…' if len(text) > LONGEST else ''}`" if text else "empty"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
