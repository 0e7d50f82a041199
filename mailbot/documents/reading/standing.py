"""Whether the words read off a page leave no doubt that it stands upright."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.documents.reading import ocr

WORDS, SURE, BETTER = 8, 70.0, 20.0
"""A page is turned for at least so many words, so sure on average, and by so much surer than as it lies."""


def sure_turn(turn: int, as_it_lies: Sequence[ocr.Word], as_turned: Sequence[ocr.Word]) -> int | None:
    """`turn` (degrees clockwise) where the words read after it leave no doubt that it was right; else None."""
    words, sure = level(as_turned)
    least = SURE
    if turn:
        before, sure_before = level(as_it_lies)
        least = max(SURE, sure_before + BETTER if before >= WORDS else 0.0)
    return turn if words >= WORDS and sure >= least else None


def level(words: Sequence[ocr.Word]) -> tuple[int, float]:
    """How many level words of some length there are, and how sure they are, each counted by its letters."""
    found = [w for w in words if len(w.text) > 3 and w.x1 - w.x0 > w.bottom - w.top]
    letters = sum(len(w.text) for w in found)
    return len(found), sum(w.sure * len(w.text) for w in found) / letters if letters else 0.0
