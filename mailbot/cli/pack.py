"""The command that writes the meeting pack: as it was put together, or a draft of today."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.binding import bind_initials, bind_pack
from mailbot.cli.app import Now, Ref, app, at_work, out
from mailbot.errors import UsageProblem


@app.command()
def pack(
    ref: Ref,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    copy_for: Annotated[
        str, typer.Option("--copy-for", metavar="NAME", help="Stamp every page with whose copy it is.")
    ] = "",
    initials: Annotated[
        bool,
        typer.Option("--initials", help="For readers outside: what was read, names as initials, never the papers."),
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="With --initials: where to write who is who.")
    ] = None,
    now: Now = "",
) -> None:
    """Write the meeting pack as it stands to FILE (a draft; nothing is recorded or sent)."""
    if (key is not None) != initials:
        raise UsageProblem("--initials and --key FILE go together: the key to the initials is a file of its own.")
    if key is not None and key.resolve() == output.resolve():
        raise UsageProblem("The key is kept apart from the pack: give --key another FILE than --output.")
    with at_work(now) as (parts, at):
        case = parts.casebook.load(ref)
        if key is not None:
            content, who = bind_initials(case, parts, at)
            what = "the initials version, a draft of today"
            key.write_bytes(who)
            out.print(f"{key}: who is who. Keep it apart from the pack.", markup=False)
        elif case.pack is not None:
            content, what = parts.mailbag.file(case.pack.sha256), f"version {case.pack_version}, as put together"
        else:
            content, what = bind_pack(case, 1, parts, at), "a draft of today"
        if copy_for:
            content, what = parts.binder.copy_for(content, copy_for), f"{what}, copy for {copy_for}"
    output.write_bytes(content)
    out.print(f"{output}: {what}.", markup=False)
