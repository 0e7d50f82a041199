"""May this sender be believed? What our own mail server found out, and nothing that the sender could have written."""

from __future__ import annotations

import re
from typing import NamedTuple

from mailbot.cases.values import Value
from mailbot.mail.envelope import Envelope

HEADER = "Authentication-Results"
INTERNAL = "X-MS-Exchange-Organization-AuthAs"
"""Exchange's own mark. Exchange takes headers of this name off whatever comes from outside ("header firewall")."""
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[();]|[^"();]+|"')
_PROPERTY = re.compile(r'([\w.-]+)(?:/\d+)?\s*=\s*("(?:\\.|[^"\\])*"|[^\s"]+)')


class Belief(Value):
    """Whether the From address may be believed, and a sentence that says why or why not."""

    believed: bool
    why: str


class Method(NamedTuple):
    """What one check gave: `dmarc`, `pass`, and what it was about (`header.from` and so on)."""

    name: str
    result: str
    about: dict[str, str]


class Results(NamedTuple):
    """One Authentication-Results header (RFC 8601): who wrote it, and what each check gave, in order."""

    authserv_id: str
    methods: tuple[Method, ...]


def believe(
    envelope: Envelope, authserv_id: str | None, trust_unauthenticated: bool, internal_mark: bool = False
) -> Belief:
    """Whether our own server found a DMARC pass (RFC 7489) for the domain of the one From address.

    `authserv_id` names our server, "" is Microsoft's form without a name, None means that none is configured: then
    the sender is believed only where `trust_unauthenticated`, and the sentence says so. Only the topmost header
    counts, for those below came with the mail. With `internal_mark` (a mailbox on Exchange or Microsoft 365, nowhere
    else) a mail that the service itself marked as sent by one of its own people is believed too.
    """
    senders = envelope.senders
    if len(envelope.all_headers("From")) != 1 or len(senders) != 1 or not senders[0].email:
        return Belief(believed=False, why="The mail does not have exactly one sender's address in From.")
    if internal_mark and [mark.strip().casefold() for mark in envelope.all_headers(INTERNAL)] == ["internal"]:
        return Belief(believed=True, why=f"Our own Exchange marked it as sent from inside {senders[0].domain}.")
    if authserv_id is None:
        return _without_server(trust_unauthenticated)
    top = next(iter(envelope.all_headers(HEADER)), None)
    if top is None:
        return Belief(believed=False, why="Our mail server left no Authentication-Results on this mail.")
    results = read_results(top)
    if results.authserv_id.casefold() != authserv_id.casefold():
        wrote = results.authserv_id[:80] or "a server that gives no name"
        return Belief(believed=False, why=f"The topmost Authentication-Results were written by {wrote}, not by ours.")
    return _by_dmarc(results, senders[0].domain)


def read_results(value: str) -> Results:
    """Read the header's value. Comments are left out; what makes no sense gives no methods."""
    first, *rest = _clauses(value)
    # Microsoft gives no name: its first clause is a method already.
    nameless = "=" in first
    authserv_id = "" if nameless or not first.split() else first.split()[0].strip('"')
    methods = [_method(clause) for clause in ([first, *rest] if nameless else rest)]
    return Results(authserv_id, tuple(m for m in methods if m))


def _method(clause: str) -> Method | None:
    found = [(name.casefold(), value.strip('"').casefold()) for name, value in _PROPERTY.findall(clause)]
    if not found:
        return None
    name, result = found[0]
    return Method(name, result, dict(reversed(found[1:])))


def _clauses(value: str) -> list[str]:
    """The parts between semicolons, without comments (which nest); quotes protect both."""
    clauses = [""]
    depth = 0
    for piece in _TOKENS.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth and piece == ";":
            clauses.append("")
        elif not depth:
            clauses[-1] += piece
    return [clause.strip() for clause in clauses]


def _without_server(trust_unauthenticated: bool) -> Belief:
    if trust_unauthenticated:
        return Belief(
            believed=True,
            why="Believed without proof: trust_unauthenticated_replies is set. Anybody could have written this mail.",
        )
    return Belief(believed=False, why="No authserv_id is configured, so nothing says who really sent this mail.")


def _by_dmarc(results: Results, domain: str) -> Belief:
    dmarc = [method for method in results.methods if method.name == "dmarc"]
    if len(dmarc) != 1:
        return Belief(believed=False, why="Our mail server did not give one DMARC result for this mail.")
    result = dmarc[0].result
    if result != "pass":
        return Belief(believed=False, why=f"Our mail server's DMARC check of {domain} gave {result[:20]}, not pass.")
    checked = dmarc[0].about.get("header.from", "").rpartition("@")[2]
    if checked != domain:
        return Belief(believed=False, why=f"Our mail server checked {checked[:80] or 'no domain'}, not {domain}.")
    return Belief(believed=True, why=f"Our mail server's DMARC check passed for {domain}.")
