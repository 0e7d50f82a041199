"""The last gate: whom a letter may go to. Asked when it is drafted, when it is released and when it is posted."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.cases.practice import Practice

TO_WHOEVER_WROTE = (
    "acknowledgement",
    "thanks",
    "reask",
    "outcome",
    "threshold_decision",
    "learning_decision",
    "case_news",
)
"""Kinds that may answer an address of a known agency's domain that is not itself written down."""


def refusal(kind: str, to: Sequence[str], practice: Practice) -> str:
    """Why a letter may not go to these addresses, as the directory now stands; empty where it may."""
    what = kind.replace("_", " ")
    if not to:
        return f"A {what} letter has nobody to go to. It was not sent. Correct config/agencies.toml."
    for address in to:
        if not _may_go(kind, address, practice):
            return (
                f"A {what} letter was addressed to {address}, who is not in the directory. "
                "It was not sent. Correct config/agencies.toml, config/people.toml or [panel] address."
            )
    return ""


def _may_go(kind: str, address: str, practice: Practice) -> bool:
    to_panel = address.casefold() == practice.panel.casefold()
    if kind == "submission" or to_panel:
        return kind == "submission" and to_panel
    known = practice.directory.knows(address)
    return known or (kind in TO_WHOEVER_WROTE and practice.directory.in_known_domain(address))
