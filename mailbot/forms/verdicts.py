"""An approver's answer in the first line of a reply: APPROVE, REJECT and a reason, HOLD or STOP.

A submission that lacks something is released by APPROVE DESPITE: and the reason, which may go on to the empty line.

Only the first non-empty line counts, and a condition below it makes the whole answer unclear: nobody releases a
child's papers by a half-read sentence.
"""

from __future__ import annotations

import re
from typing import Literal

from mailbot.cases.values import Value

Word = Literal["approve", "reject", "hold", "stop", "unclear"]
ANSWER = re.compile(
    r"(?i)^\s*(?P<word>approved?|reject(?:ed)?|hold|stop)\b\s*(?P<items>\d+(?:\s*-\s*\d+)?(?:\s*(?:,|and|&)\s*\d+(?:\s*-\s*\d+)?)*)?"
    r"\s*(?P<rest>.*?)\s*$"
)
CONDITION = re.compile(
    r"(?i)^\W*(but|only|except|excluding|after|once|if|provided|providing|unless|until|when|subject to|as long as|"
    r"please|however|though|although|not|do not|don't|pending|with the exception|apart from)\b"
)
LIMITED = re.compile(
    r"(?i)^\W*\d|\b(but|except|excluding|apart from|only|until|unless|item|letter|no\.|number|not|don't|wrong|leave|"
    r"hold|wait|stop|reject|condition|provided|first)\b"
)
"""Words in the line below an approval that may take a part of it back: then nothing is released, and it is asked."""
DESPITE = re.compile(r"(?i)^(?:all the same,? )?(?:despite|in spite of)\b[\s:,–—-]*(?P<reason>.*)$")
WORDS: dict[str, Word] = {
    "approve": "approve",
    "approved": "approve",
    "reject": "reject",
    "rejected": "reject",
    "hold": "hold",
    "stop": "stop",
}


class Verdict(Value):
    """`items` none means all; `reason` is what a rejection gives; `despite` why a submission goes with what it lacks;
    `why` says what was unclear."""

    answer: Word
    items: tuple[int, ...] | None = None
    reason: str = ""
    despite: str = ""
    why: str = ""


def read_verdict(text: str, numbers: tuple[int, ...]) -> Verdict:
    """What the reply says about the items with these numbers."""
    lines = [" ".join(line.split()) for line in text.replace("\xa0", " ").splitlines() if line.strip()]
    if not lines:
        return Verdict(answer="unclear", why="the reply is empty")
    found = ANSWER.match(lines[0])
    if found is None:
        return Verdict(answer="unclear", why="the first line is none of APPROVE, REJECT, HOLD or STOP")
    word = WORDS[found.group("word").casefold()]
    items = _numbers(found.group("items"))
    rest = found.group("rest").strip(" .,;:!-–—")
    if items is not None and not items:
        return Verdict(answer="unclear", why=f"the numbers {found.group('items')} name no item")
    if items is not None and not set(items) <= set(numbers):
        return Verdict(answer="unclear", why=f"there is no item {max(set(items) - set(numbers))} in this round")
    if word == "reject":
        return _rejection(items, rest, lines[1:])
    if word == "approve" and (despite := DESPITE.match(found.group("rest"))):
        return _despite(items, despite["reason"], _going_on(text))
    if rest:
        return Verdict(answer="unclear", why=f"the first line says more than {word.upper()}")
    if len(lines) > 1 and CONDITION.match(lines[1]):
        return Verdict(answer="unclear", why="the next line begins with a condition")
    if len(lines) > 1 and word == "approve" and LIMITED.search(lines[1]):
        return Verdict(answer="unclear", why="the next line may take a part of it back")
    return Verdict(answer=word, items=items)


def _rejection(items: tuple[int, ...] | None, rest: str, below: list[str]) -> Verdict:
    reason = rest or (below[0] if below else "")
    if not reason:
        return Verdict(answer="unclear", why="REJECT needs a reason, on the same line or the next")
    return Verdict(answer="reject", items=items, reason=reason)


def _despite(items: tuple[int, ...] | None, begun: str, more: str) -> Verdict:
    reason = " ".join(f"{begun} {more}".split())
    if not reason:
        return Verdict(answer="unclear", why="APPROVE DESPITE needs a reason, on the same line or the next")
    return Verdict(answer="approve", items=items, despite=reason)


def _going_on(text: str) -> str:
    """The lines below the first one, up to the first empty line: a mail program breaks long ones."""
    lines = [line.strip() for line in text.replace("\xa0", " ").strip().splitlines()[1:]]
    return " ".join(lines[: lines.index("")] if "" in lines else lines)


def _numbers(text: str | None) -> tuple[int, ...] | None:
    if not text:
        return None
    numbers: list[int] = []
    for part in re.split(r"\s*(?:,|and|&)\s*", text, flags=re.IGNORECASE):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        numbers += range(low, min(high, low + 500) + 1)
    return tuple(dict.fromkeys(numbers))
