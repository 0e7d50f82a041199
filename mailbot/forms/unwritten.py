"""What still waits to be written in a paper of ours: passages left as a prompt in square brackets."""

from __future__ import annotations

from mailbot.forms.document import Document, Paragraph


def unwritten(document: Document) -> tuple[str, ...]:
    """The headings under which a whole paragraph is still a prompt, each once, in order."""
    heading, found = "", []
    for block in document.blocks:
        if not isinstance(block, Paragraph) or block.aside:
            continue
        if block.level:
            heading = block.text
        elif block.text.startswith("[") and block.text.endswith("]"):
            found.append(heading or "the beginning")
    return tuple(dict.fromkeys(found))
