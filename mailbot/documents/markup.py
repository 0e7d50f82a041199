"""The Markdown of letters: facts go in as words, never as markup; out come HTML and plain text."""

from __future__ import annotations

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_PARSER = MarkdownIt("commonmark", {"html": False}).disable(
    ["link", "image", "autolink", "html_inline", "html_block"]
)
_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_TICKS = re.compile("`+")
_STYLES = {
    "p": "margin:0 0 14px 0",
    "h2": "margin:24px 0 8px 0;font-size:18px;line-height:24px;font-weight:bold",
    "ul": "margin:0 0 14px 0;padding:0 0 0 24px",
    "ol": "margin:0 0 14px 0;padding:0 0 0 24px",
    "li": "margin:0 0 6px 0",
    "blockquote": "margin:0 0 14px 0;padding:2px 0 2px 14px;border-left:4px solid #b1b4b6",
    "code": "font-family:Consolas,'Courier New',monospace;font-size:15px;background-color:#f3f2f1;padding:1px 4px",
}


class Marked(str):
    """Text that is Markdown already."""


def one_line(fact: object) -> str:
    """A fact as one line of text, without control characters."""
    text = " ".join(str(fact).split())
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")


def as_words(fact: object) -> str:
    """A fact for Markdown: every character stands for itself (CommonMark 2.4, backslash escapes)."""
    return fact if isinstance(fact, Marked) else _SPECIAL.sub(r"\\\1", one_line(fact))


def as_code(fact: object) -> Marked:
    """A fact in monospace, as something to type: a code span with a fence longer than any run of ticks in it."""
    text = one_line(fact)
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    return Marked(f"{fence} {text} {fence}")


def as_quotation(text: str) -> Marked:
    """Text of several paragraphs, quoted with its lines kept."""
    lines = [_indent_kept(line) for line in text.strip().splitlines()]
    follows = [*lines[1:], ""]
    return Marked("\n".join(f"> {a}" + ("\\" if a and b else "") for a, b in zip(lines, follows, strict=True)))


def _indent_kept(line: str) -> str:
    return "\N{NO-BREAK SPACE}" * (len(line) - len(line.lstrip(" "))) + as_words(line)


def to_html(markdown: str) -> str:
    """The Markdown as HTML with its styles inline, since Outlook reads no others."""
    tokens = _PARSER.parse(markdown)
    _style(tokens)
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def to_text(markdown: str) -> str:
    """The Markdown as text that reads well: no marks, blank lines between paragraphs, lists with dashes."""
    return _blocks(SyntaxTreeNode(_PARSER.parse(markdown)).children)


def _style(tokens: list[Token]) -> None:
    for token in tokens:
        if token.tag in _STYLES and token.nesting >= 0:
            token.attrSet("style", _STYLES[token.tag])
        _style(token.children or [])


def _blocks(nodes: list[SyntaxTreeNode]) -> str:
    return "\n\n".join(_block(node) for node in nodes)


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "blockquote":
        return _indented(_blocks(node.children), "    ", "    ")
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    words = "".join(_words(child) for child in node.children)
    return f"{words}\n{'-' * len(words)}" if node.type == "heading" else words


def _list(node: SyntaxTreeNode) -> str:
    numbered = node.type == "ordered_list"
    start = int(node.attrs.get("start", 1))
    tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    items = []
    for number, item in enumerate(node.children, start):
        mark = f"{number}. " if numbered else "- "
        items.append(_indented(("\n" if tight else "\n\n").join(map(_block, item.children)), mark, " " * len(mark)))
    return ("\n" if tight else "\n\n").join(items)


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *((rest + line).rstrip() for line in lines[1:])])


def _words(node: SyntaxTreeNode) -> str:
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    return "".join(map(_words, node.children)) if node.children else node.content
