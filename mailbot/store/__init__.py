"""The record: one SQLite file with the mails, the cases' events and the letters."""

import sys

if "numpy" not in sys.modules:
    # sqlite-utils would load it, for values that the record never holds: 10 MB in every process.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    import sqlite_utils.db  # noqa: F401

    del sys.modules["numpy"]
