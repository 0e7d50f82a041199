"""The way that each agency's letters take: which are marked, which go to an alias, which no mail may carry."""

from __future__ import annotations

import pytest

from mailbot.cases.directory import Directory, SecureRoute
from mailbot.cases.events import LetterKind
from mailbot.cases.routes import by_route, route_of
from tests.builders import AGENCIES, MANAGER, PANEL, PEOPLE, agency


def directory(route: SecureRoute) -> Directory:
    """The police ask for this way; the manager writes from the police's domain."""
    police = agency("police", partner="police", secure_route=route, domains=("police.example", "partnership.example"))
    others = tuple(a for a in AGENCIES if a.id != "police")
    return Directory(agencies=(*others, police), people=PEOPLE, office=(MANAGER,), panel=PANEL)


@pytest.mark.parametrize("route", ["secure_tag", "cjsm", "portal", "phone"])
def test_a_letter_takes_the_way_of_its_agency_or_of_its_readers(route: SecureRoute) -> None:
    known = directory(route)
    assert route_of("scoping", "police", ("spoc@police.example",), known) == route
    assert route_of("pack", None, ("frith@police.example",), known) == route
    assert route_of("scoping", "health", ("spoc@health.example",), known) == "tls"


@pytest.mark.parametrize("kind", ["approval_request", "question", "warning", "digest", "submission"])
def test_the_office_and_the_panel_are_always_written_to(kind: LetterKind) -> None:
    assert route_of(kind, None, (MANAGER,), directory("phone")) == "tls"


@pytest.mark.parametrize(("kind", "way"), [("thanks", "tls"), ("acknowledgement", "tls"), ("chase", "portal")])
def test_an_answer_goes_back_the_way_that_the_mail_came(kind: LetterKind, way: SecureRoute) -> None:
    assert route_of(kind, "police", ("spoc@police.example",), directory("portal")) == way


def test_an_answer_to_secure_mail_stays_secure() -> None:
    assert route_of("thanks", "police", ("spoc@police.example",), directory("secure_tag")) == "secure_tag"


def test_the_alias_is_added_once_and_known_as_the_address_it_stands_for() -> None:
    (alias,) = by_route("cjsm", ("spoc@police.example",))
    assert alias == "spoc@police.example.cjsm.net"
    assert by_route("cjsm", (alias,)) == (alias,)
    known = directory("cjsm")
    assert known.knows(alias)
    assert known.agency_of(alias) == known.agency("police")
    assert not known.knows("somebody@police.example.cjsm.net")
