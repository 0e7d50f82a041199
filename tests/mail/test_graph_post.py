"""Letters out by Microsoft Graph: as they were approved, once, and what is known of them when something breaks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from mailbot.errors import PostInDoubt, PostRefused, PostUnavailable
from mailbot.mail.envelope import open_envelope
from mailbot.mail.graph_post import GraphPost
from mailbot.mail.outgoing import Outgoing, compose
from tests.mail.graph_mailbox import FORM, FORWARDED, LARGE, MAP, TO, US, GraphMailbox, graph_mailbox
from tests.mail.mails import MONDAY
from tests.mail.test_outgoing import LETTER
from tests.servers.mail_servers import free_ports


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphMailbox]:
    with graph_mailbox(tmp_path, monkeypatch) as mailbox:
        yield mailbox


def test_a_letter_goes_as_it_was_approved_and_its_copy_is_found(mailbox: GraphMailbox) -> None:
    letter = compose(Outgoing(**{**dict(LETTER), "to": ("reviews@police.example", "duty@police.example")}))
    mailbox.post().post(US, ("duty@police.example", "reviews@police.example"), US, letter)
    (sent,) = mailbox.server.sent
    assert (sent.to, sent.raw) == (("reviews@police.example", "duty@police.example"), letter)
    assert mailbox.open().find_sent(LETTER.message_id)


@pytest.mark.parametrize(
    ("sender", "recipients"),
    [(US, ()), (US, ("reviews@surgery.example",)), (US, (*TO, "b@police.example")), ("head@partnership.example", TO)],
)
def test_a_letter_goes_to_those_it_names_or_not_at_all(
    mailbox: GraphMailbox, sender: str, recipients: tuple[str, ...]
) -> None:
    with pytest.raises(PostRefused, match="not sent"):
        mailbox.post().post(sender, recipients, US, compose(LETTER))
    assert mailbox.server.asked == []


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, PostRefused),
        (413, {}, PostRefused),
        (401, {}, PostUnavailable),
        (403, {}, PostUnavailable),
        (404, {}, PostUnavailable),
        (429, {"Retry-After": "300"}, PostUnavailable),
        (503, {"Retry-After": "300"}, PostUnavailable),
        (500, {}, PostInDoubt),
        (503, {}, PostInDoubt),
        (504, {}, PostInDoubt),
    ],
)
def test_what_an_answer_says_of_the_letters_fate(
    mailbox: GraphMailbox, status: int, headers: dict[str, str], error: type[Exception]
) -> None:
    said = {"error": {"code": "ErrorOfSomeKind", "message": "In Microsoft's words."}}
    mailbox.server.fail("POST .*sendMail", status, times=2, body=said, headers=headers)
    with pytest.raises(error, match="ErrorOfSomeKind"):
        mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.server.sent == []


def test_a_letter_waits_a_moment_where_graph_asks_for_it(mailbox: GraphMailbox) -> None:
    mailbox.server.fail("POST .*sendMail", 429, headers={"Retry-After": "4"})
    mailbox.post().post(US, TO, US, compose(LETTER))
    assert (len(mailbox.server.sent), mailbox.waits) == (1, [4])


@pytest.mark.parametrize(("when", "gone"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("large", [False, True])
def test_broken_off_at_the_letter_it_is_in_doubt_and_only_its_copy_can_tell(
    mailbox: GraphMailbox, when: Literal["before", "after"], gone: int, large: bool
) -> None:
    mailbox.server.hang_up("POST .*(sendMail|/send)$", when)
    with pytest.raises(PostInDoubt, match="may have gone"):
        mailbox.post(900_000).post(US, TO, US, compose(LARGE if large else LETTER))
    assert len(mailbox.server.sent) == gone
    assert mailbox.open().find_sent(LETTER.message_id) == bool(gone)


def test_a_server_that_freezes_over_a_letter_leaves_it_in_doubt(mailbox: GraphMailbox) -> None:
    mailbox.server.hang_up("POST .*sendMail", "frozen")
    with pytest.raises(PostInDoubt, match="ReadTimeout"):
        GraphPost(mailbox.graph(timeout=0.3)).post(US, TO, US, compose(LETTER))
    assert len(mailbox.server.sent) == 1


def test_no_server_at_all_leaves_the_letter_ready(mailbox: GraphMailbox) -> None:
    (port,) = free_ports(1)
    post = GraphPost(mailbox.graph(endpoint=f"https://localhost:{port}/v1.0"))
    with pytest.raises(PostUnavailable, match="stays ready"):
        post.post(US, TO, US, compose(LETTER))
    (problem,) = post.check()
    assert str(port) in problem


def test_without_a_token_the_letter_stays_ready(mailbox: GraphMailbox) -> None:
    mailbox.break_down()
    with pytest.raises(PostUnavailable, match="AADSTS7000215") as error:
        mailbox.post().post(US, TO, US, compose(LETTER))
    assert mailbox.secret not in str(error.value)
    assert len(mailbox.post().check()) == 1


def test_a_healthy_way_out_has_no_problem(mailbox: GraphMailbox) -> None:
    assert mailbox.post().check() == []


def test_a_large_letter_goes_with_its_attachments_brought_after_it(mailbox: GraphMailbox) -> None:
    mailbox.post().post(US, TO, US, compose(LARGE))
    (sent,) = mailbox.server.sent
    assert (sent.to, sent.message_id) == (TO, LETTER.message_id)
    assert sent.files == [
        ("RR-2026-007 pack.pdf", "application/pdf", FORM),
        ("Siân's map.csv", "text/csv", MAP),
        ("their mail.eml", "message/rfc822", FORWARDED),
    ]
    assert compose(LARGE).startswith(sent.raw.partition(b"\r\n--")[0]), "the headers are those that were approved"
    assert open_envelope(sent.raw, MONDAY).text == open_envelope(compose(LARGE), MONDAY).text
    assert mailbox.server.lying_in("drafts") == []
    assert mailbox.open().find_sent(LETTER.message_id)


def test_a_draft_keeps_our_message_id_even_where_graph_gave_it_another(mailbox: GraphMailbox) -> None:
    mailbox.server.renames_drafts = True
    mailbox.post().post(US, TO, US, compose(LARGE))
    assert [sent.message_id for sent in mailbox.server.sent] == [LETTER.message_id]


@pytest.mark.parametrize("draft_can_be_removed", [True, False])
def test_an_upload_that_breaks_off_sends_nothing_and_the_next_try_begins_anew(
    mailbox: GraphMailbox, draft_can_be_removed: bool
) -> None:
    mailbox.server.hang_up("PUT /upload", "after")
    if not draft_can_be_removed:
        mailbox.server.hang_up("DELETE", "before")
    with pytest.raises(PostUnavailable, match="did not go"):
        mailbox.post().post(US, TO, US, compose(LARGE))
    assert len(mailbox.server.lying_in("drafts")) == (0 if draft_can_be_removed else 1)
    mailbox.post().post(US, TO, US, compose(LARGE))
    (sent,) = mailbox.server.sent
    assert len(sent.files) == 3
    assert mailbox.server.lying_in("drafts") == []


def test_a_letter_that_is_too_large_by_its_words_alone_is_refused(mailbox: GraphMailbox) -> None:
    with pytest.raises(PostRefused, match="too large"):
        mailbox.post(most_mime=1000).post(US, TO, US, compose(LETTER))
    assert mailbox.server.asked == []


def test_the_log_shows_no_address_of_an_upload(mailbox: GraphMailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    mailbox.post().post(US, TO, US, compose(LARGE))
    assert "authtoken" not in caplog.text
    assert LETTER.message_id not in caplog.text
