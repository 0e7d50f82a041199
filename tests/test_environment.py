"""In continuous integration nothing is left out: a server or program that is missing there is a failure."""

from __future__ import annotations

import os
import shutil

import pytest

PROGRAMS = ("dovecot", "exim4", "soffice", "tesseract", "chromium or google-chrome")


@pytest.mark.parametrize("program", PROGRAMS)
def test_ci_has_every_program_that_the_tests_use(program: str) -> None:
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))
    there = any(shutil.which(name, path=path) for name in program.split(" or "))
    assert there or not os.environ.get("CI"), f"{program} is missing: tests/servers/install should have installed it"
