"""The power goes off at any moment, and on waking nothing is lost and nothing is doubled.

A real process does the work and kills itself (SIGKILL) just before its n-th SQL statement, for every n there is.
"""

import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

from mailbot.cases.decisions import Decision
from mailbot.store.audit import check
from mailbot.store.casebook import Casebook
from mailbot.store.database import Database, moment, open_record, rows, write
from mailbot.store.mailbag import Mailbag, MailMark, Said
from mailbot.store.outbox import Outbox
from mailbot.store.schema import bring_up_to_date
from tests.store.stories import LATER, MAIL, MONDAY, REF, draft, letter_sent, opening, send

Work = Callable[[Database], None]

INBOX = {"INBOX/1/1": MAIL, "INBOX/1/2": b"Subject: an advertisement\r\n\r\nBuy.\r\n"}


def killed_at(step: int, path: Path, work: Work, opened: Callable[[Path], Database] = open_record) -> bool:
    """Do the work in a child process that dies at that step; whether it died, rather than finished."""
    child = os.fork()
    if child == 0:
        try:
            db = opened(path)
            die_before_statement(db, step)
            work(db)
            os._exit(0)
        except BaseException:  # noqa: BLE001 (a forked child must never go on as a second pytest)
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work itself failed; its traceback is above"
    return False


def die_before_statement(db: Database, step: int) -> None:
    left = step

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    db.conn.set_trace_callback(count)


def crash_everywhere(folder: Path, prepare: Work, work: Work, verdict: Callable[[Database, Path], None]) -> int:
    """Crash the work at each of its steps, wake up and do it again, and judge; gives how many steps there were."""
    step = 0
    died = True
    while died:
        step += 1
        home = folder / str(step)
        path = home / "mailbot.db"
        prepare(open_record(path))
        died = killed_at(step, path, work)
        db = open_record(path)
        nothing_is_half_done(db)
        work(db)
        verdict(db, home)
        db.close()
    return step - 1


def nothing_is_half_done(db: Database) -> None:
    """What belongs together is there together, before anybody has tidied up."""
    assert rows(db, "SELECT id FROM mails WHERE id NOT IN (SELECT mail FROM sightings)") == []
    handled = rows(db, "SELECT ref FROM mails WHERE state = 'handled'")
    opened = rows(db, "SELECT ref FROM events WHERE type = 'referral_received' AND mail IS NOT NULL")
    assert handled == opened
    sent = rows(db, "SELECT sent_at AS at FROM letters WHERE status = 'sent'")
    told = rows(db, "SELECT at FROM events WHERE type = 'letter_sent'")
    assert [moment(row["at"]) for row in sent] == [moment(row["at"]) for row in told]
    assert check(db).intact


def read_inbox(db: Database) -> None:
    """A worker's pass in small: keep what is new, decide on what is unfinished, file what is settled."""
    mailbag, casebook = Mailbag(db), Casebook(db)
    for key, content in INBOX.items():
        if key not in mailbag.known_keys():
            mailbag.keep(content, key, MONDAY, LATER)
    for mail in mailbag.unfinished():
        mailbag.note(mail.id, Said(f"<{mail.id}@council.example>", "duty@council.example", "Referral"))
        if mailbag.raw(mail.id) == MAIL:
            ref = casebook.next_ref("RR", 2026)
            mark = MailMark(mail=mail.id, state="handled", reason="a referral", case=ref)
            decision = opening(send(f"ack:{mail.id}"), ref=ref)
            brought = decision.events[0].model_copy(update={"mail": mail.id})
            casebook.commit(decision.model_copy(update={"events": (brought,)}), LATER, mark)
        else:
            mailbag.mark(mail.id, "ignored", "an advertisement")
    for key, folder in mailbag.to_file():
        mailbag.filed(key, folder)


def everything_is_there_once(db: Database, _: Path) -> None:
    mailbag, casebook = Mailbag(db), Casebook(db)
    assert sorted(mailbag.raw(mail) for mail in (1, 2)) == sorted(INBOX.values())
    ledger = mailbag.ledger()
    assert (ledger.seen, ledger.handled, ledger.ignored, ledger.balanced) == (2, 1, 1, True)
    assert mailbag.to_file() == []
    assert casebook.refs() == [REF]
    assert casebook.load(REF).version == 1
    assert len(Outbox(db).todo()) == 1
    assert check(db).intact


def test_a_crash_while_reading_the_inbox_loses_and_doubles_nothing(tmp_path: Path) -> None:
    steps = crash_everywhere(tmp_path, lambda db: None, read_inbox, everything_is_there_once)
    assert steps > 30


class PostOffice:
    """Takes letters into a file, one line for each, as a mail server would: what it has taken, it keeps."""

    def __init__(self, taken: Path) -> None:
        self._taken = taken

    def post(self, message_id: str) -> None:
        with self._taken.open("a") as file:
            file.write(message_id + "\n")

    def taken(self) -> list[str]:
        return self._taken.read_text().splitlines() if self._taken.exists() else []


def home_of(db: Database) -> Path:
    return Path(next(row[2] for row in db.execute("PRAGMA database_list"))).parent


def empty_outbox(db: Database) -> None:
    """A worker's start and pass in small: settle what is in doubt by what the post office has, then send."""
    outbox, post_office = Outbox(db), PostOffice(home_of(db) / "taken")
    outbox.recover(LATER)
    for letter in outbox.in_doubt():
        if letter.message_id in post_office.taken():
            gone(db, letter.id)
        else:
            outbox.back_to_ready(letter.id, LATER, "its copy was not found")
    for letter in outbox.ready(LATER):
        outbox.sending(letter.id, LATER)
        post_office.post(letter.message_id)
        gone(db, letter.id)


def gone(db: Database, letter: int) -> None:
    casebook = Casebook(db)
    with write(db):
        Outbox(db).posted(letter, LATER)
        case = casebook.load(REF)
        casebook.commit(Decision(case=REF, version=case.version, events=(letter_sent(),)), LATER)


def two_letters(db: Database) -> None:
    Casebook(db).commit(opening(), LATER)
    for number in (1, 2):
        draft(Outbox(db), number)
    db.close()


def both_went_once(db: Database, home: Path) -> None:
    assert PostOffice(home / "taken").taken() == ["<1@partnership.example>", "<2@partnership.example>"]
    assert [letter.status for letter in Outbox(db).letters()] == ["sent", "sent"]
    assert [stored.event.type for stored in Casebook(db).events(REF)][1:] == ["letter_sent", "letter_sent"]
    assert check(db).intact


def test_a_crash_while_sending_sends_nothing_twice_and_forgets_nothing(tmp_path: Path) -> None:
    steps = crash_everywhere(tmp_path, two_letters, empty_outbox, both_went_once)
    assert steps > 30


def make_the_tables(db: Database) -> None:
    with write(db):
        bring_up_to_date(db)


def test_a_crash_while_the_record_is_made_leaves_one_that_can_be_made(tmp_path: Path) -> None:
    """The first migration goes whole or not at all."""
    step = 0
    died = True
    while died:
        step += 1
        path = tmp_path / f"{step}.db"
        died = killed_at(step, path, make_the_tables, opened=Database)
        db = open_record(path)
        read_inbox(db)
        everything_is_there_once(db, tmp_path)
        db.close()
    assert step > 30
