"""The tables of the record, as numbered migrations in plain SQL.

A migration that has been released is never changed; a new one is added below it. Never `transform()`: it silently
drops the triggers that make tables append-only (sqlite-utils #854, #849, #611, #499).

Times are UTC text of one length. `ref` is the case's reference; empty where a letter or mail belongs to no case.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from mailbot.errors import RecordDamaged

FILES = """
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT
"""

MAILS = """
CREATE TABLE mails (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE REFERENCES files (sha256),
    received TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    message_id TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'handled', 'held', 'ignored')),
    reason TEXT NOT NULL DEFAULT '',
    ref TEXT NOT NULL DEFAULT '',
    candidates TEXT NOT NULL DEFAULT '[]'
) STRICT
"""

# One row for each time the inbox showed a mail; `filed` is the folder it was then put in.
SIGHTINGS = """
CREATE TABLE sightings (
    key TEXT NOT NULL,
    mail INTEGER NOT NULL REFERENCES mails (id),
    received TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    filed TEXT CHECK (filed IN ('Done', 'Held')),
    PRIMARY KEY (key, mail)
) STRICT
"""

# The columns after `hash` are read out of the event itself, so that they can never say anything else.
EVENTS = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    ref TEXT NOT NULL,
    version INTEGER NOT NULL,
    event TEXT NOT NULL CHECK (json_valid(event)),
    hash TEXT NOT NULL,
    type TEXT GENERATED ALWAYS AS (json_extract(event, '$.type')) VIRTUAL,
    at TEXT GENERATED ALWAYS AS (json_extract(event, '$.at')) VIRTUAL,
    by TEXT GENERATED ALWAYS AS (json_extract(event, '$.by')) VIRTUAL,
    because TEXT GENERATED ALWAYS AS (json_extract(event, '$.because')) VIRTUAL,
    mail INTEGER GENERATED ALWAYS AS (json_extract(event, '$.mail')) VIRTUAL,
    UNIQUE (ref, version)
) STRICT
"""

CASES = """
CREATE TABLE cases (
    ref TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    procedure TEXT NOT NULL,
    initials TEXT NOT NULL,
    referrer TEXT NOT NULL,
    received_at TEXT,
    aware_at TEXT,
    notified_at TEXT,
    meeting_at TEXT,
    outcome TEXT,
    submitted_at TEXT
) STRICT
"""

REQUESTS = """
CREATE TABLE requests (
    ref TEXT NOT NULL REFERENCES cases (ref),
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    round TEXT NOT NULL,
    because TEXT NOT NULL,
    sent_at TEXT,
    message_id TEXT NOT NULL,
    acknowledged INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    undeliverable INTEGER NOT NULL,
    extended_to TEXT,
    returned_at TEXT,
    completeness TEXT,
    missing TEXT NOT NULL,
    PRIMARY KEY (ref, agency)
) STRICT
"""

ACTIONS = """
CREATE TABLE actions (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ref TEXT NOT NULL,
    type TEXT NOT NULL,
    action TEXT NOT NULL,
    created TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'to_do' CHECK (state IN ('to_do', 'done', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
) STRICT
"""

LETTERS = """
CREATE TABLE letters (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT,
    addressees TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    round TEXT,
    item INTEGER,
    created TEXT NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN ('waiting', 'ready', 'sending', 'in_doubt', 'sent', 'failed', 'withdrawn', 'rejected')
    ),
    due TEXT,
    sent_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
) STRICT
"""

LETTER_HISTORY = """
CREATE TABLE letter_history (
    id INTEGER PRIMARY KEY,
    letter INTEGER NOT NULL REFERENCES letters (id),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    status TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT
"""

# Only the hash. The letter that carries the code is kept like every letter; it works for its approver alone.
APPROVALS = """
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL,
    round TEXT NOT NULL,
    ask INTEGER NOT NULL,
    approver TEXT NOT NULL,
    code_sha256 TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    expires TEXT NOT NULL,
    answered_at TEXT,
    answer TEXT NOT NULL DEFAULT '',
    UNIQUE (ref, round, ask, approver)
) STRICT
"""

PASSES = """
CREATE TABLE passes (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    counts TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT ''
) STRICT
"""

# A locked attachment, and the same opened with its password by a person; the password itself is kept nowhere.
# What was opened in part may be opened further: then its own row leads on.
OPENED_FILES = """
CREATE TABLE opened_files (
    locked TEXT PRIMARY KEY REFERENCES files (sha256),
    opened TEXT NOT NULL REFERENCES files (sha256),
    by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT
"""

# Labels of a mail's forms that were answered and that no field is known for: what an office can teach.
UNKNOWN_LABELS = """
CREATE TABLE unknown_labels (
    mail INTEGER NOT NULL REFERENCES mails (id),
    form TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (mail, form, label)
) STRICT
"""

WAITS_FOR = "ALTER TABLE mails ADD COLUMN waits_for TEXT NOT NULL DEFAULT '' CHECK (waits_for IN ('', 'password'))"

# The earlier mail that this one is, given by the mailbox in other bytes.
SAME_AS = "ALTER TABLE mails ADD COLUMN same_as INTEGER REFERENCES mails (id)"

# Who said to which case a held mail belongs.
ASSIGNED_BY = "ALTER TABLE mails ADD COLUMN assigned_by TEXT NOT NULL DEFAULT ''"

INDEXES = (
    "CREATE INDEX mails_by_message_id ON mails (message_id)",
    "CREATE INDEX mails_by_state ON mails (state)",
    "CREATE INDEX sightings_by_mail ON sightings (mail)",
    "CREATE INDEX actions_by_state ON actions (state)",
    "CREATE INDEX letters_by_status ON letters (status)",
    "CREATE INDEX letters_by_case ON letters (ref, round)",
    "CREATE INDEX letter_history_by_letter ON letter_history (letter)",
    "CREATE INDEX passes_by_job ON passes (job)",
)


def _never(name: str, act: str, table: str, why: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE (ABORT, '{why}'); END"


# Without these a later slip could change what happened, or what was approved. audit.py checks that they stand.
FIRST_TRIGGERS = {
    "events_never_change": _never("events_never_change", "UPDATE", "events", "events are never changed"),
    "events_never_go": _never("events_never_go", "DELETE", "events", "events are never deleted"),
    "letters_stay_as_drafted": _never(
        "letters_stay_as_drafted",
        "UPDATE OF key, ref, kind, agency, addressees, subject, message_id, sha256, round, item, created",
        "letters",
        "a drafted letter is never changed",
    ),
    "letters_never_go": _never("letters_never_go", "DELETE", "letters", "letters are never deleted"),
    "letter_history_never_changes": _never(
        "letter_history_never_changes", "UPDATE", "letter_history", "history is never changed"
    ),
    "letter_history_never_goes": _never(
        "letter_history_never_goes", "DELETE", "letter_history", "history is never deleted"
    ),
}
OPENED_TRIGGERS = {
    "opened_files_never_change": _never(
        "opened_files_never_change", "UPDATE", "opened_files", "who opened a file is never changed"
    ),
    "opened_files_never_go": _never(
        "opened_files_never_go", "DELETE", "opened_files", "who opened a file is never deleted"
    ),
}
TRIGGERS = FIRST_TRIGGERS | OPENED_TRIGGERS


def m001_the_record(db: Database) -> None:
    """Everything the first release stores."""
    tables = (FILES, MAILS, SIGHTINGS, EVENTS, CASES, REQUESTS, ACTIONS, LETTERS, LETTER_HISTORY, APPROVALS, PASSES)
    for statement in (*tables, *INDEXES, *FIRST_TRIGGERS.values()):
        db.execute(statement.strip())


def m002_passwords_and_labels(db: Database) -> None:
    """Mails that wait for a password, the files that people opened, and labels that were not understood."""
    for statement in (WAITS_FOR, OPENED_FILES, UNKNOWN_LABELS, *OPENED_TRIGGERS.values()):
        db.execute(statement.strip())


def m003_mails_in_other_bytes(db: Database) -> None:
    """Mails that are an earlier one, which another kind of mailbox gives in other bytes."""
    db.execute(SAME_AS)


def m004_who_assigned(db: Database) -> None:
    """The person who said to which case a mail belongs."""
    db.execute(ASSIGNED_BY)


STEPS = (m001_the_record, m002_passwords_and_labels, m003_mails_in_other_bytes, m004_who_assigned)
MIGRATIONS = Migrations("mailbot")
for step in STEPS:
    MIGRATIONS()(step)


def lacks(db: Database) -> bool:
    """Whether the record has still to be made, or brought up to date.

    Raises RecordDamaged where it has been through a migration that this mailbot does not know.
    """
    unknown = {m.name for m in MIGRATIONS.applied(db)} - {step.__name__ for step in STEPS}
    if unknown:
        raise RecordDamaged(
            f"A newer mailbot has written this record ({', '.join(sorted(unknown))}). Start that one, or a later one."
        )
    return bool(MIGRATIONS.pending(db))


def bring_up_to_date(db: Database) -> None:
    """Apply the migrations that this record lacks; to be called inside one write transaction."""
    MIGRATIONS.apply(db)
