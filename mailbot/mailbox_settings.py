"""The settings of every kind of mailbox: [inbox] and [post] of config/mailbot.toml. Secrets are named, never held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mailbot.cases.values import Value

Security = Literal["tls", "starttls", "none"]
Email = Annotated[str, Field(pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+$")]
HttpsUrl = Annotated[str, Field(pattern=r"^(https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?)$")]
"""Plain http only on this machine."""


class Microsoft(Value):
    """An application registered with Microsoft Entra, which mails are read and sent as. Secret or certificate."""

    tenant: str
    client_id: str
    secret_env: str = "MAILBOT_CLIENT_SECRET"  # noqa: S105 the name of a variable, not a secret
    certificate: Path | None = Field(default=None, description="PEM with key and certificate, instead of a secret")
    authority: HttpsUrl = "https://login.microsoftonline.com"
    ca_file: Path | None = None


class Reading(Value):
    """What every [inbox] has. Mail older than `answer_within_days` (working days) is recorded, not answered."""

    authserv_id: str | None = None
    answer_within_days: int = Field(default=5, ge=0)


class ImapSettings(Reading):
    """[inbox] with kind imap; with [inbox.microsoft] it logs in by XOAUTH2 instead of a password."""

    kind: Literal["imap"]
    host: str
    port: int = 993
    security: Security = "tls"
    username: str
    password_env: str = "MAILBOT_MAIL_PASSWORD"  # noqa: S105 the name of a variable, not a password
    folder: str = "INBOX"
    ca_file: Path | None = None
    microsoft: Microsoft | None = None


class ExchangeSettings(Reading):
    """[inbox] with kind exchange: Exchange on the council's own servers, by EWS."""

    kind: Literal["exchange"]
    endpoint: HttpsUrl = Field(description="as https://mail.council.example/EWS/Exchange.asmx")
    mailbox: Email
    username: str
    password_env: str = "MAILBOT_MAIL_PASSWORD"  # noqa: S105 the name of a variable, not a password
    login: Literal["ntlm", "basic", "none"] = "ntlm"
    folder: str = "Inbox"
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _no_login_only_here(self) -> ExchangeSettings:
        if self.login == "none" and not self.endpoint.startswith("http://"):
            raise ValueError('login = "none" is for a server on this machine only')
        return self


class GraphSettings(Reading):
    """[inbox] with kind graph: Microsoft 365. The application needs Mail.ReadWrite for this one mailbox."""

    kind: Literal["graph"]
    mailbox: Email
    microsoft: Microsoft
    folder: str = "Inbox"
    endpoint: HttpsUrl = "https://graph.microsoft.com/v1.0"
    ca_file: Path | None = None


class FolderSettings(Reading):
    """[inbox] with kind folder: .eml files under `path`."""

    kind: Literal["folder"]
    path: Path = Path("mail")


class Posting(Value):
    """What every [post] has.

    A letter whose fate is unknown is looked for `in_doubt_minutes` before it is sent again. `secure_tag` stands first
    in the subject to agencies whose secure_route is secure_tag. More reminders and chases of one morning than
    `letters_per_morning`, more automatic letters to one address in a day than `letters_per_address`, become a
    question. A letter larger than `largest_mb` megabytes, as it travels, is not posted.
    """

    in_doubt_minutes: int = Field(default=15, ge=0)
    secure_tag: str = Field(default="[secure]", pattern=r"^[!-~]([ -~]*[!-~])?$")
    letters_per_morning: int = Field(default=30, ge=1)
    letters_per_address: int = Field(default=20, ge=1)
    largest_mb: int = Field(default=20, ge=1)


class SmtpSettings(Posting):
    """[post] with kind smtp; with [post.microsoft] it logs in by XOAUTH2 instead of a password."""

    kind: Literal["smtp"]
    host: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password_env: str = "MAILBOT_POST_PASSWORD"  # noqa: S105 the name of a variable, not a password
    ca_file: Path | None = None
    microsoft: Microsoft | None = None


class ExchangePostSettings(Posting):
    """[post] with kind exchange: letters go out by EWS, from the mailbox of [inbox]."""

    kind: Literal["exchange"]


class GraphPostSettings(Posting):
    """[post] with kind graph: letters go out by Microsoft Graph, from the mailbox of [inbox]. Needs Mail.Send."""

    kind: Literal["graph"]


class FolderPostSettings(Posting):
    """[post] with kind folder: letters are written to sent/ under `path`."""

    kind: Literal["folder"]
    path: Path = Path("mail")


InboxSettings = ImapSettings | ExchangeSettings | GraphSettings | FolderSettings
PostSettings = SmtpSettings | ExchangePostSettings | GraphPostSettings | FolderPostSettings
