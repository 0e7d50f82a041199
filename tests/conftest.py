"""What every test may ask for: the real mail servers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers.mail_servers import MailServers, missing_programs, run_mail_servers


@pytest.fixture(scope="session")
def mail_servers() -> Iterator[MailServers]:
    """Dovecot and Exim, started once for each test process. Where CI is set a missing program is a failure."""
    missing = missing_programs()
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not installed here: {', '.join(missing)} (apt-get install them)")
    with run_mail_servers() as servers:
        yield servers


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """A mailbox that no other test uses."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name.casefold())
    return f"{name[:50].strip('-')}@partnership.example"
