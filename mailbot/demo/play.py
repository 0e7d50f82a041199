"""`mailbot demo`: the whole of a Rapid Review on a folder mailbox with a moving clock, shown day by day."""

from __future__ import annotations

from pathlib import Path


def play(directory: Path, fast: bool) -> None:
    """Make a fresh home in `directory`, play the story in it, and leave its papers there to look at.

    `fast` leaves the small pauses out. Raises UsageProblem where the folder holds anything but a former demo.
    """
    raise NotImplementedError
