"""Files inside files: how deep the reading goes, and how a file that cannot be read becomes a Problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailbot.documents.reading.archive import Locked, TooMuch
from mailbot.documents.reading.tools import Tools
from mailbot.errors import ConverterProblem
from mailbot.forms.document import Document, problem_document

DEPTH = 4
"""Levels of files below the one that came: a mail in an archive in a mail is still read, a fifth level is not."""

_WAITING = (
    "The file is waiting for its password. Ask the sender for it, then give it to "
    "`mailbot unlock MAIL --password-stdin`."
)
_WRONG = (
    "None of the passwords given opens it: the file is still waiting for its password. Ask the sender for the right "
    "one, then give it to `mailbot unlock MAIL --password-stdin`."
)
_DAMAGED = (
    "The file cannot be opened: it is damaged, did not arrive whole, or is not what its name says. Ask the sender "
    "for it again."
)
_BY_HAND = "Look at it by hand."


@dataclass(frozen=True)
class Nest:
    """Where a reader stands among files inside files. `choose` reads bytes by what they are (see choosing.py)."""

    tools: Tools
    choose: Callable[[bytes, str, Nest], Document]
    depth: int = 0

    def file(self, content: bytes, name: str) -> Document:
        """A file that lies inside, read one level deeper."""
        return self.member(name, lambda: content)

    def member(self, name: str, take_out: Callable[[], bytes]) -> Document:
        """The same for a file that must be taken out first: what goes wrong there is that file's problem alone."""

        def read(nest: Nest) -> Document:
            content = take_out()
            self.tools.budget.spend(len(content))
            return self.choose(content, name, nest)

        return self.inside(name, read)

    def inside(self, name: str, read: Callable[[Nest], Document]) -> Document:
        """What `read` makes of the file, one level deeper. Nothing a file does to its reader is an exception here."""
        if self.depth > DEPTH:
            message = "It lies too deep, in archives or mails inside one another. Ask for the file by itself."
            return problem_document(name, "too_large", message)
        try:
            return read(replace(self, depth=self.depth + 1))
        except Locked as locked:
            message = str(locked) or (_WRONG if self.tools.passwords else _WAITING)
            return problem_document(name, "encrypted", message)
        except TooMuch as error:
            return problem_document(name, "too_large", f"The file was not opened: {error}. {_BY_HAND}")
        except ConverterProblem as error:
            return problem_document(name, "not_supported", str(error))
        except MemoryError:
            return problem_document(name, "unreadable", f"The file takes more memory than it may have. {_BY_HAND}")
        except RecursionError:
            message = f"What the file holds lies too deep, one thing inside another. {_BY_HAND}"
            return problem_document(name, "unreadable", message)
        # The readers' libraries raise anything at all on a damaged file (KeyError, zlib.error, struct.error ...).
        except Exception:  # noqa: BLE001
            return problem_document(name, "unreadable", _DAMAGED)
