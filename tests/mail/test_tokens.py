"""Tokens from a small Entra over https: kept, asked for anew in time, and every refusal told with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from mailbot.errors import MailboxProblem
from mailbot.mail.tokens import OUTLOOK, Tokens
from mailbot.mailbox_settings import Microsoft
from tests.servers.entra import CLIENT, SECRET, TENANT, Entra, run_entra


@pytest.fixture
def entra(tmp_path: Path) -> Iterator[Entra]:
    with run_entra(tmp_path) as running:
        yield running


def registered(entra: Entra, **changes: object) -> Microsoft:
    """The application as the office's settings name it."""
    known = {"tenant": TENANT, "client_id": CLIENT, "authority": entra.authority, "ca_file": entra.ca_file}
    return Microsoft.model_validate(known | changes)


def tokens_of(entra: Entra, secret: str = SECRET, **changes: object) -> Tokens:
    return Tokens(registered(entra, **changes), secret, OUTLOOK)


def test_a_token_is_kept_between_passes_each_of_which_builds_its_mailbox_anew(entra: Entra) -> None:
    assert [tokens_of(entra).token() for _ in range(3)] == ["token-1"] * 3
    assert entra.asks == 1


def test_a_token_that_expires_within_five_minutes_is_not_used_any_more(entra: Entra) -> None:
    entra.lifetime = 290
    assert tokens_of(entra).token() == "token-1"
    entra.lifetime = 310
    assert [tokens_of(entra).token() for _ in range(2)] == ["token-2"] * 2


def test_a_token_that_was_refused_is_forgotten(entra: Entra) -> None:
    tokens = tokens_of(entra)
    assert tokens.token() == "token-1"
    tokens.forget()
    assert tokens.token() == "token-2"


def test_a_certificate_does_instead_of_a_secret(entra: Entra, tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("mailbot@partnership.example", key_type=trustme.KeyType.RSA)
    path = tmp_path / "application.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(path)
    entra.certificate = issued.cert_chain_pems[0].bytes()
    assert tokens_of(entra, secret="", certificate=path).token() == "token-1"


def test_a_wrong_secret_is_told_with_what_to_do_and_never_shown(entra: Entra) -> None:
    with pytest.raises(MailboxProblem, match=r"AADSTS7000215.*make a new one") as error:
        tokens_of(entra, secret="expired in March").token()
    assert "expired in March" not in str(error.value)


def test_an_application_that_the_tenant_does_not_know(entra: Entra) -> None:
    with pytest.raises(MailboxProblem, match="correct client_id and tenant"):
        tokens_of(entra, client_id="somebody else").token()


def test_a_tenant_that_is_not_there(entra: Entra) -> None:
    with pytest.raises(MailboxProblem, match=r"no token.*elsewhere"):
        tokens_of(entra, tenant="elsewhere").token()


def test_a_certificate_file_that_is_not_there(entra: Entra, tmp_path: Path) -> None:
    with pytest.raises(MailboxProblem, match=r"absent\.pem"):
        tokens_of(entra, certificate=tmp_path / "absent.pem").token()


def test_a_certificate_of_another_kind_than_rsa_is_a_problem_in_words(entra: Entra, tmp_path: Path) -> None:
    issued = trustme.CA(key_type=trustme.KeyType.ECDSA).issue_cert("mailbot.example", key_type=trustme.KeyType.ECDSA)
    path = tmp_path / "mailbot.pem"
    path.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    with pytest.raises(MailboxProblem, match="gave mailbot no token"):
        tokens_of(entra, secret="", certificate=path).token()


def test_an_entra_with_a_strange_certificate_never_sees_the_secret(entra: Entra, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with pytest.raises(MailboxProblem, match="certificate"):
        tokens_of(entra, ca_file=tmp_path / "other.pem").token()
    assert entra.asks == 0


def test_an_entra_that_was_out_of_reach_is_asked_again_at_the_next_pass(tmp_path: Path) -> None:
    with run_entra(tmp_path) as entra:
        gone = entra
    with pytest.raises(MailboxProblem, match="next pass tries again"):
        tokens_of(gone).token()
