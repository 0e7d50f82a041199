"""Reading by Microsoft Graph against a small server of the published shapes: the Inbox contract, and bad days."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.errors import MailboxProblem, PostUnavailable
from mailbot.mail.graph import GraphInbox, Listing
from mailbot.mail.graph_post import GraphPost
from mailbot.mail.outgoing import compose
from tests.mail.graph_mailbox import LARGE, TO, US, GraphMailbox, graph_mailbox
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY, a_mail
from tests.mail.test_outgoing import LETTER
from tests.servers.graph_server import run_graph


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphMailbox]:
    with graph_mailbox(tmp_path, monkeypatch) as mailbox:
        yield mailbox


class TestGraphInbox(InboxContract):
    pass


def test_nothing_is_changed_by_reading_not_even_the_mark_for_read(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    list(mailbox.open().fetch_new(known=set()))
    assert [asked for asked in mailbox.server.asked if not asked.startswith("GET ")] == []


def test_every_request_asks_for_ids_that_last(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    inbox.file_under(mail.key, "Done")
    inbox.find_sent(LETTER.message_id)
    mailbox.post(most_mime=900_000).post(US, TO, US, compose(LARGE))
    asked = zip(mailbox.server.asked, mailbox.server.prefers, strict=True)
    without = [one for one, prefer in asked if 'IdType="ImmutableId"' not in prefer]
    assert {one.partition("?")[0] for one in without} == {"PUT /upload/1"}


def test_a_mail_that_staff_moved_away_and_back_keeps_its_key(mailbox: GraphMailbox) -> None:
    mail = mailbox.server.put(a_mail(), MONDAY)
    inbox = mailbox.open()
    (given,) = inbox.fetch_new(known=set())
    mailbox.server.move(mail, mailbox.server.make_folder("Thinking about it"))
    mailbox.server.move(mail, "inbox")
    assert list(mailbox.open().fetch_new(known={given.key})) == []
    assert inbox.file_under(given.key, "Done") == "filed"


def test_a_mail_that_staff_put_elsewhere_is_left_there(mailbox: GraphMailbox) -> None:
    mail = mailbox.server.put(a_mail(), MONDAY)
    inbox = mailbox.open()
    (given,) = inbox.fetch_new(known=set())
    mailbox.server.move(mail, mailbox.server.make_folder("Siblings"))
    assert inbox.file_under(given.key, "Done") == "gone"
    assert mailbox.server.lying_in("Siblings") == [a_mail()]


def test_after_the_first_pass_only_what_is_new_is_asked_for(mailbox: GraphMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(700)))
    listing = Listing()
    known = {mail.key for mail in mailbox.open(listing=listing).fetch_new(known=set())}
    mailbox.put(a_mail(700), a_mail(701))
    mailbox.server.asked.clear()
    new = list(mailbox.open(listing=listing).fetch_new(known))
    assert [mail.content for mail in new] == [a_mail(700), a_mail(701)]
    # Which folder, what has changed, and the two mails.
    assert len(mailbox.server.asked) == 4


def test_a_new_process_lists_the_folder_and_fetches_only_what_is_new(mailbox: GraphMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(700)))
    known = {mail.key for mail in mailbox.open().fetch_new(known=set())}
    mailbox.put(a_mail(700))
    mailbox.server.asked.clear()
    assert [mail.content for mail in mailbox.open().fetch_new(known)] == [a_mail(700)]
    assert len(mailbox.server.asked) == 1 + 3 + 1  # the folder, three pages, the mail


def test_a_pass_that_breaks_off_is_made_up_by_the_next(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2), a_mail(3))
    listing = Listing()
    first = next(mailbox.open(listing=listing).fetch_new(known=set()))
    rest = mailbox.open(listing=listing).fetch_new(known={first.key})
    assert {mail.content for mail in rest} == {a_mail(1), a_mail(2), a_mail(3)} - {first.content}


def test_what_delta_does_not_tell_the_daily_sweep_finds(mailbox: GraphMailbox) -> None:
    """A mail moved away before anybody read it, and back: Graph does not tell of it again."""
    mail = mailbox.server.put(a_mail(), MONDAY)
    listing = Listing()
    inbox = mailbox.open(listing=listing)
    next(inbox.fetch_new(known=set()))
    mailbox.server.move(mail, mailbox.server.make_folder("By mistake"))
    assert list(inbox.fetch_new(known=set())) == []
    mailbox.server.move(mail, "inbox")
    assert list(inbox.fetch_new(known=set())) == [], "as Graph does it"
    listing.swept -= 24 * 3600
    assert [given.content for given in inbox.fetch_new(known=set())] == [a_mail()]


def test_where_graph_has_forgotten_what_it_told_everything_is_listed_again(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1))
    inbox = mailbox.open()
    (first,) = inbox.fetch_new(known=set())
    mailbox.put(a_mail(2))
    mailbox.server.forgets_from = 10_000
    assert [mail.content for mail in inbox.fetch_new(known={first.key})] == [a_mail(2)]


def test_a_folder_of_the_offices_own_even_when_it_is_made_anew(mailbox: GraphMailbox) -> None:
    server = mailbox.server
    reviews = server.make_folder("Reviews", parent=server.make_folder("Safeguarding"))
    server.put(a_mail(1), MONDAY, reviews)
    inbox = mailbox.open(folder="Safeguarding/Reviews")
    (first,) = inbox.fetch_new(known=set())
    assert first.content == a_mail(1)
    del server.folders[reviews]
    with pytest.raises(MailboxProblem, match=r"there is no folder Safeguarding/Reviews.*Correct mailbox and folder"):
        list(inbox.fetch_new(known=set()))
    again = server.make_folder("Reviews", parent=server.folder_id("Safeguarding"))
    server.put(a_mail(2), MONDAY, again)
    assert [mail.content for mail in inbox.fetch_new(known={first.key})] == [a_mail(2)]


def test_a_shelf_that_staff_removed_is_made_anew(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    inbox = mailbox.open()
    one, two = inbox.fetch_new(known=set())
    assert inbox.file_under(one.key, "Done") == "filed"
    del mailbox.server.folders[mailbox.server.folder_id("Done")]
    assert inbox.file_under(two.key, "Done") == "filed"
    assert mailbox.lies_in("done") == [a_mail(2)]


def test_a_shelf_that_somebody_makes_at_the_same_moment_is_used(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    mailbox.server.make_folder("Done")
    mailbox.server.fail("GET .*displayName eq 'Done'", 200, body={"value": []})
    assert inbox.file_under(mail.key, "Done") == "filed"
    assert [shown for shown, _ in mailbox.server.folders.values()].count("Done") == 1


def test_filing_that_was_done_and_not_answered_is_found_done(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail())
    inbox = mailbox.open()
    (mail,) = inbox.fetch_new(known=set())
    mailbox.server.hang_up("POST .*/move", "after")
    with pytest.raises(MailboxProblem, match="the next pass tries again"):
        inbox.file_under(mail.key, "Done")
    assert inbox.file_under(mail.key, "Done") == "gone"
    assert mailbox.lies_in("done") == [a_mail()]


def test_a_draft_of_the_letter_is_not_taken_for_the_letter(mailbox: GraphMailbox) -> None:
    mailbox.server.put(a_mail(1), MONDAY, "drafts")
    mailbox.server.put(a_mail(2), MONDAY, "sentitems").draft = True
    inbox = mailbox.open()
    assert not inbox.find_sent("<return-1@police.example>")
    assert not inbox.find_sent("<return-2@police.example>")


def test_a_message_id_may_hold_what_a_filter_does_not_like(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail().replace(b"return-1", b"o'brien&$top=0+%27#"), place="sent")
    assert mailbox.open().find_sent("<o'brien&$top=0+%27#@police.example>")
    with pytest.raises(ValueError, match="no Message-ID of ours"):
        mailbox.open().find_sent("<a b@police.example>")


@pytest.mark.parametrize(
    ("status", "asked_for", "waited"),
    [
        (429, {"Retry-After": "7"}, 7),
        (503, {"Retry-After": "20"}, 20),
        (429, {}, 5),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT"}, 1),
        (429, {"Retry-After": "soon"}, 5),
    ],
)
def test_graph_is_left_alone_for_as_long_as_it_asks(
    mailbox: GraphMailbox, status: int, asked_for: dict[str, str], waited: float
) -> None:
    mailbox.put(a_mail())
    mailbox.server.fail(r"GET .*\$value", status, headers=asked_for)
    assert [mail.content for mail in mailbox.open().fetch_new(known=set())] == [a_mail()]
    assert mailbox.waits == [waited]


def test_a_long_rest_ends_the_pass_and_is_kept_to(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    mailbox.server.fail(r"GET .*\$value", 429, times=9, headers={"Retry-After": "300"})
    inbox = mailbox.open()
    with pytest.raises(MailboxProblem, match="slow down"):
        list(inbox.fetch_new(known=set()))
    asked = len(mailbox.server.asked)
    with pytest.raises(MailboxProblem, match="not asked again for"):
        list(inbox.fetch_new(known=set()))
    assert (len(mailbox.server.asked), mailbox.waits) == (asked, [])


def test_graph_that_never_has_time_is_not_waited_for_for_ever(mailbox: GraphMailbox) -> None:
    mailbox.server.fail("GET", 429, times=1000, headers={"Retry-After": "25"})
    (problem,) = mailbox.open().check()
    assert "slow down" in problem
    assert mailbox.waits == [25, 25]


def test_a_token_that_is_refused_before_its_time_is_renewed_once(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    given = mailbox.open().fetch_new(known=set())
    next(given)
    mailbox.server.entra.revoked.update(mailbox.server.entra.given)
    assert len(list(given)) == 1
    assert mailbox.server.entra.asks == 2


def test_a_mailbox_that_lets_nobody_in_says_what_to_renew(mailbox: GraphMailbox) -> None:
    mailbox.server.fail("GET", 401, times=1000, body={"error": {"code": "InvalidAuthenticationToken", "message": ""}})
    (problem,) = mailbox.open().check()
    assert "renew its secret or certificate" in problem
    assert len(mailbox.server.asked) == 2


def test_a_right_that_is_missing_is_named(mailbox: GraphMailbox) -> None:
    mailbox.server.fail(
        "POST .*mailFolders", 403, body={"error": {"code": "ErrorAccessDenied", "message": "Denied."}}
    )
    (problem,) = mailbox.open().check()
    assert "make its folders" in problem
    assert "docs/microsoft365.md" in problem


def test_one_mail_that_cannot_be_fetched_does_not_stop_the_others(mailbox: GraphMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(6)))
    mailbox.server.fail(r"GET .*\$value", 500, body={"error": {"code": "ErrorInternalServerError", "message": "x"}})
    mailbox.server.hang_up(r"GET .*\$value", "middle")
    inbox = mailbox.open()
    given = set()
    with pytest.raises(MailboxProblem, match="2 mails of Inbox"):
        for mail in inbox.fetch_new(known=set()):
            given.add(mail.key)
    assert len(given) == 4
    rest = inbox.fetch_new(known=given)
    assert {mail.content for mail in rest} == {a_mail(0), a_mail(1)}


def test_a_server_that_breaks_off_again_and_again_ends_the_pass(mailbox: GraphMailbox) -> None:
    mailbox.put(*(a_mail(number) for number in range(50)))
    mailbox.server.hang_up(r"GET .*\$value", "before", times=1000)
    with pytest.raises(MailboxProblem, match="could not read"):
        list(mailbox.open().fetch_new(known=set()))
    assert sum("$value" in asked for asked in mailbox.server.asked) == 3


def test_a_frozen_server_is_given_up(mailbox: GraphMailbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        graph = mailbox.graph(timeout=0.3, endpoint=f"https://localhost:{frozen.getsockname()[1]}/v1.0")
        with pytest.raises(MailboxProblem, match="Timeout"):
            list(GraphInbox(graph).fetch_new(known=set()))
        with pytest.raises(PostUnavailable, match="Timeout"):
            GraphPost(graph).post(US, TO, US, compose(LETTER))


def test_a_strange_certificate_gets_no_token(mailbox: GraphMailbox, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with run_graph(US, mailbox.server.entra, tmp_path / "other") as stranger:
        graph = mailbox.graph(endpoint=stranger.endpoint)
        (problem,) = GraphInbox(graph).check()
        assert "certificate" in problem
        assert stranger.asked == []


@pytest.mark.parametrize("answer", [None, {"value": "none"}, {"value": []}])
def test_an_answer_that_makes_no_sense_is_a_problem_and_not_an_empty_mailbox(
    mailbox: GraphMailbox, answer: dict[str, object] | None
) -> None:
    mailbox.put(a_mail())
    mailbox.server.fail("GET .*delta", 200, body=answer)
    with pytest.raises(MailboxProblem):
        list(mailbox.open().fetch_new(known=set()))


def test_no_link_in_an_answer_leads_to_another_server(mailbox: GraphMailbox, tmp_path: Path) -> None:
    mailbox.put(*(a_mail(number) for number in range(301)))
    (tmp_path / "other").mkdir()
    with run_graph(US, mailbox.server.entra, tmp_path / "other") as stranger:
        mailbox.server.elsewhere = stranger.endpoint
        with pytest.raises(MailboxProblem, match="which is not the endpoint"):
            list(mailbox.open().fetch_new(known=set()))
        mailbox.server.elsewhere = stranger.origin
        with pytest.raises(PostUnavailable, match="not Microsoft's"):
            mailbox.post(most_mime=900_000).post(US, TO, US, compose(LARGE))
        assert stranger.asked == []


def test_a_redirect_is_not_followed(mailbox: GraphMailbox) -> None:
    mailbox.server.fail("GET", 307, headers={"Location": f"{mailbox.server.origin}/elsewhere"})
    assert len(mailbox.open().check()) == 1
    assert not any("elsewhere" in asked for asked in mailbox.server.asked)


def test_a_server_that_freezes_over_a_mail_costs_only_that_mail(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    mailbox.server.hang_up(r"GET .*\$value", "frozen")
    given = GraphInbox(mailbox.graph(timeout=0.3)).fetch_new(known=set())
    assert next(given).content == a_mail(2)
    with pytest.raises(MailboxProblem, match="1 mails of Inbox"):
        next(given)
