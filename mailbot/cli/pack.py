"""The command that writes the meeting pack: as it was put together, or a draft of today."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.binding import bind_pack
from mailbot.cli.app import Now, Ref, app, at_work, out


@app.command()
def pack(
    ref: Ref,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    copy_for: Annotated[
        str, typer.Option("--copy-for", metavar="NAME", help="Stamp every page with whose copy it is.")
    ] = "",
    now: Now = "",
) -> None:
    """Write the meeting pack as it stands to FILE (a draft; nothing is recorded or sent)."""
    with at_work(now) as (parts, at):
        case = parts.casebook.load(ref)
        if case.pack is not None:
            content, what = parts.mailbag.file(case.pack.sha256), f"version {case.pack_version}, as put together"
        else:
            content, what = bind_pack(case, 1, parts, at), "a draft of today"
        if copy_for:
            content, what = parts.binder.copy_for(content, copy_for), f"{what}, copy for {copy_for}"
    output.write_bytes(content)
    out.print(f"{output}: {what}.", markup=False)
