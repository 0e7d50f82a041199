"""Agencies that ask for more than ordinary mail, with the real worker: marked, aliased, or given by a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.carry_out import carry_out_all
from mailbot.cases.directory import SecureRoute
from mailbot.errors import NotAllowedNow, PostRefused, UsageProblem
from mailbot.intake.said import letter_given
from mailbot.posting import empty_outbox
from mailbot.store.outbox import Letter
from tests.builders import at
from tests.intake.office import MANAGER, Office
from tests.intake.test_posting import FaultyPost, posting


def police_ask_for(route: SecureRoute, office: Office) -> None:
    settings = office.parts.settings
    directory = settings.practice.directory
    agencies = tuple(
        a.model_copy(update={"secure_route": route}) if a.id == "police" else a for a in directory.agencies
    )
    practice = settings.practice.model_copy(update={"directory": directory.model_copy(update={"agencies": agencies})})
    office.parts = replace(office.parts, settings=settings.model_copy(update={"practice": practice}))


def scoped_by(route: SecureRoute, office: Office) -> Letter:
    """The police's scoping letter after the manager's approval."""
    police_ask_for(route, office)
    office.refer()
    office.answer("Mon 1 Jun 2026 9:30", "APPROVE")
    office.pass_("Mon 1 Jun 2026 9:36")
    return next(a for a in office.letters("scoping") if a.agency == "police")


def test_the_tag_stands_first_in_the_subject(office: Office) -> None:
    letter = scoped_by("secure_tag", office)
    assert letter.subject.startswith("[secure] [RR-2026-001]")
    assert office.opened(letter).subject == letter.subject
    assert letter.status == "sent"
    others = [a.subject for a in office.letters("scoping") if a.agency != "police"]
    assert not any("[secure]" in subject for subject in others)


def test_criminal_justice_mail_goes_to_the_alias(office: Office) -> None:
    letter = scoped_by("cjsm", office)
    assert (letter.to, letter.status) == (("review.team@westmarch-police.example.cjsm.net",), "sent")
    assert office.case.requests["police"].sent_at


@pytest.mark.parametrize("route", ["portal", "phone"])
def test_a_letter_that_no_mail_may_carry_is_a_persons_task_once(office: Office, route: SecureRoute) -> None:
    letter = scoped_by(route, office)
    assert letter.status == "ready"
    assert not list((office.mailbox / "sent").glob(f"*{letter.message_id.strip('<>')}*"))
    office.pass_("Mon 1 Jun 2026 10:00")
    (task,) = [a for a in office.letters("question") if "yourself" in a.subject]
    text = office.opened(task).text
    assert f"mailbot letter {letter.id} --save FOLDER" in text
    assert f"mailbot sent {letter.id} --as YOU" in text
    (asked,) = office.letters("approval_request")
    assert "its letter is yours to give" in office.opened(asked).text


def test_the_clocks_run_from_when_a_person_gave_the_letter(office: Office) -> None:
    letter = scoped_by("portal", office)
    assert office.case.requests["police"].sent_at is None
    given = at("Tue 2 Jun 2026 14:10")
    letter_given(letter.id, MANAGER, given, office.parts, at("Tue 2 Jun 2026 15:00"))
    assert office.parts.outbox.letter(letter.id).sent_at == given
    assert office.case.requests["police"].sent_at == given
    assert office.parts.casebook.events("RR-2026-001")[-1].event.by == MANAGER
    with pytest.raises(NotAllowedNow, match="sent and not yours"):
        letter_given(letter.id, MANAGER, given, office.parts, at("Tue 2 Jun 2026 15:00"))


@pytest.mark.parametrize(
    ("by", "when", "why"),
    [
        ("somebody@elsewhere.example", "Tue 2 Jun 2026 14:00", "not in config"),
        (MANAGER, "Tue 2 Jun 2026 15:01", "future"),
        (MANAGER, "Mon 1 Jun 2026 8:00", "after it was written"),
    ],
)
def test_who_and_when_must_be_possible(office: Office, by: str, when: str, why: str) -> None:
    letter = scoped_by("phone", office)
    with pytest.raises(UsageProblem, match=why):
        letter_given(letter.id, by, at(when), office.parts, at("Tue 2 Jun 2026 15:00"))


def test_a_refused_letter_may_be_read_out_instead(office: Office) -> None:
    police_ask_for("tls", office)
    office.refer()
    office.answer("Mon 1 Jun 2026 9:30", "APPROVE")
    posting(office, FaultyPost(PostRefused("550 no such mailbox")))
    empty_outbox(office.parts, at("Mon 1 Jun 2026 9:36"))
    letter = next(a for a in office.letters("scoping") if a.agency == "police")
    assert office.case.requests["police"].undeliverable
    letter_given(letter.id, MANAGER, at("Mon 1 Jun 2026 11:00"), office.parts, at("Mon 1 Jun 2026 11:00"))
    assert not office.case.requests["police"].undeliverable


def test_a_letter_that_mailbot_sends_is_nobodys_to_give(referred: Office) -> None:
    letter = referred.letters("scoping")[0]
    with pytest.raises(NotAllowedNow, match="not yours to send"):
        letter_given(letter.id, MANAGER, at("Mon 1 Jun 2026 10:00"), referred.parts, at("Mon 1 Jun 2026 10:00"))


def test_the_digest_names_letters_that_wait_for_a_person(office: Office, tmp_path: Path) -> None:
    letter = scoped_by("portal", office)
    office.pass_("Tue 2 Jun 2026 8:31")
    carry_out_all(office.parts, at("Tue 2 Jun 2026 8:31"))
    digest = office.letters("digest")[-1]
    assert f"letter {letter.id} (scoping) waits for you to send it yourself" in office.opened(digest).text
