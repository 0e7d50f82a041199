"""`make bench-intake`: how long it takes from a mailbox to cases, beside the bare bytes, a floor and two trackers.

    python -m benchmarks.intake [--mails N] [--venv FOLDER]

A real Dovecot holds N mails of some 59 kB, each with a filled Word form, five times over: once for each of those that
read it. Each begins cold, in a process of its own, one after the other. mailbot's work is everything up to the filed
mail: fetched, kept durably, the form read into fields in a sandbox, the case matched, the event committed, the mail
moved to Done. The floor understands nothing: it fetches by fifties, parses, walks the form's XML, commits each.
Roundup and django-helpdesk, from PyPI into a venv outside the project, store mail and attachment and read no form.

Exit code 1 where a goal is missed; on a machine that does other work at the same time, compare CPU seconds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import printing
from benchmarks.cost import Cost, cost_of
from benchmarks.intake_mails import RETURNED, WORDS, Return, office_with_open_cases
from benchmarks.truth import ROOT
from mailbot.config import load
from mailbot.parts import open_parts
from tests.servers.mail_servers import MailServers, run_mail_servers
from tests.walks.test_walk_servers import on_servers

TRACKERS = ("roundup==2.6.0", "django-helpdesk==2.6.1")
OFFICE = "rapidreview@westmarchscp.example"
MEMORY = 120.0
Costs = dict[str, Cost]


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints, and says by the exit code whether every goal was met."""
    parser = argparse.ArgumentParser(prog="intake", description="How long intake takes, beside others.")
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--venv", type=Path, default=Path(tempfile.gettempdir()) / "mailbot-trackers")
    given = parser.parse_args(arguments)
    python = interpreter_with_trackers(given.venv)
    with tempfile.TemporaryDirectory(prefix="mailbot-intake-") as folder, run_mail_servers() as servers:
        home = Path(folder) / "home"
        returns = office_with_open_cases(home, given.mails)
        on_servers(home, servers)
        costs = _all_costs(Path(folder), home, returns, servers, python)
        right = count_right(home, returns)
        filed = len(servers.mails(OFFICE, "Done"))
    _print(costs, returns, right, filed)
    return 0 if all(met for _, met in _goals(costs, len(returns), right, filed)) else 1


def interpreter_with_trackers(venv: Path) -> Path:
    """The interpreter of a venv with Roundup and django-helpdesk, made where it is not there yet."""
    python = venv / "bin" / "python"
    if not (venv / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "--quiet", "install", *TRACKERS], check=True)
        (venv / "ready").touch()
    return python


def count_right(home: Path, returns: list[Return]) -> int:
    """How many of the returns are in the record as they were sent: their case, their agency, their words, once."""
    with open_parts(load(home)) as parts:
        recorded = [
            (ref, event.agency, {name: event.fields.get(name) for name in WORDS})
            for ref in parts.casebook.refs()
            for event in (stored.event for stored in parts.casebook.events(ref))
            if event.type == "scoping_returned"
        ]
    return sum(recorded.count((mail.case, mail.agency, mail.words)) == 1 for mail in returns)


def _all_costs(folder: Path, home: Path, returns: list[Return], servers: MailServers, python: Path) -> Costs:
    for user in (OFFICE, "fetch", "floor", "roundup", "helpdesk"):
        servers.append(user, *(mail.raw for mail in returns), received=RETURNED)
    passes: list[str | Path] = [sys.executable, "-m", "benchmarks.intake_passes"]
    trackers: list[str | Path] = [python, "-m", "benchmarks.trackers"]
    port, env = str(servers.imap), {"PYTHONPATH": str(ROOT), "MAILBOT_MAIL_PASSWORD": servers.password}
    for name in ("roundup", "helpdesk"):
        (folder / name).mkdir()
        cost_of([*trackers, f"prepare-{name}", folder / name, port, name], ROOT, env)
    works: dict[str, list[str | Path]] = {
        "fetch": [*passes, "fetch", port, "fetch"],
        "floor": [*passes, "floor", port, "floor", folder / "floor.db"],
        "mailbot": [*passes, "mailbot", home],
        "roundup": [*trackers, "roundup", folder / "roundup", port, "roundup"],
        "helpdesk": [*trackers, "helpdesk", folder / "helpdesk", port, "helpdesk"],
    }
    return {name: cost_of(command, ROOT, env) for name, command in works.items()}


def _goals(costs: Costs, mails: int, right: int, filed: int) -> list[tuple[str, bool]]:
    ours, floor = costs["mailbot"], costs["floor"]
    others = [cost.seconds for name in ("roundup", "helpdesk") if (cost := costs[name]).mails >= mails]
    faster = min(others) / ours.seconds if others else 0.0
    return [
        (f"{right} of {mails} right, {filed} filed", right == filed == mails),
        (f"{faster:.1f} times as fast as the faster tracker (goal: 2)", faster >= 2),
        (f"{ours.cpu / floor.cpu:.1f} times the floor's CPU (goal: at most 3)", ours.cpu <= 3 * floor.cpu),
        (f"{ours.memory:.0f} MB in the worker (goal: at most {MEMORY:.0f})", ours.memory <= MEMORY),
    ]


def _print(costs: Costs, returns: list[Return], right: int, filed: int) -> None:
    console = printing.console()
    size = sum(len(mail.raw) for mail in returns) / len(returns) / 1000
    title = f"{len(returns)} mails of {size:.0f} kB, each with a filled Word form, from Dovecot"
    table = printing.table(title, "", "seconds", "CPU seconds", "CPU ms a mail", "peak MB", "mails")
    for name, cost in costs.items():
        share = f"{1000 * cost.cpu / len(returns):.1f}"
        table.add_row(name, f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", share, f"{cost.memory:.0f}", str(cost.mails))
    console.print(table)
    for words, met in _goals(costs, len(returns), right, filed):
        console.print(f"{printing.verdict(met)}: {words}")


if __name__ == "__main__":
    sys.exit(main())
