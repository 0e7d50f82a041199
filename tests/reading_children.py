"""One pool of reading children for all the tests of a process: starting two of them takes a second and a half."""

from __future__ import annotations

import atexit
from dataclasses import replace

from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox
from mailbot.parts import Parts

_POOLS: dict[str, Sandbox] = {}


def with_shared_children(parts: Parts) -> Parts:
    """The same parts, whose files are read by children that were started before, with the same definitions."""
    definitions = parts.settings.definitions
    key = definitions.model_dump_json(by_alias=True)
    if key not in _POOLS:
        _POOLS[key] = Sandbox(Converter.find(), definitions).__enter__()
        atexit.register(_POOLS[key].__exit__, None, None, None)
    return replace(parts, sandbox=_POOLS[key])
