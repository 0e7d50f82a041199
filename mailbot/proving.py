"""Proof that the office's mailbox works, for `mailbot check`: its encryption, and a letter to itself and back."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import make_msgid

from mailbot.cases.practice import Office
from mailbot.errors import MailboxProblem, PostProblem
from mailbot.mail.addresses import Address
from mailbot.mail.envelope import first_message_id
from mailbot.mail.inbox import Inbox, RawMail
from mailbot.mail.outgoing import Outgoing, Post, compose
from mailbot.mail.tls import Encryption

LEAST_DAYS = 21
"""Days that a certificate must be good for yet: somebody else has to renew it, and needs to be asked."""
MOST_SKEW = timedelta(minutes=2)
"""How far the mail server's clock may be from ours: clocks of the procedure begin at the server's time."""
LOOK_EVERY = 2.0
"""Seconds between looks for the letter."""


def problem_of_encryption(encryption: Encryption, now: datetime) -> list[str]:
    """What will soon be wrong with it."""
    days = (encryption.ends - now).days
    if days >= LEAST_DAYS:
        return []
    return [
        f"The certificate of {encryption.server} ends in {days} days, and then no mail goes in or out. "
        "Ask whoever runs the server to renew it."
    ]


def there_and_back(inbox: Inbox, post: Post, office: Office, seconds: float) -> list[str]:
    """Post a letter to the office's own address, wait for it, move it to Done; every problem in a sentence."""
    message_id = make_msgid(domain=office.address.partition("@")[2])
    there = _Everything()
    try:
        # What lies there already is only listed, so that only what comes from now on is fetched.
        for _ in inbox.fetch_new(there):
            continue
        sent = datetime.now(UTC)
        post.post(office.address, (office.address,), "", _letter(message_id, office, sent))
        found = _wait_for(message_id, inbox, there.keys, seconds)
        if found is None:
            return [
                f"A letter to {office.address} was posted and did not come back within {seconds:g} seconds. See "
                "whether mail to that address reaches the folder of [inbox], and try with more --seconds."
            ]
        return [*_skew(found, sent), *_moved(found, inbox)]
    except (MailboxProblem, PostProblem) as problem:
        return [f"A letter to the office's own address did not make its way: {problem}"]
    finally:
        inbox.close()


class _Everything(Collection[str]):
    """Says of every mail that it is known, and remembers which it was asked about."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def __contains__(self, key: object) -> bool:
        self.keys.add(str(key))
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)

    def __len__(self) -> int:
        return len(self.keys)


def _letter(message_id: str, office: Office, now: datetime) -> bytes:
    words = "This letter is from `mailbot check --send`, to see whether mail goes out and comes in. Please delete it."
    return compose(
        Outgoing(
            message_id=message_id,
            sender=Address(name=office.name, email=office.address),
            to=(office.address,),
            subject="mailbot check: a letter to ourselves",
            text=words + "\n",
            html=f"<p>{words}</p>",
            date=now,
        )
    )


def _wait_for(message_id: str, inbox: Inbox, known: set[str], seconds: float) -> RawMail | None:
    end = time.monotonic() + seconds
    while True:
        for mail in inbox.fetch_new(known):
            known.add(mail.key)
            if first_message_id(mail.content) == message_id:
                return mail
        if time.monotonic() + LOOK_EVERY > end:
            return None
        time.sleep(LOOK_EVERY)


def _skew(mail: RawMail, sent: datetime) -> list[str]:
    """Whether the mailbox's time of it lies between when we sent it and when we found it."""
    early, late = sent - mail.received, mail.received - datetime.now(UTC)
    worst = max(early, late)
    if worst <= MOST_SKEW:
        return []
    where = "behind" if early > late else "ahead of"
    return [
        f"The mail server's clock is {worst.total_seconds() / 60:.0f} minutes {where} ours. The days of the "
        "procedure begin at the server's time: have both clocks set by the network (NTP)."
    ]


def _moved(mail: RawMail, inbox: Inbox) -> list[str]:
    done = inbox.file_under(mail.key, "Done")
    if done == "filed":
        return []
    return [
        f"The letter came back and could not be moved to Done ({done}): read mail stays where it is. "
        "Give the mailbox's user the right to move mail."
    ]
