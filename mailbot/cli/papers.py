"""Commands that write papers as they stand: submission."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.carry_out import fill_rapid_review
from mailbot.cli.app import Now, Ref, app, at_work, out
from mailbot.errors import NotAllowedNow


@app.command()
def submission(
    ref: Ref, output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR")], now: Now = ""
) -> None:
    """Write the Rapid Review Template, and the letter to the Panel where there is one, into DIR."""
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
        letters = [a for a in parts.outbox.letters(case=ref) if a.kind == "submission" and a.status != "rejected"]
        for letter in letters[-1:]:
            path = output / f"{ref} letter to the Panel.eml"
            path.write_bytes(letter.raw)
            out.print(str(path), markup=False)
