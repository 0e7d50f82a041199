"""Which pages of a scan lie on their head: found out once in the life of a file, since that takes a second a page.

Mostly when it is read for what it says: that tells how it stands, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from mailbot.documents.child import Turned
from mailbot.documents.office import Memory

Turns = Callable[[bytes, str], dict[int, int]]
"""Pages (from 0) of scans that do not stand upright, with the degrees clockwise by which they are turned."""
LOOKED = "turns 2"
"""Goes into the key: another way of looking gets another number, and looks at every file again."""


def remembered(turns: Turns, memory: Memory) -> Turns:
    """The same answers; of a file that was looked at before, from memory."""

    def of_file(content: bytes, name: str) -> dict[int, int]:
        key = _key(hashlib.sha256(content).hexdigest())
        known = memory.recall(key)
        if known is None:
            known = json.dumps(turns(content, name)).encode()
            memory.remember(key, known)
        return {int(page): int(degrees) for page, degrees in json.loads(known).items()}

    return of_file


def noted(memory: Memory) -> Callable[[Turned], None]:
    """Remembers, for `remembered`, how scans stand that were read."""

    def note(turned: Turned) -> None:
        for sha256, pages in turned.items():
            memory.remember(_key(sha256), json.dumps(pages).encode())

    return note


def _key(sha256: str) -> str:
    return f"{sha256} {LOOKED}"
