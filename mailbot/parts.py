"""The parts of one running mailbot, built from its settings and handed to whoever needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailbot.cases.case import Case
from mailbot.cases.practice import Practice
from mailbot.config import password
from mailbot.documents.annex import Annex
from mailbot.documents.binder import Binder
from mailbot.documents.genogram import Genogram
from mailbot.documents.letters import Letters
from mailbot.documents.office import Converter
from mailbot.documents.papers import Papers
from mailbot.documents.sandbox import Sandbox
from mailbot.documents.turns import noted, remembered
from mailbot.documents.workbook_papers import WorkbookPapers
from mailbot.errors import ConfigProblems
from mailbot.forms.seen import KnownCase
from mailbot.mail.imap import ImapInbox
from mailbot.mail.imap_idle import ImapIdle
from mailbot.mail.inbox import FolderInbox, Inbox
from mailbot.mail.outgoing import FolderPost, Post
from mailbot.mail.smtp import SmtpPost
from mailbot.mail.tokens import OUTLOOK, Tokens
from mailbot.mailbox_settings import (
    ExchangePostSettings,
    ExchangeSettings,
    FolderPostSettings,
    FolderSettings,
    GraphPostSettings,
    GraphSettings,
    ImapSettings,
    Microsoft,
    SmtpSettings,
)
from mailbot.settings import Settings
from mailbot.store.approvals import Approvals
from mailbot.store.casebook import Casebook
from mailbot.store.conversions import Conversions
from mailbot.store.database import Database, open_record
from mailbot.store.mailbag import Mailbag
from mailbot.store.outbox import Outbox
from mailbot.store.passes import Passes


@dataclass(frozen=True)
class Parts:
    """Everything that touches the outside. One set belongs to one thread."""

    settings: Settings
    db: Database
    mailbag: Mailbag
    casebook: Casebook
    outbox: Outbox
    approvals: Approvals
    passes: Passes
    conversions: Conversions
    inbox: Inbox
    post: Post
    sandbox: Sandbox
    letters: Letters
    papers: Papers
    genogram: Genogram
    annex: Annex
    workbooks: WorkbookPapers
    binder: Binder
    known_cases: dict[str, tuple[Case, KnownCase]] = field(default_factory=dict)
    """The open cases as a mail is compared with them, each with the case that it was made of."""

    @property
    def practice(self) -> Practice:
        """How this partnership works."""
        return self.settings.practice


@contextmanager
def open_parts(settings: Settings) -> Iterator[Parts]:
    """Build the parts; the reading children, the mailbox and the record are closed at the end."""
    memory = Conversions.beside(settings.record)
    converter = Converter.find(memory)
    db = open_record(settings.record)
    inbox = build_inbox(settings)
    with Sandbox(converter, settings.definitions, notice=noted(memory)) as sandbox:
        try:
            yield Parts(
                settings=settings,
                db=db,
                mailbag=Mailbag(db),
                casebook=Casebook(db),
                outbox=Outbox(db),
                approvals=Approvals(db),
                passes=Passes(db),
                conversions=memory,
                inbox=inbox,
                post=build_post(settings),
                sandbox=sandbox,
                letters=Letters(settings.template_folders),
                papers=Papers(settings.template_folders),
                genogram=Genogram(settings.template_folders),
                annex=Annex(settings.template_folders),
                workbooks=WorkbookPapers(settings.template_folders),
                binder=Binder(
                    converter,
                    sandbox.read,
                    settings.template_folders,
                    inside=sandbox.inside,
                    turns=remembered(sandbox.turns, memory),
                    redrawn=sandbox.redrawn,
                ),
            )
        finally:
            inbox.close()
            db.close()


def build_inbox(settings: Settings) -> Inbox:
    """The mailbox of the settings; nothing is connected yet."""
    wanted = settings.inbox
    match wanted:
        case FolderSettings():
            return FolderInbox(wanted.path)
        case ImapSettings():
            return ImapInbox(
                host=wanted.host,
                port=wanted.port,
                security=wanted.security,
                username=wanted.username,
                password="" if wanted.microsoft else password(wanted.password_env),
                folder=wanted.folder,
                ca_file=wanted.ca_file,
                tokens=outlook_tokens(wanted.microsoft),
            )
        case GraphSettings():
            from mailbot.mail.graph import GraphInbox, listing_of  # most offices need no httpx
            from mailbot.mail.graph_client import graph_of

            listing = listing_of(wanted.endpoint, wanted.mailbox, wanted.folder)
            return GraphInbox(graph_of(wanted, password(wanted.microsoft.secret_env)), wanted.folder, listing=listing)
        case ExchangeSettings():
            from mailbot.mail.exchange import exchange_inbox  # takes most of a second

            return exchange_inbox(wanted, password(wanted.password_env))


def build_waiting(settings: Settings) -> ImapIdle | None:
    """What can tell of new mail before the next poll; none where the mailbox cannot."""
    inbox = build_inbox(settings) if isinstance(settings.inbox, ImapSettings) else None
    return ImapIdle(inbox.server, inbox.folder) if isinstance(inbox, ImapInbox) else None


def outlook_tokens(microsoft: Microsoft | None) -> Tokens | None:
    """The tokens for IMAP and SMTP at Microsoft; none where the settings name no application."""
    return Tokens(microsoft, password(microsoft.secret_env), OUTLOOK) if microsoft else None


def build_post(settings: Settings) -> Post:
    """The way out of the settings; nothing is connected yet."""
    wanted = settings.post
    match wanted:
        case FolderPostSettings():
            return FolderPost(wanted.path)
        case SmtpSettings():
            return SmtpPost(
                host=wanted.host,
                port=wanted.port,
                security=wanted.security,
                username=wanted.username or None,
                password=None if wanted.microsoft else password(wanted.password_env) or None,
                ca_file=wanted.ca_file,
                tokens=outlook_tokens(wanted.microsoft),
            )
        case GraphPostSettings():
            from mailbot.mail.graph_client import graph_of  # most offices need no httpx
            from mailbot.mail.graph_post import GraphPost

            inbox = settings.inbox
            if not isinstance(inbox, GraphSettings):
                raise ConfigProblems(['config/mailbot.toml: [post] kind: "graph" needs [inbox] kind = "graph" too'])
            return GraphPost(graph_of(inbox, password(inbox.microsoft.secret_env)))
        case ExchangePostSettings():
            from mailbot.mail.exchange import exchange_of  # takes most of a second
            from mailbot.mail.exchange_post import ExchangePost

            inbox = settings.inbox
            if not isinstance(inbox, ExchangeSettings):
                raise ConfigProblems(
                    ['config/mailbot.toml: [post] kind: "exchange" needs [inbox] kind = "exchange" too']
                )
            return ExchangePost(exchange_of(inbox, password(inbox.password_env)))
