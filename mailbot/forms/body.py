"""A nil return written in the mail itself: `nil return: this family is not known to us`."""

from __future__ import annotations

from mailbot.forms.form import Form


def read_body(text: str) -> Form | None:
    """A scoping_return Form with `had_involvement` = no where the body says so; None where it does not.

    `sure` is False where the words are near a nil return but qualified ("not known to us under that name").
    """
    raise NotImplementedError
