"""Microsoft Graph against a small server of the published shapes: the Inbox contract, letters out, and bad days."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from mailbot.errors import MailboxProblem, PostInDoubt, PostRefused, PostUnavailable
from mailbot.mail.envelope import open_envelope
from mailbot.mail.graph import GraphInbox, Listing
from mailbot.mail.graph_client import Graph
from mailbot.mail.graph_post import GraphPost
from mailbot.mail.outgoing import Outgoing, compose
from mailbot.mail.tokens import GRAPH, Tokens
from mailbot.mailbox_settings import Microsoft
from tests.mail.inbox_contract import InboxContract
from tests.mail.mails import MONDAY, a_mail
from tests.mail.test_outgoing import LETTER
from tests.servers.entra import CLIENT, SECRET, TENANT, run_entra
from tests.servers.graph_server import GraphServer, run_graph
from tests.servers.mail_servers import free_ports

US = LETTER.sender.email
TO = LETTER.to
PLACES = {"inbox": "inbox", "sent": "sentitems", "done": "Done", "held": "Held"}


class GraphMailbox:
    """The mailbox as the office sees it in Outlook."""

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.secret = SECRET
        self.waits: list[float] = []

    def graph(self, timeout: float = 10, endpoint: str = "") -> Graph:
        entra = self.server.entra
        application = Microsoft(tenant=TENANT, client_id=CLIENT, authority=entra.authority, ca_file=entra.ca_file)
        tokens = Tokens(application, self.secret, GRAPH)
        return Graph(
            endpoint or self.server.endpoint, US, tokens, self.server.ca_file, timeout=timeout, wait=self.waits.append
        )

    def open(self, max_bytes: int = 1_000_000, folder: str = "Inbox", listing: Listing | None = None) -> GraphInbox:
        return GraphInbox(self.graph(), folder, max_bytes, listing)

    def post(self, most_mime: int = 3_900_000) -> GraphPost:
        return GraphPost(self.graph(), most_mime=most_mime)

    def put(self, *mails: bytes, place: Literal["inbox", "sent"] = "inbox") -> None:
        for mail in mails:
            self.server.put(mail, MONDAY, PLACES[place])

    def take_away(self, raw: bytes) -> None:
        self.server.remove(next(mail for mail in self.server.mails.values() if mail.raw == raw))

    def lies_in(self, place: Literal["inbox", "done", "held"]) -> list[bytes]:
        return self.server.lying_in(PLACES[place])

    def break_down(self) -> None:
        self.secret = "expired last night"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphMailbox]:
    # requests, which msal asks by, would take this for a better answer than the authority it is given.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with run_entra(tmp_path) as entra, run_graph(US, entra, tmp_path) as server:
        yield GraphMailbox(server)


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


def test_a_server_that_freezes_over_a_mail_costs_only_that_mail(mailbox: GraphMailbox) -> None:
    mailbox.put(a_mail(1), a_mail(2))
    mailbox.server.hang_up(r"GET .*\$value", "frozen")
    given = GraphInbox(mailbox.graph(timeout=0.3)).fetch_new(known=set())
    assert next(given).content == a_mail(2)
    with pytest.raises(MailboxProblem, match="1 mails of Inbox"):
        next(given)


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


FORM, MAP = b"%PDF-1.7 " + bytes(range(256)) * 20_000, b"a,b\r\n" * 1000
FORWARDED = a_mail(9, headers=b"References: <a@police.example>\r\n  <b@police.example>\r\n")
LARGE = Outgoing(
    **{
        **dict(LETTER),
        "in_reply_to": "<return-1@police.example>",
        "references": ("<0@partnership.example>", "<return-1@police.example>"),
        "attachments": (("RR-2026-007 pack.pdf", FORM), ("Siân's map.csv", MAP), ("their mail.eml", FORWARDED)),
    }
)


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
