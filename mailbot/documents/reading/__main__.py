"""The sandbox's child: limits itself, then reads one file after another from its standard input."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from typing import Any, BinaryIO

from mailbot.documents.reading import Tools, read_document
from mailbot.documents.reading.frames import receive, send
from mailbot.errors import ConverterProblem
from mailbot.forms.document import problem_document

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def main() -> None:
    """Reads until the parent closes the pipe. Its arguments: memory in bytes, largest answer in bytes."""
    memory, largest = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a C library prints must not stand between two frames.
    os.dup2(2, 1)
    network_cut = _cut_network()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    send(answers, {"network_cut": network_cut})
    while True:
        try:
            header, content = receive(requests)
        except EOFError:
            return
        send(answers, {"read": True}, _read(content, header, requests, answers, largest))


def _read(content: bytes, header: dict[str, Any], requests: BinaryIO, answers: BinaryIO, largest: int) -> bytes:
    def convert(inner: bytes, suffix: str) -> bytes:
        """Asks the parent, which may start LibreOffice; this process may not."""
        send(answers, {"convert": suffix}, inner)
        reply, converted = receive(requests)
        if "problem" in reply:
            raise ConverterProblem(reply["problem"])
        return converted

    name = str(header["name"])
    tools = Tools(convert if header["converter"] else None, tuple(header["passwords"]))
    document = read_document(content, name, tools)
    written = document.model_dump_json(exclude_none=True).encode()
    if len(written) > largest:
        message = "The file holds more text than is read. Look at it by hand."
        return problem_document(name, "too_large", message).model_dump_json().encode()
    return written


def _cut_network() -> bool:
    """A network namespace of its own, with nothing in it. Containers often forbid it: then the answer is False."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return bool(unshare(_NEW_USER | _NEW_NET) == 0)


if __name__ == "__main__":
    main()
