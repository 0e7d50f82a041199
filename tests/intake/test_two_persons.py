"""Two persons approve scoping letters by email: both are asked, the first reply releases nothing, the second does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.demo.mails import Arriving, answer_subject
from mailbot.mail.envelope import open_envelope
from tests.intake.office import MANAGER, Office, make_home, office_at

CHAIR = "gareth.lowe@westmarch-council.example"


@pytest.fixture
def careful(tmp_path: Path) -> Iterator[Office]:
    """An office where scoping letters need two persons; a referral has come."""
    approvers = f'["{MANAGER}", "{CHAIR}"]\ntwo_persons = ["scoping"]'
    with office_at(make_home(tmp_path / "home", approvers=approvers)) as office:
        office.refer()
        yield office


def approves(office: Office, when: str, who: str) -> None:
    """Answers the latest request that this person got."""
    asked = [a for a in office.letters("approval_request") if who in a.to][-1]
    letter = office.opened(asked)
    office.arrives(when, Arriving(who, answer_subject(letter), "APPROVE", answers=letter))
    office.pass_(when)


def gone(office: Office) -> int:
    return len(office.letters("scoping", status="sent"))


def test_each_approver_is_asked_with_a_code_of_their_own(careful: Office) -> None:
    asked = careful.letters("approval_request")
    assert sorted(address for letter in asked for address in letter.to) == [CHAIR, MANAGER]
    assert len({open_envelope(letter.raw, letter.created).subject for letter in asked}) == 2


def test_the_letters_go_when_the_second_has_answered(careful: Office) -> None:
    approves(careful, "Mon 1 Jun 2026 9:30", MANAGER)
    careful.pass_("Mon 1 Jun 2026 9:40")
    assert gone(careful) == 0
    assert "A second person is needed" in careful.letters("question")[-1].subject
    approves(careful, "Mon 1 Jun 2026 9:45", CHAIR)
    careful.pass_("Mon 1 Jun 2026 9:50")
    assert gone(careful) == 8
    assert careful.case.rounds["scoping-1"].answered_by == CHAIR


def test_one_person_alone_releases_nothing_by_answering_twice(careful: Office) -> None:
    approves(careful, "Mon 1 Jun 2026 9:30", MANAGER)
    approves(careful, "Mon 1 Jun 2026 9:45", MANAGER)
    careful.pass_("Mon 1 Jun 2026 9:50")
    assert gone(careful) == 0
