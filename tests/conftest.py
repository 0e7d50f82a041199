"""What every test may ask for: the real mail servers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest

from tests.servers.mail_servers import MailServers, missing_programs, run_mail_servers

_numbers = count(1)


@pytest.fixture(scope="session")
def mail_servers() -> Iterator[MailServers]:
    """Dovecot and Exim, started once for each test process. Where CI is set a missing program is a failure."""
    missing = missing_programs()
    if missing:
        outcome = pytest.fail if os.environ.get("CI") else pytest.skip
        outcome(f"not installed here: {', '.join(missing)} (apt-get install them)")
    with run_mail_servers() as servers:
        yield servers


@pytest.fixture
def address() -> str:
    """An address whose mailbox no other test uses."""
    return f"mailbox-{next(_numbers)}@partnership.example"
