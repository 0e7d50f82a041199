"""Offices at work, each test's in a folder of its own: empty, with a referral, or with its scoping letters gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.office import NINE, Office, make_home, office_at


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Nothing has come yet."""
    with office_at(make_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def referred_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("referred") / "home")
    with office_at(home) as opened:
        opened.refer(NINE)
    return home


@pytest.fixture
def referred(referred_home: Path, tmp_path: Path) -> Iterator[Office]:
    """A referral has come, and eight scoping letters wait for the manager."""
    with office_at(shutil.copytree(referred_home, tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def scoped_home(referred_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = shutil.copytree(referred_home, tmp_path_factory.mktemp("scoped") / "home")
    with office_at(home) as opened:
        opened.answer("Mon 1 Jun 2026 9:30", "APPROVE")
        opened.pass_("Mon 1 Jun 2026 9:35")
    return home


@pytest.fixture
def scoped(scoped_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The scoping letters have gone."""
    with office_at(shutil.copytree(scoped_home, tmp_path / "home")) as opened:
        yield opened
