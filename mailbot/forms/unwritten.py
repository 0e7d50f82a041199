"""What still waits to be written in a paper of ours: a prompt in square brackets."""

from __future__ import annotations

import re

from mailbot.forms.document import Document, Paragraph

_BEGINS = re.compile(r"\s*\[(?:[^\]\s]+\s+){3,}[^\]]*\]\s*[^\s\]]")
"""At least four words in brackets, and something behind them; fewer may be a quotation's own: `[her aunt] said`."""


def is_prompt(text: str) -> bool:
    """Whether the words are still a prompt of ours: `[Your name]`."""
    text = text.strip()
    return text.startswith("[") and text.endswith("]")


def begins_with_prompt(text: str) -> bool:
    """Whether somebody wrote behind a prompt of ours and left it: `[What the key episodes show] They knew.`"""
    return bool(_BEGINS.match(text)) and not is_prompt(text)


def unwritten(document: Document) -> tuple[str, ...]:
    """The headings under which a whole paragraph is still a prompt, each once, in order."""
    heading, found = "", []
    for block in document.blocks:
        if not isinstance(block, Paragraph) or block.aside:
            continue
        if block.level:
            heading = block.text
        elif is_prompt(block.text):
            found.append(heading or "the beginning")
    return tuple(dict.fromkeys(found))
