"""What people do in every story: answer a letter, approve from a telephone, reply to mailbot's question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailbot.demo.filling import FORMS
from mailbot.demo.mails import Arriving, File, answer_subject, quoted
from mailbot.demo.telling import MANAGER, Telling

REFERRER = "Jo Penrose <jo.penrose@westmarch-council.example>"

LEADS = (
    "anita.rao@westmarch-council.example",
    "colin.frith@westmarch-police.example",
    "miriam.oyelaran@westmarch-icb.example",
)
CHAIR = "gareth.lowe@westmarch-council.example"
Act = Callable[[Telling], None]


def approve(words: str) -> Act:
    """The partnership manager answers a request for approval from her telephone."""
    return replies(MANAGER, words, "Approve\n\nSent from my phone")


def replies(sender: str, words: str, text: str) -> Act:
    """Somebody answers the last letter that has these words in its subject."""

    def act(telling: Telling) -> None:
        asked = telling.letter(sender.rpartition("<")[2].rstrip(">"), words)
        telling.arrives(
            Arriving(sender, answer_subject(asked), f"{text}\n\n{quoted(asked)}\n", answers=asked),
        )

    return act


def release(telling: Telling) -> None:
    """The partnership manager answers everything that waits for her approval, from her telephone."""
    case = telling.case
    if case is None or not any(asked.waiting for asked in case.rounds.values()):
        raise RuntimeError(f"the story expects letters that wait for approval on {telling.today}")
    for asked in case.rounds.values():
        if asked.waiting:
            request = telling.request_for_approval(asked.id)
            text = f"Approve\n\nSent from my phone\n\n{quoted(request)}\n"
            telling.arrives(Arriving(MANAGER, answer_subject(request), text, answers=request))


def opens_case(words: str, agency: str, child: str, born: str) -> Act:
    """The manager says of a held mail, with these words in its subject, that it opens a case."""
    return lambda telling: telling.opens(words, agency, child, born)


def agency_answers(telling: Telling, agency: str, name: str, text: str, files: Sequence[File] = ()) -> None:
    """The agency's SPOC answers the scoping letter."""
    asked = telling.request(agency)
    sender = f"{name} <{telling.spoc(agency)}>"
    telling.arrives(Arriving(sender, answer_subject(asked), f"{text}\n\n{quoted(asked)}\n", files, answers=asked))


def shipped(name: str, as_sent: str = "") -> File:
    """A file that lies among the demo's forms, under the name that its sender gives it."""
    return as_sent or name, (FORMS / name).read_bytes()
