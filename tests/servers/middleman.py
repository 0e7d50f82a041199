"""Somebody between client and server who changes what they say: the way to a server that can less, or breaks off."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Change = Callable[[bytes], bytes]


def unchanged(said: bytes) -> bytes:
    """Pass on what was said."""
    return said


@contextlib.contextmanager
def middleman(port: int, from_client: Change = unchanged, from_server: Change = unchanged) -> Iterator[int]:
    """A port on this machine that leads to `port`. A change that raises ConnectionError breaks the connection off."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, port, from_client, from_server), daemon=True).start()
        yield listening.getsockname()[1]
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, port: int, from_client: Change, from_server: Change) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listening.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for source, target, change in ((client, server, from_client), (server, client, from_server)):
                threading.Thread(target=_pass_on, args=(source, target, change), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, change: Change) -> None:
    with contextlib.suppress(OSError):
        while said := source.recv(65536):
            target.sendall(change(said))
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
