"""Form definitions: for each kind of form its fields, their labels, its sections and tables, parsed from TOML data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.cases.values import Value


class Definitions(Value):
    """All form definitions."""

    @classmethod
    def from_tables(cls, tables: Mapping[str, Mapping[str, Any]]) -> Definitions:
        """Definitions from the TOML data of config/forms, by file name without suffix.

        Raises ConfigProblems, each naming the file and the key.
        """
        raise NotImplementedError
