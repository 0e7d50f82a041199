"""What the words of a label say, in whatever order: `Young person's full name` says the same as `Name of child`."""

from __future__ import annotations

from functools import cached_property, lru_cache

from mailbot.cases.values import Value
from mailbot.forms.remembering import Remembered
from mailbot.forms.spelling import spelled

LONGEST = 14
"""Words of the longest label whose order is set aside: what is longer is a sentence, and there order matters."""

_REMEMBERED = 10_000
"""Labels of which it is remembered what they say."""


class Words(Value):
    """Words and phrases that mean the same on any form (`same`: meaning to words), and those that add nothing."""

    same: dict[str, tuple[str, ...]] = {}
    fillers: tuple[str, ...] = ()
    whose: tuple[str, ...] = ()
    """Words that make another question of the same words: `mother`, `not`, `previous`. None is guessed over."""
    strangers: tuple[str, ...] = ()
    """Words of a heading below which names and dates of birth are somebody else's."""

    def names_a_stranger(self, spelling: str) -> bool:
        """Whether a heading is about somebody who is neither the child nor asked for by any table."""
        return not self._of_strangers.isdisjoint(self.in_order(spelling))

    def concepts(self, spelling: str) -> frozenset[str]:
        """What a spelled label says: its words by their meaning, fillers left out; empty where it is too long."""
        return frozenset(self.in_order(spelling)) if spelling.count(" ") < LONGEST else frozenset()

    def in_order(self, spelling: str) -> tuple[str, ...]:
        """What a spelled question says, word by word: `has your practice been involved` is `has your agency ...`."""
        return self._known[spelling]

    def _in_order(self, spelling: str) -> tuple[str, ...]:
        words = spelling.split()
        found: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                meaning = self._meanings.get(" ".join(words[at : at + length]))
                if meaning is not None:
                    break
            else:
                length, meaning = 1, _singular(words[at])
            if meaning:
                found.append(meaning)
            at += length
        return tuple(found)

    @cached_property
    def telling_apart(self) -> frozenset[str]:
        """What the words of `whose` mean."""
        return frozenset(meaning for one in self.whose for meaning in self.in_order(spelled(one)))

    @cached_property
    def _of_strangers(self) -> frozenset[str]:
        """What the words of `strangers` mean."""
        return frozenset(meaning for one in self.strangers for meaning in self.in_order(spelled(one)))

    @cached_property
    def _known(self) -> Remembered[tuple[str, ...]]:
        return Remembered(self._in_order, _REMEMBERED)

    @cached_property
    def _meanings(self) -> dict[str, str]:
        """Each phrase with its meaning; a filler means nothing."""
        fillers = {spelled(one): "" for one in self.fillers}
        return fillers | {spelled(phrase): meaning for meaning, phrases in self.same.items() for phrase in phrases}

    @cached_property
    def _longest(self) -> int:
        return max((phrase.count(" ") + 1 for phrase in self._meanings), default=1)


@lru_cache(maxsize=10_000)
def _singular(word: str) -> str:
    """`Agencies` and `agency`, `child's` (spelled `childs`) and `child` are one word."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
