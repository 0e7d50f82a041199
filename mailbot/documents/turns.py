"""Which pages of a scan lie on their head: looked at once in the life of a file, since that takes a second a page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from mailbot.documents.office import Memory

Turns = Callable[[bytes, str], dict[int, int]]
"""Pages (from 0) of scans that do not stand upright, with the degrees clockwise by which they are turned."""
LOOKED = "turns 1"
"""Goes into the key: another way of looking gets another number, and looks at every file again."""


def remembered(turns: Turns, memory: Memory) -> Turns:
    """The same answers; of a file that was looked at before, from memory."""

    def of_file(content: bytes, name: str) -> dict[int, int]:
        key = f"{hashlib.sha256(content).hexdigest()} {LOOKED}"
        known = memory.recall(key)
        if known is None:
            known = json.dumps(turns(content, name)).encode()
            memory.remember(key, known)
        return {int(page): int(degrees) for page, degrees in json.loads(known).items()}

    return of_file
