"""Roundup's and django-helpdesk's own intake of a mailbox, run by the interpreter of a venv that holds them.

    python -m benchmarks.trackers prepare-roundup|roundup|prepare-helpdesk|helpdesk FOLDER PORT USER

First a Roundup tracker and a django-helpdesk site are made, each on SQLite, neither sending any mail. Both then read
the inbox with their own code and defaults, store each mail with its attachment, and remove it from the server.
"""

from __future__ import annotations

import imaplib
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.cost import say_cost

PASSWORD = "test"
SITE = {
    "SECRET_KEY": "nothing is served",
    "USE_TZ": True,
    "SITE_ID": 1,
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    "HELPDESK_TEAMS_MODE_ENABLED": False,
    "INSTALLED_APPS": [
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
        "django.contrib.messages", "django.contrib.humanize", "django.contrib.admin", "rest_framework", "helpdesk",
    ],
    "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
}  # fmt: skip


def prepare_roundup(folder: Path, port: int, user: str) -> int:
    """An empty tracker that takes mail from anybody."""
    admin = import_module("roundup.admin").AdminTool()
    home = folder / "tracker"
    for words in (["install", "classic", "sqlite"], ["initialise", "admin"]):
        sys.argv = ["roundup-admin", "-i", str(home), *words]
        if admin.main():
            raise RuntimeError(f"roundup-admin {words[0]} failed")
        config, schema = home / "config.ini", home / "schema.py"
        text = config.read_text("utf-8")
        for name, value in (("domain", "t.example"), ("host", "localhost"), ("web", "http://localhost/t/")):
            text = text.replace(f"\n#{name} = NO DEFAULT\n", f"\n{name} = {value}\n")
        text = text.replace("fix_parsing = strict\n", "fix_parsing = none\n")
        allowed = "db.security.addPermissionToRole('Anonymous', 'Email Access')"
        schema.write_text(schema.read_text("utf-8").replace(f"#{allowed}", allowed), "utf-8")
        # What it would send goes to a file.
        config.write_text(text.replace("\ndebug = \n", f"\ndebug = {folder / 'would-be-sent'}\n"), "utf-8")
    return 0


def prepare_helpdesk(folder: Path, port: int, user: str) -> int:
    """An empty site with one queue, which is filled from the mailbox."""
    _site(folder)
    import_module("django.core.management").call_command("migrate", verbosity=0)
    queue = import_module("helpdesk.models").Queue(
        title="Returns", slug="returns", allow_email_submission=True, email_box_type="imap",
        email_box_host="127.0.0.1", email_box_port=port, email_box_user=user, email_box_pass=PASSWORD,
        email_box_imap_folder="INBOX", email_box_interval=0,
    )  # fmt: skip
    queue.save()
    return 0


def roundup(folder: Path, port: int, user: str) -> int:
    """`roundup-mailgw TRACKER imap ...`; it knows no port but 143, so the one of the benchmark takes that place."""
    plain = imaplib.IMAP4
    imaplib.IMAP4 = _at(plain, port)  # type: ignore[misc]
    tracker = str(folder / "tracker")
    import_module("roundup.scripts.roundup_mailgw").main([tracker, "imap", f"{user}:{PASSWORD}@127.0.0.1"])
    return len(import_module("roundup.instance").open(tracker).open("admin").msg.list())


def helpdesk(folder: Path, port: int, user: str) -> int:
    """`manage.py get_email`."""
    _site(folder)
    import_module("django.core.management").call_command("get_email", quiet=True)
    return int(import_module("helpdesk.models").FollowUpAttachment.objects.count())


def _site(folder: Path) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "helpdesk.db")}
    settings: Any = import_module("django.conf").settings
    settings.configure(**SITE, DATABASES={"default": database}, MEDIA_ROOT=str(folder / "media"))
    import_module("django").setup()
    urls = import_module("django.urls")
    settings.ROOT_URLCONF = (urls.path("", urls.include("helpdesk.urls")),)


def _at(plain: type[imaplib.IMAP4], port: int) -> type[imaplib.IMAP4]:
    class Here(plain):  # type: ignore[misc, valid-type]
        def __init__(self, host: str = "") -> None:
            super().__init__(host, port)

    return Here


WORKS = {
    "prepare-roundup": prepare_roundup,
    "roundup": roundup,
    "prepare-helpdesk": prepare_helpdesk,
    "helpdesk": helpdesk,
}


def main() -> None:
    """Does what was asked for and says what it cost."""
    say_cost(WORKS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))


if __name__ == "__main__":
    main()
