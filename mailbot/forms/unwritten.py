"""What still waits to be written in a paper of ours: a prompt in square brackets."""

from __future__ import annotations

from mailbot.forms.document import Document, Paragraph


def is_prompt(text: str) -> bool:
    """Whether the words are still a prompt of ours: `[Your name]`."""
    text = text.strip()
    return text.startswith("[") and text.endswith("]")


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
