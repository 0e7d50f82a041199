"""An empty record for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.store.database import Database, open_record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mailbot.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    opened = open_record(path)
    yield opened
    opened.close()
