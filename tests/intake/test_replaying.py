"""Cases that begin otherwise than by a mail of today: by hand, from mails before mailbot, and two that become one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.demo.mails import Arriving, write
from mailbot.errors import UsageProblem
from mailbot.intake.incidents import ByHand, open_by_hand
from mailbot.intake.mails import work_through
from mailbot.intake.merging import merge_cases
from mailbot.intake.replaying import replay_files
from tests.builders import at
from tests.intake.office import ADDRESS, MANAGER, NINE, PHONE, REF, REFERRAL, Office

NURSE = "Named Nurse <named.nurse@westmarch-general.example>"
SECOND = "RR-2026-002"


def file_of(folder: Path, name: str, when: str, mail: Arriving) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(write(mail, ADDRESS, at(when)))
    return path


def referral_from(sender: str) -> Arriving:
    return Arriving(sender, "Referral", "Please find a referral attached.", [REFERRAL])


def test_mails_from_before_mailbot_open_a_case_as_of_the_day_on_which_they_came(
    office: Office, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    file_of(old, "a later.eml", "Wed 20 May 2026 9:00", Arriving(PHONE, f"{REF} Lunch", "Are you free?"))
    file_of(old, "b first.eml", "Mon 18 May 2026 9:00", referral_from(PHONE))
    done = replay_files([old], office.parts, at(NINE))
    assert [(mail.received, mail.state) for mail in done] == [
        (at("Mon 18 May 2026 9:00"), "handled"),
        (at("Wed 20 May 2026 9:00"), "held"),
    ]
    office.pass_("Mon 1 Jun 2026 9:01")
    assert office.case.received_at == at("Mon 18 May 2026 9:00")
    assert office.letters("acknowledgement") == []
    assert [a.status for a in office.letters("scoping")] == ["waiting"] * 8
    assert any(topic.startswith("missed/send_scoping") for topic in office.case.told)
    assert office.parts.mailbag.ledger().balanced
    assert replay_files([old], office.parts, at("Mon 1 Jun 2026 9:05"))[0].state == "handled"
    assert office.parts.casebook.refs() == [REF]


def test_a_mail_of_yesterday_is_acknowledged_though_it_came_as_a_file(office: Office, tmp_path: Path) -> None:
    replay_files([file_of(tmp_path, "a.eml", "Fri 29 May 2026 9:00", referral_from(PHONE))], office.parts, at(NINE))
    office.pass_("Mon 1 Jun 2026 9:01")
    assert len(office.letters("acknowledgement")) == 1


def test_nothing_is_taken_in_of_a_folder_with_a_file_that_does_not_say_when_it_came(
    office: Office, tmp_path: Path
) -> None:
    file_of(tmp_path, "a.eml", "Mon 18 May 2026 9:00", referral_from(PHONE))
    (tmp_path / "b.eml").write_bytes(b"From: jo@x.example\r\nSubject: None\r\n\r\nNo stamp.\r\n")
    with pytest.raises(UsageProblem, match="File 2 does not say when"):
        replay_files([tmp_path], office.parts, at(NINE))
    assert office.mails == []
    (mail,) = replay_files([tmp_path / "b.eml"], office.parts, at(NINE), at("Mon 18 May 2026 9:00"))
    assert mail.received == at("Mon 18 May 2026 9:00")


def test_a_case_is_opened_by_hand_for_what_was_told_by_telephone(office: Office) -> None:
    told = ByHand(
        by=MANAGER,
        told_by="police",
        child_name="Wilfred Ashgrove",
        child_dob="2025-11-03",
        received=at("Fri 29 May 2026 16:00"),
        why="the duty inspector rang",
    )
    assert open_by_hand(told, office.parts, at(NINE)) == REF
    assert office.case.stage == "la_deciding"
    assert (office.case.child.initials, office.case.reported_at) == ("W.A.", at("Fri 29 May 2026 16:00"))
    (opened,) = [e.event for e in office.parts.casebook.events(REF)][:1]
    assert (opened.by, opened.because) == (MANAGER, "the duty inspector rang")
    with pytest.raises(UsageProblem, match="no agency"):
        open_by_hand(told.model_copy(update={"told_by": "nobody"}), office.parts, at(NINE))


def two_cases(office: Office) -> None:
    """The council's referral, and health's, which a person took for another incident."""
    office.arrives("Mon 1 Jun 2026 9:20", referral_from(NURSE))
    office.pass_("Mon 1 Jun 2026 9:21")
    office.parts.mailbag.release(office.last.id, "NEW")
    work_through(office.last, office.parts, at("Mon 1 Jun 2026 9:30"))


def test_mail_that_names_a_merged_case_comes_to_the_one_that_goes_on(scoped: Office) -> None:
    two_cases(scoped)
    merge_cases(SECOND, REF, MANAGER, "one incident", scoped.parts, at("Mon 1 Jun 2026 10:00"))
    scoped.pass_("Mon 1 Jun 2026 10:01")
    assert scoped.parts.casebook.load(SECOND).stage == "merged"
    assert [
        a.status for a in scoped.letters("la_enquiry", "notice") if a.case == SECOND and a.status == "waiting"
    ] == []
    sender = next(a for a in scoped.letters("scoping") if a.agency == "police").to[0]
    nil = Arriving(sender, f"[{SECOND}] nil return", "Nil return. We have had no involvement.")
    scoped.arrives("Tue 2 Jun 2026 9:00", nil)
    scoped.pass_("Tue 2 Jun 2026 9:01")
    assert (scoped.last.state, scoped.last.case) == ("handled", REF)
    assert scoped.case.requests["police"].completeness == "nil"


def test_a_merger_needs_a_reason_and_somebody_known(scoped: Office) -> None:
    with pytest.raises(UsageProblem, match="--why"):
        merge_cases(REF, REF, MANAGER, "", scoped.parts, at(NINE))
    with pytest.raises(UsageProblem, match="--as"):
        merge_cases(REF, REF, "x@y.example", "so", scoped.parts, at(NINE))


def test_a_withdrawal_is_told_once_the_manager_has_answered_by_mail(scoped: Office) -> None:
    scoped.record("Tue 2 Jun 2026 10:00", "withdrawn", why="the criteria are not met")
    scoped.pass_("Tue 2 Jun 2026 10:01")
    assert {a.status for a in scoped.letters("case_news")} == {"waiting"}
    scoped.answer("Tue 2 Jun 2026 10:30", "APPROVE")
    scoped.pass_("Tue 2 Jun 2026 10:36")
    assert {a.status for a in scoped.letters("case_news")} == {"sent"}
    assert "Your return is no longer needed" in scoped.opened(scoped.letters("case_news")[0]).text
