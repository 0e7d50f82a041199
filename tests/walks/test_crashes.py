"""The power goes off between any two steps of intake and sending; on waking nothing is lost and nothing goes twice.

A real process does a real pass of the worker on a real home, and kills itself (SIGKILL) at the n-th of its steps:
each transaction's COMMIT (with which all of the transaction is gone), before and after each mail is filed, before and
after each letter is handed over.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot.config import load
from mailbot.demo.acting import approve
from mailbot.demo.stage import FolderStage, folder_stage, make_home
from mailbot.demo.stories.rapid_review import referral
from mailbot.demo.telling import REF, Telling
from mailbot.mail.envelope import first_message_id
from mailbot.mail.inbox import Filed, FolderInbox, Shelf
from mailbot.mail.outgoing import FolderPost
from mailbot.parts import Parts, open_parts
from mailbot.store.audit import check
from mailbot.worker import one_pass
from tests.reading_children import with_shared_children

MONDAY = datetime(2026, 6, 1, 8, 12, tzinfo=UTC)
APPROVED = MONDAY + timedelta(hours=1)
AWAKE = timedelta(minutes=20)
"""Longer than a letter stays in doubt: found in doubt at the first waking, it is settled at the second."""


class Power:
    """Counts the steps of a pass; before the last of them the process is killed."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self, _: str = "") -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, sql: str) -> None:
        if sql.startswith("COMMIT"):
            self.step()


class CountedInbox(FolderInbox):
    """The folder, with a step before and after each mail is filed."""

    def __init__(self, root: Path, power: Power) -> None:
        super().__init__(root)
        self._power = power

    def file_under(self, key: str, folder: Shelf) -> Filed:
        """See Inbox."""
        self._power.step()
        filed = super().file_under(key, folder)
        self._power.step()
        return filed


class CountedPost(FolderPost):
    """The folder, with a step before and after each letter; every letter handed over is written down, twins too."""

    def __init__(self, root: Path, power: Power) -> None:
        super().__init__(root)
        self._power = power

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post."""
        self._power.step()
        super().post(sender, recipients, copy_to, message)
        with (self.root / "handed-over").open("a") as file:
            file.write(first_message_id(message) + "\n")
        self._power.step()


def small_home(home: Path) -> None:
    """A home with the three safeguarding partners only, so that a pass is short."""
    make_home(home)
    agencies = home / "config" / "agencies.toml"
    blocks = re.split(r"(?m)^(?=\[\[agency\]\])", agencies.read_text("utf-8"))
    agencies.write_text("".join(blocks[:4]), "utf-8")


def killed_at(step: int, home: Path, now: datetime) -> bool:
    """One pass in a process of its own that dies at that step; whether it died, rather than finished."""
    child = os.fork()
    if child == 0:
        try:
            with open_parts(load(home)) as parts:
                power = Power(step)
                parts.db.conn.set_trace_callback(power.statement)
                root = home / "mail"
                one_pass(replace(parts, inbox=CountedInbox(root, power), post=CountedPost(root, power)), now)
            os._exit(0)
        except BaseException:  # noqa: BLE001 (a forked child must never go on as a second pytest)
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the pass itself failed; its traceback is above"
    return False


def crash_everywhere(base: Path, now: datetime, verdict: Callable[[Parts], None]) -> int:
    """Crash the pass at each of its steps, each time in a copy of the home; wake up, go on, and judge."""
    step, died = 0, True
    while died:
        step += 1
        home = base.parent / f"crash-{step}"
        shutil.copytree(base, home)
        died = killed_at(step, home, now)
        with open_parts(load(home)) as parts:
            power = Power(0)
            awake = replace(with_shared_children(parts), post=CountedPost(home / "mail", power))
            one_pass(awake, now + AWAKE)
            one_pass(awake, now + 2 * AWAKE)
            verdict(awake)
        shutil.rmtree(home)
    return step - 1


def nothing_went_twice(parts: Parts) -> None:
    handed_over = (parts.settings.home / "mail" / "handed-over").read_text().splitlines()
    sent = [letter.message_id for letter in parts.outbox.letters() if letter.status == "sent"]
    assert len(set(handed_over)) == len(handed_over)
    assert set(handed_over) <= set(sent)
    keys = [letter.key for letter in parts.outbox.letters()]
    assert len(set(keys)) == len(keys)


def nothing_is_left_over(parts: Parts) -> None:
    assert parts.mailbag.ledger().balanced
    assert not parts.mailbag.unfinished() and not parts.mailbag.to_file() and not parts.outbox.todo()
    assert not list((parts.settings.home / "mail" / "inbox").glob("*.eml"))
    assert {letter.status for letter in parts.outbox.letters()} <= {"sent", "waiting"}
    assert check(parts.db).intact


def test_a_crash_while_a_referral_is_taken_in_loses_and_doubles_nothing(tmp_path: Path) -> None:
    base = tmp_path / "base"
    small_home(base)
    with folder_stage(base) as stage:
        arrives(stage, MONDAY, referral)

    def one_case_and_its_round_waits(parts: Parts) -> None:
        nothing_is_left_over(parts)
        nothing_went_twice(parts)
        assert parts.casebook.refs() == [REF]
        letters = parts.outbox.letters()
        assert sorted(x.kind for x in letters if x.status == "waiting") == ["scoping"] * 3
        # A pass that wakes after a crash may find something for the morning's digest; the first one did not.
        sent = sorted(x.kind for x in letters if x.status == "sent" and x.kind != "digest")
        assert sent == ["acknowledgement", "approval_request", "question"]

    assert crash_everywhere(base, MONDAY, one_case_and_its_round_waits) > 25


def test_a_crash_while_approved_letters_go_sends_each_of_them_once(tmp_path: Path) -> None:
    base = tmp_path / "base"
    small_home(base)
    with folder_stage(base) as stage:
        arrives(stage, MONDAY, referral)
        stage.pass_(MONDAY)
        arrives(stage, APPROVED, approve("scoping letters"))

    def each_agency_was_asked_once(parts: Parts) -> None:
        nothing_is_left_over(parts)
        nothing_went_twice(parts)
        asked = [x for x in parts.outbox.letters() if x.kind == "scoping"]
        assert [x.status for x in asked] == ["sent"] * 3
        events = [s.event for s in parts.casebook.events(REF)]
        told = [e.agency for e in events if e.type == "letter_sent" and e.kind == "scoping"]
        assert len(told) == 3 and set(told) == {"childrens-services", "icb", "police"}
        assert sum(e.type == "round_approved" for e in events) == 1

    assert crash_everywhere(base, APPROVED, each_agency_was_asked_once) > 25


def arrives(stage: FolderStage, now: datetime, scene: Callable[[Telling], None]) -> None:
    """One scene of the story, at that moment."""
    telling = Telling(stage, now.date())
    telling.now = now
    scene(telling)
