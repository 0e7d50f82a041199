"""A decision as data: events (facts), actions (things to do, each with a unique key), and because.

Pure functions return it, one transaction stores it (store/casebook.py), one loop carries it out (carry_out.py).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, TypeAdapter

from mailbot.cases.events import AnyEvent, LetterKind, Paper
from mailbot.cases.values import Value

Facts = dict[str, JsonValue]


class Template(Value):
    """An attachment made from a template in templates/documents, filled with `facts`: Word, or Excel by its name."""

    template: str
    name: str
    facts: Facts


class Original(Value):
    """An attachment that is a file of the case, byte for byte."""

    name: str
    paper: Paper


class PackCopy(Value):
    """An attachment that is the meeting pack, each of its pages stamped with whose copy it is."""

    name: str
    paper: Paper
    copy_for: str


class Invitation(Value):
    """An attachment that the reader's program offers to accept and keeps in its calendar (iCalendar, RFC 5546).

    The same `uid` with a higher `sequence` takes the place of the one before. The meeting lasts `minutes`.
    """

    name: str
    method: Literal["REQUEST", "CANCEL"]
    uid: str
    sequence: int
    start: AwareDatetime
    minutes: int
    summary: str
    description: str
    where: str = ""
    attendee: str
    attendee_name: str


class SendLetter(Value):
    """One letter to one recipient agency, person or office. In a round it waits; else it goes by itself."""

    type: Literal["send_letter"] = "send_letter"
    key: str
    case: str
    kind: LetterKind
    to: tuple[str, ...]
    facts: Facts
    agency: str | None = None
    round: str | None = None
    item: int | None = Field(default=None, description="its number in the round's approval email")
    attachments: tuple[Annotated[Template | Original | PackCopy | Invitation, Field()], ...] = ()
    in_reply_to: str = ""
    due: AwareDatetime | None = Field(default=None, description="not before this time")


class AskApproval(Value):
    """One email to each approver about all waiting letters of a round."""

    type: Literal["ask_approval"] = "ask_approval"
    key: str
    case: str
    round: str
    title: str
    go_by: AwareDatetime | None = None
    expires: AwareDatetime
    warnings: tuple[str, ...] = ()


class BuildPack(Value):
    """Assemble the meeting pack from the case as it stands."""

    type: Literal["build_pack"] = "build_pack"
    key: str
    case: str
    version: int


class DraftSubmission(Value):
    """Fill the Rapid Review Template from the case as it stands."""

    type: Literal["draft_submission"] = "draft_submission"
    key: str
    case: str
    version: int


class Release(Value):
    """Let the waiting letters of a round go, not before `due`."""

    type: Literal["release"] = "release"
    key: str
    case: str
    round: str
    items: tuple[int, ...] | None = None
    due: AwareDatetime


class Reject(Value):
    """The waiting letters of a round will not go; they stay in the record as rejected."""

    type: Literal["reject"] = "reject"
    key: str
    case: str
    round: str
    items: tuple[int, ...] | None = None


class TakeBack(Value):
    """Approved letters that have not gone wait again: of the round that was stopped, or of a suspended case."""

    type: Literal["take_back"] = "take_back"
    key: str
    case: str
    round: str | None = Field(default=None, description="none means every round of the case, which is then told")


class Withdraw(Value):
    """Letters not yet sent to one agency (or the whole case) are no longer right to send."""

    type: Literal["withdraw"] = "withdraw"
    key: str
    case: str
    kinds: tuple[LetterKind, ...] | None = Field(default=None, description="none means every kind")
    agency: str | None = None


Action = Annotated[
    SendLetter | AskApproval | BuildPack | DraftSubmission | Release | Reject | TakeBack | Withdraw,
    Field(discriminator="type"),
]
ACTIONS: TypeAdapter[Action] = TypeAdapter(Action)


class Decision(Value):
    """What follows from one thing that came, or did not. Empty when there is nothing to do."""

    case: str = ""
    version: int = Field(default=0, description="the case's version that was decided on")
    events: tuple[AnyEvent, ...] = ()
    actions: tuple[Action, ...] = ()
    because: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.events or self.actions)

    def and_then(self, later: Decision) -> Decision:
        """Both, as one decision on the version that the first was made on."""
        return self.model_copy(
            update={
                "events": self.events + later.events,
                "actions": self.actions + later.actions,
                "because": self.because + later.because,
            }
        )
