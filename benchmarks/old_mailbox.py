"""`make bench-old-mailbox`: a pass over a mailbox of 50,000 old mails with 10 new ones, beside one over 500.

    python -m benchmarks.old_mailbox [--old N]

On a real Dovecot. The old mails are everyday mail that mailbot has seen and left in the inbox. Beside it, what the
server alone takes: a bare client that logs in, selects the mailbox and asks which mails there are, ten of them new.
Exit code 1 where the large mailbox costs more than 1.5 times the small one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks import printing
from mailbot.config import load
from mailbot.demo.mails import Arriving, write
from mailbot.demo.stage import make_home
from mailbot.parts import Parts, open_parts
from mailbot.store.database import stamp
from mailbot.store.database import write as transaction
from mailbot.worker import read_inbox
from tests.servers.mail_servers import MailServers, run_mail_servers
from tests.walks.test_thousand_mails import ADDRESS, MONDAY
from tests.walks.test_walk_servers import on_servers

SMALL, NEW, PASSES = 500, 10, 5
BOUND = 1.5


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints, and says by the exit code whether the goal was met."""
    parser = argparse.ArgumentParser(prog="old_mailbox", description="What old mail in the mailbox costs.")
    parser.add_argument("--old", type=int, default=50_000)
    large = parser.parse_args(arguments).old
    small, large_one = _pass_over(SMALL), _pass_over(large)
    ratio = large_one.mailbot / small.mailbot
    columns = ("old mails", "seconds (median of 5)", "times", "of which the server's", "the rest", "times")
    table = printing.table(f"A pass with {NEW} new mails", *columns)
    for old, took in ((SMALL, small), (large, large_one)):
        rest = took.mailbot - took.server
        times = (f"{ratio:.2f}", f"{rest / (small.mailbot - small.server):.2f}") if took is large_one else ("", "")
        table.add_row(f"{old:,}", f"{took.mailbot:.3f}", times[0], f"{took.server:.3f}", f"{rest:.3f}", times[1])
    printing.console().print(table)
    printing.console().print(f"{printing.verdict(ratio <= BOUND)}: {ratio:.2f} times (goal: at most {BOUND})")
    return 0 if ratio <= BOUND else 1


class Took(NamedTuple):
    """Seconds of one pass, and of what the server needs for a bare client."""

    mailbot: float
    server: float


def _pass_over(old: int) -> Took:
    """The medians of some passes, each over so many old mails and ten new ones; everything is warmed up first."""
    with tempfile.TemporaryDirectory() as folder, run_mail_servers() as servers:
        os.environ["MAILBOT_MAIL_PASSWORD"] = servers.password
        home = Path(folder) / "home"
        make_home(home)
        on_servers(home, servers)
        with open_parts(load(home)) as parts:
            _lay_old_mails(old, servers, parts)
            passes = [_one_pass(number, servers, parts) for number in range(PASSES + 1)][1:]
        bare = [_bare(number, servers) for number in range(PASSES + 1)][1:]
        return Took(statistics.median(passes), statistics.median(bare))


def _lay_old_mails(old: int, servers: MailServers, parts: Parts) -> None:
    """Files in the maildir, and in the record as seen and ignored: 50,000 passes of intake would take an hour."""
    maildir = servers.base / "mail" / ADDRESS / "cur"
    servers.append(ADDRESS, _mail(0), received=MONDAY)
    pattern = _mail(0)
    for number in range(1, old):
        content = pattern.replace(b"(0)", b"(%d)" % number)
        (maildir / f"{1_700_000_000 + number}.M{number}.old:2,S").write_bytes(content)
    owner = maildir.stat()
    for path in maildir.iterdir():
        os.chown(path, owner.st_uid, owner.st_gid)
    with servers.login(ADDRESS, "INBOX") as client:
        validity = str(client.response("UIDVALIDITY")[1][0], "ascii")
        uids = client.uid("SEARCH", "ALL")[1][0].decode().split()
    if len(uids) != old:
        raise RuntimeError(f"{len(uids)} mails lie in the mailbox, where {old} are wanted")
    at = stamp(MONDAY)
    with transaction(parts.db):
        parts.db.execute("INSERT INTO files (sha256, size, content) VALUES (?, 1, ?)", ["0" * 64, b"x"])
        parts.db.execute(
            "INSERT INTO mails (id, sha256, received, kept_at, state) VALUES (1, ?, ?, ?, 'ignored')",
            ["0" * 64, at, at],
        )
        for uid in uids:
            parts.db.execute(
                "INSERT INTO sightings (key, mail, received, seen_at) VALUES (?, 1, ?, ?)",
                [f"INBOX/{validity}/{uid}", at, at],
            )


def _one_pass(number: int, servers: MailServers, parts: Parts) -> float:
    servers.append(ADDRESS, *(_mail(1_000_000 + NEW * number + n) for n in range(NEW)), received=MONDAY)
    begun = time.perf_counter()
    counts = read_inbox(parts, MONDAY + timedelta(minutes=number))
    seconds = time.perf_counter() - begun
    parts.inbox.close()
    if counts["fetched"] != NEW:
        raise RuntimeError(f"{counts['fetched']} mails were fetched, where {NEW} are new")
    return seconds


def _bare(number: int, servers: MailServers) -> float:
    """The server's own time for what no client can do without."""
    servers.append(ADDRESS, *(_mail(2_000_000 + NEW * number + n) for n in range(NEW)), received=MONDAY)
    begun = time.perf_counter()
    with servers.login(ADDRESS, "INBOX") as client:
        client.uid("SEARCH", "ALL")
    return time.perf_counter() - begun


def _mail(number: int) -> bytes:
    mail = Arriving("Rota <rota@westmarch-general.example>", f"Rota ({number})", "No changes since last week.")
    return write(mail, ADDRESS, MONDAY)


if __name__ == "__main__":
    sys.exit(main())
