"""The worker: one pass over the mailbox, the clocks and the outbox; APScheduler wakes it again and again.

The scheduler remembers nothing. What is due is computed from the record at each pass, so a pass too many changes
nothing and a pass missed is made up by the next.
"""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.carry_out import carry_out_all
from mailbot.cases.case import Case
from mailbot.cases.chasing import review
from mailbot.cases.digest import HeldMails, Open, StuckLetter, digest
from mailbot.cases.events import AnyEvent
from mailbot.cases.letters import to_office
from mailbot.cases.values import Value
from mailbot.errors import CaseMoved, MailbotError, MailboxProblem, UsageProblem, own_mistake
from mailbot.intake.mails import take_in_all, work_through
from mailbot.parts import Parts, build_waiting, open_parts
from mailbot.posting import empty_outbox, is_by_hand
from mailbot.readying import ready_next
from mailbot.settings import Settings
from mailbot.store.database import write

log = logging.getLogger("mailbot.worker")
READ_EVERY, REVIEW_EVERY, POST_EVERY, READY_EVERY = 60, 300, 30, 60
"""Seconds between the wakings of the four jobs."""
END_WAITING = 5
"""Seconds that the wait for mail is given to end."""
TO_THE_OFFICE = ("approval_request", "question", "warning", "digest")
MOST_ROUNDS = 10
Job = Callable[[Parts, datetime], object]


class LetterCounts(Value):
    """What a pass did with letters."""

    drafted: int = 0
    sent: int = 0
    failed: int = 0


class Report(Value):
    """What one pass did."""

    now: datetime
    fetched: int = 0
    handled: int = 0
    held: int = 0
    letters: LetterCounts = LetterCounts()
    questions_asked: int = 0
    problem: str = ""


def read_inbox(parts: Parts, now: datetime) -> dict[str, int]:
    """Keep and work through every mail that is new, then put the mails where they belong."""
    counts = {"fetched": 0, "handled": 0, "held": 0, "ignored": 0, "kept": 0}
    for mail in parts.mailbag.unfinished():
        counts[work_through(mail, parts, now)] += 1
    try:
        for became in take_in_all(parts.inbox.fetch_new(parts.mailbag.known_keys()), parts, now):
            counts["fetched"] += 1
            counts[became] += 1
    finally:
        file_mails(parts)
    return counts


def file_mails(parts: Parts) -> None:
    """Put mails under Done or Held. A mail that staff moved, or that cannot be moved safely, stays where it is."""
    filed = []
    try:
        for key, folder in parts.mailbag.to_file():
            parts.inbox.file_under(key, folder)
            filed.append((key, folder))
    finally:
        # In one commit for all: a mail that was moved and not noted is found gone at the next pass, and noted then.
        with write(parts.db):
            for key, folder in filed:
                parts.mailbag.filed(key, folder)


def review_deadlines(parts: Parts, now: datetime) -> int:
    """Compare every open case's clocks with its events; gives how many cases something was decided for."""
    decided = 0
    for case in parts.casebook.looked_after():
        try:
            decision = review(case, now, parts.practice)
            decided += bool(decision) and parts.casebook.commit(decision, now)
        except CaseMoved:
            log.info("%s moved on meanwhile; the next pass looks again", case.ref)
        except MailbotError as problem:
            _tell_not_reviewed(case, str(problem), parts, now)
        except Exception as surprise:
            # One case that cannot be looked after never stops the others; a person is told each day.
            log.exception("%s cannot be reviewed", case.ref)
            _tell_not_reviewed(case, f"{own_mistake(surprise)}.", parts, now)
    return decided


def _tell_not_reviewed(case: Case, why: str, parts: Parts, now: datetime) -> None:
    topic = f"not-reviewed/{parts.practice.calendar.day_of(now).isoformat()}"
    paragraphs = ["Nothing of this case is reminded, chased or put together until this is put right:", why]
    warning = to_office(case, parts.practice, now, topic, "A case cannot be looked after", paragraphs, kind="warning")
    parts.outbox.queue([warning], now)


def settle(parts: Parts, now: datetime) -> dict[str, int]:
    """Review, carry out and post until there is nothing more to do at this moment; last, the morning digest."""
    counts = {"sent": 0, "failed": 0}
    for _ in range(MOST_ROUNDS):
        decided = review_deadlines(parts, now)
        done = carry_out_all(parts, now)
        posted = empty_outbox(parts, now)
        counts = {name: counts[name] + posted[name] for name in counts}
        if not (decided or done or any(posted.values()) or tell_the_morning(parts, now)):
            break
    return counts


def tell_the_morning(parts: Parts, now: datetime) -> bool:
    """Queue the day's digest at the first look in office hours, after everything else; gives whether there was one.

    That there was nothing to say is noted too: what comes up later in the day is told as it comes.
    """
    calendar, job = parts.practice.calendar, "digest"
    last = parts.passes.last_good(job)
    if not calendar.is_open(now) or (last and calendar.day_of(last.started) == calendar.day_of(now)):
        return False
    opened = [one for case in parts.casebook.open_cases() if (one := _to_tell_of(case, parts, now))]
    letter = digest(opened, _held_mails(parts), _stuck_letters(parts), parts.practice, now)
    with write(parts.db):
        parts.passes.end(parts.passes.begin(job, now), now, {"digests": int(letter is not None)})
        return letter is not None and parts.outbox.queue([letter], now)


def _to_tell_of(case: Case, parts: Parts, now: datetime) -> Open | None:
    """The case with its events; none where it cannot be looked after, which the office is told at each review."""
    opened = Open(case, _events(case, parts))
    try:
        digest([opened], HeldMails(), (), parts.practice, now)
    except Exception as surprise:
        # One case that cannot be looked after keeps nobody's morning from being told.
        log.exception("%s is left out of the digest: %s", case.ref, type(surprise).__name__)
        return None
    return opened


def _events(case: Case, parts: Parts) -> tuple[AnyEvent, ...]:
    return tuple(stored.event for stored in parts.casebook.events(case.ref))


def _held_mails(parts: Parts) -> HeldMails:
    held = parts.mailbag.held()
    live = sum(parts.outbox.drafted_from(f"office/warning/live-concern-{mail.id}") is not None for mail in held)
    return HeldMails(number=len(held), oldest=held[0].received if held else None, live=live)


def _stuck_letters(parts: Parts) -> list[StuckLetter]:
    return [
        StuckLetter(id=letter.id, case=letter.case, kind=letter.kind, status=letter.status, since=letter.since)
        for letter in parts.outbox.letters()
        if letter.status in ("failed", "in_doubt") or (letter.status == "ready" and is_by_hand(letter, parts))
    ]


def one_pass(parts: Parts, now: datetime) -> Report:
    """One whole pass. A mailbox that does not answer is reported; clocks and outbox are looked after all the same."""
    number = parts.passes.begin("once", now)
    before = {letter.id for letter in parts.outbox.letters()}
    parts.outbox.recover(now)
    problem, counts = "", {"fetched": 0, "handled": 0, "held": 0}
    try:
        counts = read_inbox(parts, now)
    except MailboxProblem as trouble:
        problem = str(trouble)
        log.warning("%s", problem)
    posted = settle(parts, now)
    new = [letter for letter in parts.outbox.letters() if letter.id not in before]
    questions = sum(letter.kind in TO_THE_OFFICE for letter in new)
    report = Report(
        now=now,
        fetched=counts["fetched"],
        handled=counts["handled"],
        held=counts["held"],
        letters=LetterCounts(drafted=len(new) - questions, **posted),
        questions_asked=questions,
        problem=problem,
    )
    parts.passes.end(number, now, {**counts, **posted}, problem)
    return report


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the home's lock, so that two workers never post the same letter. Raises UsageProblem where it is held."""
    path: Path = settings.record.with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageProblem(
                f"Another mailbot is at work in {settings.home}. One is enough; this one stops."
            ) from None
        yield


def run(
    settings: Settings, stopped: threading.Event, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """The worker, until `stopped` is set: four interval jobs, coalesced, no job store, one at a time."""
    with alone(settings):
        with open_parts(settings) as parts:
            parts.outbox.recover(clock())
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        for name, job, seconds in (
            ("read_inbox", lambda parts, now: read_inbox(parts, now) and settle(parts, now), READ_EVERY),
            ("review_deadlines", settle, REVIEW_EVERY),
            ("empty_outbox", lambda parts, now: carry_out_all(parts, now) and empty_outbox(parts, now), POST_EVERY),
            ("ready_next", ready_next, READY_EVERY),
        ):
            scheduler.add_job(
                _job,
                "interval",
                seconds=seconds,
                args=(name, job, settings, clock),
                next_run_time=datetime.now(UTC),
                id=name,
                # Woken by a mail while it reads, it reads once more afterwards: one thread, so never two at a time.
                max_instances=2,
            )
        scheduler.start()
        log.info("mailbot is at work in %s", settings.home)
        with _woken_by_mail(settings, scheduler, stopped):
            stopped.wait()
        scheduler.shutdown(wait=True)
        log.info("mailbot has stopped")


@contextmanager
def _woken_by_mail(settings: Settings, scheduler: BackgroundScheduler, stopped: threading.Event) -> Iterator[None]:
    """Where the mailbox can tell of new mail, it is read at once. A hint that is missed costs a minute: the poll."""
    waiting = build_waiting(settings)
    if waiting is None:
        yield
        return

    def read_now() -> None:
        if not stopped.is_set():
            scheduler.modify_job("read_inbox", next_run_time=datetime.now(UTC))

    thread = threading.Thread(target=waiting.wait, args=(read_now, stopped), name="waiting for mail", daemon=True)
    thread.start()
    yield
    # A server that does not answer must not keep the worker from stopping.
    thread.join(END_WAITING)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; the work in hand is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _job(
    name: str, job: Callable[[Parts, datetime], object], settings: Settings, clock: Callable[[], datetime]
) -> None:
    """One waking of one job, written down in the record with what went wrong."""
    now = clock()
    with open_parts(settings) as parts:
        parts.outbox.recover(now)
        number = parts.passes.begin(name, now)
        problem = ""
        try:
            job(parts, now)
        except MailboxProblem as trouble:
            problem = str(trouble)
            log.warning("%s", problem)
        finally:
            parts.passes.end(number, clock(), {}, problem)


def _tell(event: JobEvent) -> None:
    error = getattr(event, "exception", None)
    if error is not None:
        log.error(
            "%s failed: %s. It runs again at its next time.", event.job_id, type(error).__name__, exc_info=error
        )
    else:
        log.info("%s is still at work; this waking is left out", event.job_id)
