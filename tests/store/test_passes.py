"""The worker's passes show when it last did its work well."""

from mailbot.store.database import Database
from mailbot.store.passes import Passes
from tests.store.stories import LATER, MONDAY


def test_a_pass_is_written_down_from_begin_to_end(db: Database) -> None:
    passes = Passes(db)
    number = passes.begin("read_inbox", MONDAY)
    begun = passes.last("read_inbox")
    assert begun is not None
    assert (begun.started, begun.ended) == (MONDAY, None)
    passes.end(number, LATER, {"handled": 2, "held": 1})
    ended = passes.last("read_inbox")
    assert ended is not None
    assert (ended.ended, ended.counts, ended.error) == (LATER, {"handled": 2, "held": 1}, "")


def test_the_last_good_pass_is_neither_a_failed_nor_an_unfinished_one(db: Database) -> None:
    passes = Passes(db)
    good = passes.begin("read_inbox", MONDAY)
    passes.end(good, MONDAY, {})
    passes.end(passes.begin("read_inbox", LATER), LATER, {}, error="the mailbox did not answer")
    passes.begin("read_inbox", LATER)
    passes.end(passes.begin("empty_outbox", LATER), LATER, {})
    found = passes.last_good("read_inbox")
    assert found is not None
    assert found.id == good
    assert passes.last_good("review_deadlines") is None
