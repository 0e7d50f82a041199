"""SMTP: delivery and a bounce by a real Exim, and every way in which a server can fail."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import pytest
import trustme

from mailbot.errors import ConfigProblems, PostInDoubt, PostRefused, PostUnavailable
from mailbot.mail.bounces import read_bounce
from mailbot.mail.envelope import open_envelope
from mailbot.mail.imap import ImapInbox
from mailbot.mail.outgoing import Outgoing, compose
from mailbot.mail.smtp import SmtpPost
from mailbot.mail.tls import Security
from mailbot.mail.tokens import OUTLOOK, Tokens
from mailbot.mailbox_settings import Microsoft
from tests.mail.mails import MONDAY
from tests.mail.test_outgoing import LETTER
from tests.servers.faulty_smtp import faulty_smtp
from tests.servers.mail_servers import MailServers
from tests.servers.middleman import middleman

US = "rapidreview@partnership.example"
POLICE, GP = "reviews@police.example", "reviews@surgery.example"
DOTS = compose(Outgoing(**{**dict(LETTER), "text": ".\n..\nend\n"}))


def a_post(port: int, security: Security = "none", timeout: float = 10, **more: object) -> SmtpPost:
    return SmtpPost("localhost", port, security, timeout=timeout, **more)  # type: ignore[arg-type]


def test_a_letter_reaches_everyone_and_its_copy_is_found(mail_servers: MailServers, address: str) -> None:
    police, gp = f"police-{address}", f"gp-{address}"
    a_post(mail_servers.smtp).post(address, (police, gp), address, DOTS)
    for mailbox in (police, gp, address):
        (raw,) = mail_servers.wait_for(mailbox)
        assert raw.endswith(DOTS)
        assert b"Bcc" not in raw
    inbox = ImapInbox("localhost", mail_servers.imap, "none", address, mail_servers.password)
    assert inbox.find_sent(LETTER.message_id)
    inbox.close()


def test_a_real_bounce_names_the_address_and_the_letter(mail_servers: MailServers, address: str) -> None:
    a_post(mail_servers.smtp).post(address, ("nobody@surgery.example",), "", compose(LETTER))
    (raw,) = mail_servers.wait_for(address)
    bounce = read_bounce(raw)
    assert bounce is not None
    assert bounce.addresses == ("nobody@surgery.example",)
    assert (bounce.final, bounce.permanent) == (True, True)
    assert bounce.about == (LETTER.message_id,)
    assert "5.1.1 no such mailbox" in bounce.reason
    assert open_envelope(raw, MONDAY).automatic, "Exim marks its bounces as replies: bounces must be looked for first"


def test_an_address_that_the_server_will_not_relay_to_is_refused(mail_servers: MailServers) -> None:
    with pytest.raises(PostRefused, match="relaying is off"):
        a_post(mail_servers.smtp).post(US, ("reviews@police.test",), "", compose(LETTER))


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({GP: "550 5.1.1 no such mailbox"}, PostRefused),
        ({GP: "451 4.3.0 try later"}, PostUnavailable),
        ({POLICE: "451 4.3.0 try later", GP: "550 5.1.1 no such mailbox"}, PostRefused),
        ({"MAIL": "553 5.7.1 not your address"}, PostRefused),
        ({"MAIL": "421 4.3.2 closing"}, PostUnavailable),
        ({"DATA": "552 5.3.4 too large"}, PostRefused),
        ({"DATA": "452 4.3.1 disk full"}, PostUnavailable),
    ],
)
def test_a_refusal_of_anyone_means_that_nobody_gets_it(answers: dict[str, str], error: type[Exception]) -> None:
    with faulty_smtp(answers) as server:
        said = max(answers.values(), key=lambda answer: answer[0])
        with pytest.raises(error, match=said[:3]):
            a_post(server.port).post(US, (POLICE, GP), US, compose(LETTER))
        assert server.took == []


@pytest.mark.parametrize(
    ("said", "greylisted"),
    [
        ("451 4.7.1 Greylisting in action, please come back in 00:05:00", True),
        ("450 4.2.0 Recipient address rejected: Greylisted", True),
        ("451 4.7.1 Please try again later", True),
        ("452 4.2.2 mailbox is full", False),
        ("451 4.3.0 try later", False),
    ],
)
def test_greylisting_is_told_for_what_it_is(said: str, greylisted: bool) -> None:
    with faulty_smtp({POLICE: said}) as server, pytest.raises(PostUnavailable) as error:
        a_post(server.port).post(US, (POLICE,), US, compose(LETTER))
    assert ("That is greylisting" in str(error.value)) is greylisted


def test_a_letter_that_is_larger_than_the_server_says_it_takes_is_never_begun() -> None:
    letter = compose(LETTER)
    too_large = pytest.raises(PostRefused, match=r"more than the .* MB that localhost takes.*another way")
    with faulty_smtp({"MAIL": "553 must not be asked"}, size=len(letter) - 1) as server, too_large:
        a_post(server.port).post(US, (POLICE,), US, letter)


def test_a_letter_that_just_fits_goes() -> None:
    letter = compose(LETTER)
    # With the line that ends it, which that server counts.
    with faulty_smtp(size=len(letter) + len(b".\r\n")) as server:
        a_post(server.port).post(US, (POLICE,), US, letter)
        assert len(server.took) == 1


def test_exim_says_what_it_takes(mail_servers: MailServers, address: str) -> None:
    with pytest.raises(PostRefused, match=r"more than the 62\.9 MB"):
        a_post(mail_servers.smtp).post(address, (address,), "", b"x" * 63_000_000)


@pytest.mark.parametrize("address", ["", "reviews", "a@x.example>\r\nRCPT TO:<b@y.example", "siân@x.example"])
def test_what_is_no_address_never_reaches_the_server(address: str) -> None:
    with faulty_smtp() as server:
        with pytest.raises(PostRefused, match=r"agencies\.toml"):
            a_post(server.port).post(US, (POLICE, address), US, compose(LETTER))
        assert server.took == []


def test_a_letter_to_nobody_is_refused() -> None:
    with faulty_smtp() as server, pytest.raises(PostRefused, match="nobody"):
        a_post(server.port).post(US, (), US, compose(LETTER))


def test_a_refused_copy_does_not_stop_the_letter(caplog: pytest.LogCaptureFixture) -> None:
    with faulty_smtp({US: "550 5.1.1 no such mailbox"}) as server:
        a_post(server.port).post(US, (POLICE,), US, compose(LETTER))
        assert [(sender, to) for sender, to, _ in server.took] == [(US, (POLICE,))]
    ((_, level, words),) = caplog.record_tuples
    assert level == logging.WARNING
    assert "copy" in words
    assert "@" not in words


def test_broken_off_before_the_letter_nothing_has_gone() -> None:
    with faulty_smtp(hang_up="MAIL") as server, pytest.raises(PostUnavailable, match="No letter was handed over"):
        a_post(server.port).post(US, (POLICE,), US, compose(LETTER))


def test_broken_off_after_the_letter_it_is_in_doubt_for_the_server_may_have_kept_it() -> None:
    with faulty_smtp(hang_up="DATA") as server:
        with pytest.raises(PostInDoubt, match="may have gone"):
            a_post(server.port).post(US, (POLICE,), US, compose(LETTER))
        assert len(server.took) == 1


def test_no_answer_in_time_after_the_letter_is_in_doubt() -> None:
    def swallow_the_answer(said: bytes) -> bytes:
        return b"" if said.startswith(b"250 taken") else said

    with faulty_smtp({"DATA": "250 taken"}) as server, middleman(server.port, from_server=swallow_the_answer) as port:
        with pytest.raises(PostInDoubt, match="timed out"):
            a_post(port, timeout=0.5).post(US, (POLICE,), US, compose(LETTER))
        assert len(server.took) == 1


def test_no_server_at_all_is_told_by_check_and_leaves_the_letter_ready() -> None:
    with faulty_smtp() as server:
        port = server.port
    with pytest.raises(PostUnavailable):
        a_post(port).post(US, (POLICE,), US, compose(LETTER))
    (problem,) = a_post(port).check()
    assert str(port) in problem


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


def test_login_over_starttls(tls: ssl.SSLContext, ca_file: Path) -> None:
    with faulty_smtp(tls=tls, login=True) as server:
        post = a_post(server.port, "starttls", username="rapidreview", password="test", ca_file=ca_file)
        assert post.check() == []
        post.post(US, (POLICE,), US, compose(LETTER))
        assert [to for _, to, _ in server.took] == [(POLICE, US)]


class OneToken:
    """An application's tokens, of which there is one."""

    def __init__(self, token: str) -> None:
        self._token, self.forgotten = token, 0

    def token(self) -> str:
        return self._token

    def forget(self) -> None:
        self.forgotten += 1


def test_an_application_logs_in_by_a_token(tls: ssl.SSLContext, ca_file: Path) -> None:
    with faulty_smtp(tls=tls, login=True) as server:
        tokens = OneToken("good")
        post = a_post(server.port, "starttls", username="rapidreview", tokens=tokens, ca_file=ca_file)
        post.post(US, (POLICE,), US, compose(LETTER))
        assert [to for _, to, _ in server.took] == [(POLICE, US)]
        assert server.logins == [b"user=rapidreview\1auth=Bearer good\1\1"]
        assert not tokens.forgotten


def test_a_token_that_is_refused_leaves_the_letter_ready_and_is_forgotten(tls: ssl.SSLContext, ca_file: Path) -> None:
    with faulty_smtp(tls=tls, login=True) as server:
        tokens = OneToken("revoked")
        post = a_post(server.port, "starttls", username="rapidreview", tokens=tokens, ca_file=ca_file)
        with pytest.raises(PostUnavailable, match="535") as error:
            post.post(US, (POLICE,), US, compose(LETTER))
        assert "revoked" not in str(error.value)
        assert (server.took, tokens.forgotten) == ([], 1)


def test_where_no_token_is_given_the_letter_stays_ready(tls: ssl.SSLContext, ca_file: Path) -> None:
    away = Tokens(Microsoft(tenant="t", client_id="c", authority="https://localhost:9"), "secret", OUTLOOK)
    with faulty_smtp(tls=tls, login=True) as server:
        post = a_post(server.port, "starttls", username="rapidreview", tokens=away, ca_file=ca_file)
        with pytest.raises(PostUnavailable, match=r"no token.*stays ready"):
            post.post(US, (POLICE,), US, compose(LETTER))


@pytest.mark.parametrize("password", ["changed", "pässwörd"])
def test_a_wrong_password_leaves_the_letter_ready(tls: ssl.SSLContext, ca_file: Path, password: str) -> None:
    with faulty_smtp(tls=tls, login=True) as server:
        post = a_post(server.port, "starttls", username="rapidreview", password=password, ca_file=ca_file)
        with pytest.raises(PostUnavailable, match="No letter was handed over") as error:
            post.post(US, (POLICE,), US, compose(LETTER))
        assert password not in str(error.value)
        assert server.took == []


def test_a_strange_certificate_gets_neither_password_nor_letter(tls: ssl.SSLContext) -> None:
    with faulty_smtp(tls=tls, login=True) as server:
        post = a_post(server.port, "starttls", username="rapidreview", password="test")
        with pytest.raises(PostUnavailable, match="certificate"):
            post.post(US, (POLICE,), US, compose(LETTER))
        assert (server.logins, server.took) == ([], [])


def test_a_server_without_tls_gets_neither_password_nor_letter() -> None:
    with faulty_smtp() as server:
        post = a_post(server.port, "starttls", username="rapidreview", password="test")
        with pytest.raises(PostUnavailable, match="STARTTLS"):
            post.post(US, (POLICE,), US, compose(LETTER))
        assert (server.logins, server.took) == ([], [])


def test_exim_over_starttls(mail_servers: MailServers) -> None:
    assert a_post(mail_servers.smtp, "starttls", ca_file=mail_servers.ca_file).check() == []
    (problem,) = a_post(mail_servers.smtp, "starttls").check()
    assert "certificate" in problem


def test_in_the_clear_only_to_this_machine() -> None:
    with pytest.raises(ConfigProblems, match="security"):
        SmtpPost("smtp.partnership.example", 25, "none")
