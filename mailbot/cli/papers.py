"""Commands that write papers as they stand: paper, submission."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from mailbot.cases.case import Case
from mailbot.cases.office_papers import OFFICE_PAPERS, office_paper
from mailbot.cli.app import Now, Ref, app, at_work, out
from mailbot.documents.paper_kinds import PAPERS, example
from mailbot.errors import NotAllowedNow, UsageProblem
from mailbot.parts import Parts
from mailbot.submitting import annex_of_sources, fill_rapid_review

BLANK_FORMS = {
    "referral": "referral_form",
    "scoping": "scoping_template",
    "chronology": "chronology_template",
    "chronology-excel": "chronology_template",
}
"""The forms that others fill in, by the name under which the office asks for an empty one."""
BLANK = "\u00a0"
"""What stands in an empty form where the case's facts would: a space, which is read as no answer."""
BLANK_ROWS = 4
"""Rows to write in, in an empty form's tables."""


@app.command()
def paper(
    ref: Annotated[str, typer.Argument(metavar="REF|blank", help="As RR-2026-001; blank for an empty form.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Without a name the papers are listed.")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    agency: Annotated[str, typer.Option("--agency", metavar="ID", help="For papers to one agency.")] = "",
    now: Now = "",
) -> None:
    """Write a Word paper of a case as it stands now, or an empty form; nothing is recorded or sent."""
    empty = ref.casefold() == "blank"
    if not name:
        known = dict.fromkeys(BLANK_FORMS, "an empty form") if empty else OFFICE_PAPERS
        for each, about in known.items():
            out.print(f"{_written(each):24}{about}", markup=False)
        return
    if output is None:
        raise UsageProblem("Say where to write the paper, with -o FILE.")
    with at_work(now) as (parts, at):
        if empty:
            content = _empty_form(name, parts)
        else:
            content = _filled(name.replace("-", "_"), parts.casebook.load(ref.upper()), agency, parts, at)
    output.write_bytes(content)
    out.print(f"{output}: {'an empty form' if empty else 'as the case stands now'}.", markup=False)


def _filled(template: str, case: Case, agency: str, parts: Parts, at: datetime) -> bytes:
    facts = office_paper(template, case, parts.practice, at, agency)
    if template == "rapid_review_template":
        return fill_rapid_review(case, parts, at)
    return parts.papers.fill(template, facts)


def _written(name: str) -> str:
    return name.replace("_", "-")


def _empty_form(name: str, parts: Parts) -> bytes:
    """A form with nothing of a case in it, and rows to write in. Raises UsageProblem where there is none such."""
    if name not in BLANK_FORMS:
        raise UsageProblem(f"There is no empty form {name}. These are: {', '.join(BLANK_FORMS)}.")
    template, office = BLANK_FORMS[name], parts.practice.office
    empty = {field: example(shape, BLANK, rows=BLANK_ROWS) for field, shape in PAPERS[template].facts.items()}
    known: dict[str, JsonValue] = {
        "partnership_name": office.name,
        "return_address": office.address,
        "date_due": "the day in our letter",
    }
    filler = parts.workbooks if name.endswith("-excel") else parts.papers
    return filler.fill(template, empty | known)


@app.command()
def submission(
    ref: Ref, output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR")], now: Now = ""
) -> None:
    """Write the Rapid Review Template, where each line of it came from, and the letter to the Panel into DIR."""
    with at_work(now) as (parts, at):
        case = parts.casebook.load(ref)
        if case.stage in ("referral_received", "harm_not_accepted"):
            raise NotAllowedNow(f"{ref} is at stage {case.stage.replace('_', ' ')}: there is nothing to submit yet.")
        output.mkdir(parents=True, exist_ok=True)
        drafted = case.submission
        content = parts.mailbag.file(drafted.sha256) if drafted else fill_rapid_review(case, parts, at)
        name = drafted.name if drafted else f"{ref} Rapid Review Template (draft).docx"
        (output / name).write_bytes(content)
        out.print(str(output / name), markup=False)
        annex, content = annex_of_sources(case, parts, at)
        (output / annex).write_bytes(content)
        out.print(str(output / annex), markup=False)
        letters = [a for a in parts.outbox.letters(case=ref) if a.kind == "submission" and a.status != "rejected"]
        for letter in letters[-1:]:
            path = output / f"{ref} letter to the Panel.eml"
            path.write_bytes(letter.raw)
            out.print(str(path), markup=False)
