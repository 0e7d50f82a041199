"""A mail with all that is known around it: the letters it answers, the open cases, what was read from its files."""

from __future__ import annotations

from pydantic import AwareDatetime

from mailbot.cases.values import Value
from mailbot.forms.form import Form
from mailbot.mail.envelope import Envelope


class OurLetter(Value):
    """A letter of ours that the mail answers. A partner's letter has its topic in the key."""

    case: str
    agency: str | None
    kind: str
    round: str | None
    key: str = ""


class KnownCase(Value):
    """What recognition has to know of an open case."""

    ref: str
    opened: AwareDatetime
    child_name: str
    child_dob: str
    others: tuple[tuple[str, str], ...] = ()
    """Name and date of birth of each further child of the incident."""
    asked: tuple[str, ...]
    owing: tuple[str, ...]
    deciding: str | None = None
    """The local authority whose decision on serious harm is waited for."""
    partners: tuple[str, ...] = ()
    """Addresses of those whose answer to an email discussion, or whose signature, is waited for."""

    submission: str = ""
    """The hash of the Rapid Review Template that waits to be signed off and approved; empty where none does."""

    @property
    def children(self) -> tuple[tuple[str, str], ...]:
        """Name and date of birth of every child of the case."""
        return ((self.child_name, self.child_dob), *self.others)


class Seen(Value):
    """A mail with all that is known around it."""

    envelope: Envelope
    believed: bool
    why_not: str = ""
    returned_letter: bool = False
    delivered_letter: bool = False
    """A mail server reports that a letter arrived."""
    own_letter: bool = False
    known_code: bool = False
    forms: tuple[Form, ...] = ()
    pasted: Form | None = None
    """What stands in a table in the mail itself, above what it quotes."""
    body: Form | None = None
    answers: tuple[OurLetter, ...] = ()
    """Our letters that it answers, or that a mail server returns or reports of."""
    cases: tuple[KnownCase, ...] = ()
    refs: tuple[str, ...] = ()
    merged: dict[str, str] = {}
    """Cases that were merged, each with the one that it goes on in."""
    prefix: str = "RR"
    copy_of: int | None = None
    """An earlier mail of the record that says the very same under the same Message-ID."""
    waiting: tuple[int, ...] = ()
    """Mails of the same sender, or the same agency, that wait for a password."""
    from_office: bool = False
    """Its sender may answer the office's questions: an approver or the Partnership Manager."""
    from_panel: bool = False
    sender_agency: str | None = None

    @property
    def read(self) -> tuple[Form, ...]:
        """All that was read: each file, and a table in the mail itself."""
        return self.forms if self.pasted is None else (*self.forms, self.pasted)


WRITTEN_BY_US = ("rapid_review", "decision_sheet")
"""Papers whose rows of dates are no agency's chronology."""


def filled(form: Form) -> tuple[Form, ...]:
    """The forms of a kind we know, in a file and its parts."""
    if form.kind in WRITTEN_BY_US:
        return (form,)
    inner = tuple(leaf for part in form.parts for leaf in filled(part))
    return inner if form.kind == "other" else (form, *inner)


def forms_of(seen: Seen) -> tuple[Form, ...]:
    """The forms of a kind we know, in all that was read."""
    return tuple(leaf for form in seen.read for leaf in filled(form))
