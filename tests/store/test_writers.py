"""Several processes write at once, and nothing of what any of them wrote is lost."""

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from mailbot.cases.decisions import Decision
from mailbot.errors import CaseMoved
from mailbot.store.audit import check
from mailbot.store.casebook import Casebook
from mailbot.store.database import open_record
from mailbot.store.mailbag import Mailbag
from mailbot.store.outbox import Outbox
from tests.store.stories import LATER, MONDAY, agreed, opening, send

WRITERS = 4
OWN, SHARED = 80, 20
processes = multiprocessing.get_context("fork")


def decide(casebook: Casebook, ref: str, text: str) -> None:
    """Load, decide and commit, again and again until nobody was quicker."""
    while True:
        case = casebook.load(ref)
        letter = send(f"{ref}:{text}", case=ref)
        try:
            casebook.commit(
                Decision(case=ref, version=case.version, events=(agreed(text),), actions=(letter,)), LATER
            )
        except CaseMoved:
            continue
        return


def open_a_case(casebook: Casebook) -> str:
    """Take the next reference, again and again until nobody else took it."""
    while True:
        ref = casebook.next_ref("RR", 2026)
        try:
            casebook.commit(opening(ref=ref), LATER)
        except CaseMoved:
            continue
        return ref


def write_much(path: Path, writer: int, start: Barrier) -> None:
    start.wait()
    db = open_record(path)
    casebook = Casebook(db)
    own = open_a_case(casebook)
    for number in range(OWN):
        decide(casebook, own, f"{writer}/{number}")
    start.wait()
    for number in range(SHARED):
        decide(casebook, "RR-2026-001", f"shared {writer}/{number}")


def all_end_well(workers: list[multiprocessing.context.ForkProcess]) -> bool:
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    return all(worker.exitcode == 0 for worker in workers)


def test_four_writers_lose_nothing(path: Path) -> None:
    """They even make the record at the same moment."""
    start = processes.Barrier(WRITERS)
    assert all_end_well([processes.Process(target=write_much, args=(path, n, start)) for n in range(WRITERS)])
    db = open_record(path)
    casebook = Casebook(db)
    refs = [f"RR-2026-{n:03d}" for n in range(1, WRITERS + 1)]
    assert casebook.refs() == refs
    texts = [action.text for ref in refs for action in casebook.load(ref).actions]
    expected = [f"{n}/{i}" for n in range(WRITERS) for i in range(OWN)]
    expected += [f"shared {n}/{i}" for n in range(WRITERS) for i in range(SHARED)]
    assert sorted(texts) == sorted(expected)
    assert len(Outbox(db).todo()) == len(expected)
    found = check(db)
    assert (found.entries, found.intact) == (len(expected) + WRITERS, True)


def keep_all(path: Path, start: Barrier) -> None:
    start.wait()
    mailbag = Mailbag(open_record(path))
    for number in range(20):
        mailbag.keep(b"mail %d" % number, f"INBOX/1/{number}", MONDAY, LATER)


def test_two_who_keep_the_same_mails_keep_each_once(path: Path) -> None:
    start = processes.Barrier(2)
    assert all_end_well([processes.Process(target=keep_all, args=(path, start)) for _ in range(2)])
    mailbag = Mailbag(open_record(path))
    assert len(mailbag.unfinished()) == 20
    assert mailbag.ledger().seen == 20
