"""Tokens from Microsoft Entra, by which mailbot logs in as an application that the council registered."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from mailbot.errors import MailboxProblem
from mailbot.mailbox_settings import Microsoft

OUTLOOK = "https://outlook.office365.com/.default"
"""The scope for IMAP and SMTP by XOAUTH2."""
GRAPH = "https://graph.microsoft.com/.default"
"""The scope for Microsoft Graph."""
TIMEOUT = 30
"""Seconds that Entra is given for each answer."""

_WHAT_TO_DO = {
    "invalid_client": "The secret or certificate is wrong or has expired: make a new one in the app's registration.",
    "unauthorized_client": "The application is not known to this tenant: correct client_id and tenant.",
    "invalid_scope": "The application has no permission for this: an administrator grants it and consents.",
    "invalid_request": "Correct tenant and client_id in config/mailbot.toml.",
}


class Tokens:
    """The tokens of one application for one scope. Nothing is asked before the first token is wanted."""

    def __init__(self, microsoft: Microsoft, secret: str, scope: str) -> None:
        self.microsoft, self.scope = microsoft, scope
        self._secret = secret

    def token(self) -> str:
        """A token that is good for some minutes yet: kept between calls, and asked for anew before it expires.

        Raises MailboxProblem, which never holds the secret, where Entra gives none.
        """
        # Of a key that is not RSA msal's own library complains in its own way.
        from jwt.exceptions import PyJWTError

        try:
            answer = _application(self.microsoft, self._secret).acquire_token_for_client([self.scope])
        except (OSError, ValueError, PyJWTError) as error:
            # requests' errors are OSErrors; a ValueError says that tenant, certificate or key cannot be used.
            raise self._problem(str(error) or type(error).__name__, "Correct the tenant or the network") from error
        if "access_token" not in answer:
            said = " ".join(str(answer.get("error_description") or answer.get("error") or "no reason given").split())
            raise self._problem(said, _WHAT_TO_DO.get(str(answer.get("error")), "Run `mailbot check`"))
        return str(answer["access_token"])

    def forget(self) -> None:
        """The service refused the token before its time: the next one is asked for anew."""
        _application(self.microsoft, self._secret).remove_tokens_for_client()

    def _problem(self, said: str, what_to_do: str) -> MailboxProblem:
        return MailboxProblem(
            f"{self.microsoft.authority} gave mailbot no token for the application {self.microsoft.client_id} "
            f"of {self.microsoft.tenant}: {said[:300].rstrip('.')}. {what_to_do.rstrip('.')}. "
            "Nothing is lost; the next pass tries again."
        )


@cache
def _application(microsoft: Microsoft, secret: str) -> Any:
    """One for the whole process, since it keeps the tokens: the worker builds its mailbox anew at every pass."""
    # Half a second, and most offices need neither.
    from msal import ConfidentialClientApplication  # type: ignore[import-untyped]
    from requests import Session

    session = Session()
    # Given with every request: what is set on the session loses against REQUESTS_CA_BUNDLE of the environment.
    trusted = str(microsoft.ca_file) if microsoft.ca_file else None
    session.request = partial(session.request, timeout=TIMEOUT, verify=trusted)  # type: ignore[method-assign]
    return ConfidentialClientApplication(
        microsoft.client_id,
        client_credential=_credential(microsoft, secret),
        authority=f"{microsoft.authority.rstrip('/')}/{microsoft.tenant}",
        # The office's own configuration says whom to trust; Microsoft need not be asked about it.
        instance_discovery=False,
        http_client=session,
    )


def _credential(microsoft: Microsoft, secret: str) -> str | dict[str, str]:
    if microsoft.certificate is None:
        return secret
    pem = microsoft.certificate.read_text(encoding="ascii")
    return {"private_key": pem, "public_certificate": pem}
