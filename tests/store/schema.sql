CREATE INDEX actions_by_state ON actions (state);

CREATE INDEX letter_history_by_letter ON letter_history (letter);

CREATE INDEX letters_by_case ON letters (ref, round);

CREATE INDEX letters_by_status ON letters (status);

CREATE INDEX mails_by_message_id ON mails (message_id);

CREATE INDEX mails_by_state ON mails (state);

CREATE INDEX passes_by_job ON passes (job);

CREATE INDEX sightings_by_mail ON sightings (mail);

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
) STRICT;

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
) STRICT;

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
) STRICT;

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
) STRICT;

CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE letter_history (
    id INTEGER PRIMARY KEY,
    letter INTEGER NOT NULL REFERENCES letters (id),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    status TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

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
) STRICT;

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
, waits_for TEXT NOT NULL DEFAULT '' CHECK (waits_for IN ('', 'password')), same_as INTEGER REFERENCES mails (id), assigned_by TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE opened_files (
    locked TEXT PRIMARY KEY REFERENCES files (sha256),
    opened TEXT NOT NULL REFERENCES files (sha256),
    by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE TABLE passes (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    counts TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT ''
) STRICT;

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
) STRICT;

CREATE TABLE sightings (
    key TEXT NOT NULL,
    mail INTEGER NOT NULL REFERENCES mails (id),
    received TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    filed TEXT CHECK (filed IN ('Done', 'Held')),
    PRIMARY KEY (key, mail)
) STRICT;

CREATE TABLE unknown_labels (
    mail INTEGER NOT NULL REFERENCES mails (id),
    form TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (mail, form, label)
) STRICT;

CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE (ABORT, 'events are never changed'); END;

CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE (ABORT, 'events are never deleted'); END;

CREATE TRIGGER letter_history_never_changes BEFORE UPDATE ON letter_history BEGIN SELECT RAISE (ABORT, 'history is never changed'); END;

CREATE TRIGGER letter_history_never_goes BEFORE DELETE ON letter_history BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;

CREATE TRIGGER letters_never_go BEFORE DELETE ON letters BEGIN SELECT RAISE (ABORT, 'letters are never deleted'); END;

CREATE TRIGGER letters_stay_as_drafted BEFORE UPDATE OF key, ref, kind, agency, addressees, subject, message_id, sha256, round, item, created ON letters BEGIN SELECT RAISE (ABORT, 'a drafted letter is never changed'); END;

CREATE TRIGGER opened_files_never_change BEFORE UPDATE ON opened_files BEGIN SELECT RAISE (ABORT, 'who opened a file is never changed'); END;

CREATE TRIGGER opened_files_never_go BEFORE DELETE ON opened_files BEGIN SELECT RAISE (ABORT, 'who opened a file is never deleted'); END;

