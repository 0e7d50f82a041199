"""The command that writes the combined chronology: timeline and table as a PDF, or all entries as an Excel file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cases.chronology import combined
from mailbot.cases.wording import count, say_moment
from mailbot.cli.app import Now, Ref, app, at_work, out
from mailbot.documents.chronology_pages import ChronologyPages, Heading
from mailbot.documents.chronology_workbook import workbook
from mailbot.errors import UsageProblem


@app.command()
def chronology(
    ref: Ref,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="What ends in .pdf or .xlsx is written as that.")
    ],
    initials: Annotated[
        bool, typer.Option("--initials", help="Names of child and family as initials, for readers outside.")
    ] = False,
    now: Now = "",
) -> None:
    """Write the combined chronology as it stands to FILE: every agency's entries, silences and contradictions."""
    ending = output.suffix.lower()
    if ending not in (".pdf", ".xlsx"):
        raise UsageProblem(
            f"{output}: the chronology is written as .pdf or .xlsx. Give a name that ends in one of them."
        )
    with at_work(now) as (parts, at):
        case, practice = parts.casebook.load(ref), parts.practice
        found = combined(case, practice, at)
        hide = practice.pseudonyms(case) if initials else None
        if ending == ".xlsx":
            content = workbook(found, hide)
        else:
            prepared = f"Prepared at {say_moment(at, practice.zone)}"
            heading = Heading(partnership=practice.office.name, marking=practice.office.marking, prepared=prepared)
            content = ChronologyPages(parts.settings.template_folders).whole(found, heading, hide)
    output.write_bytes(content)
    told = count(len(found.entries), "entry", "entries")
    said = count(len(found.silences), "silence"), count(len(found.contradictions), "contradiction")
    out.print(f"{output}: {told}; {said[0]}; {said[1]} pointed out.", markup=False)
