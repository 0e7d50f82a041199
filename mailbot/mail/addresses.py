"""Addresses in a header, read strictly (RFC 5322 section 3.4): a display name can never become an address."""

from __future__ import annotations

import re

from mailbot.cases.values import Value
from mailbot.mail.charsets import decode_words

_ADDRESS = re.compile(r"""(?:"[^"\\\s]+"|[^\s@"(),:;<>\[\]\\]+)@(?:[^\s@"(),:;<>\[\]\\]+|\[[0-9A-Fa-f.:]+\])\Z""")
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"?|<[^<>]*>?|[(),:;]|[^"<(),:;)]+|>')


class Address(Value):
    """A name and an address, as written. `email` is empty where what was written is no address."""

    name: str = ""
    email: str = ""

    @property
    def domain(self) -> str:
        """The part after the @, in lower case."""
        return self.email.rpartition("@")[2].casefold()

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name and self.email else self.email or self.name


def is_address(text: str) -> bool:
    """Whether the text is one plain address and nothing else."""
    return len(text) <= 254 and text.isprintable() and bool(_ADDRESS.match(text))


def read_addresses(header: str) -> tuple[Address, ...]:
    """The addresses of an undecoded header, in order. Groups are opened, comments left out.

    Names are decoded only after the commas and angle brackets have been read, so that an encoded word cannot bring
    an address of its own. Something that is no address keeps its text as the name.
    """
    found: list[Address] = []
    words: list[str] = []
    angle: list[str] = []
    depth = 0

    def finish() -> None:
        if words or angle:
            found.append(_address(words, angle))
        words.clear()
        angle.clear()

    for piece in _TOKENS.findall(header):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif piece in (",", ";"):
            finish()
        elif piece == ":":
            words.clear()
        elif piece.startswith("<"):
            angle.append(piece.strip("<> \t"))
        elif piece.strip():
            words.append(piece.strip())
    finish()
    return tuple(found)


def _address(words: list[str], angle: list[str]) -> Address:
    name = " ".join(_unquoted(word) for word in words)
    if len(angle) == 1 and is_address(angle[0]):
        return Address(name=name, email=angle[0])
    bare = "".join(words)
    if not angle and is_address(bare):
        return Address(email=bare)
    return Address(name=" ".join([name, *angle]).strip())


def _unquoted(word: str) -> str:
    if word.startswith('"'):
        word = re.sub(r"\\(.)", r"\1", word[1:].removesuffix('"'))
    return " ".join(decode_words(word).split())
