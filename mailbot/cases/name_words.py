"""Words that are also people's names, as an office may list them (config/names.toml)."""

from __future__ import annotations

from mailbot.cases.values import Value


class NameWords(Value):
    """Which names are words besides, and how each is told from the word. Compared without regard to capitals."""

    calendar: tuple[str, ...] = ()
    """Months, days and seasons: no name within a date."""
    before_date: tuple[str, ...] = ()
    """Words after which one of them is a date even without a number: `in April`."""
    words: tuple[str, ...] = ()
    """`Will`, `Grace`: the word where they begin a sentence and one of `after_word` follows."""
    after_word: tuple[str, ...] = ()
    never_alone: tuple[str, ...] = ()
    """Such common words that only the whole name, or the name behind a title, is a name."""
