"""The works whose cost benchmarks.pack compares, each in a process of its own that says its cost.

python -m benchmarks.pack_passes start | read|ready|bind HOME VERSION | libreoffice FOLDER

The worker that binds a pack has been running since the morning: what it costs to load mailbot is a work of its own
(`start`), and counted in no other. LibreOffice is started by each work that needs it.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cost import Spent, say_cost, so_far

if TYPE_CHECKING:
    from mailbot.cases.case import Case
    from mailbot.parts import Parts


def start() -> int:
    """Python, and every module of the worker."""
    import mailbot.worker  # noqa: F401

    return 0


def read(home: str, version: str) -> int:
    """The papers of the case that lies in the home, read as intake reads them when they come."""
    with _opened(home, version) as (case, parts):
        papers = [paper for request in case.requests.values() for paper in request.papers]
        for paper in papers:
            parts.sandbox.form(parts.mailbag.file(paper.sha256), paper.name)
    return len(papers)


def ready(home: str, version: str) -> int:
    """The same papers made ready for the pack, as the worker does when nothing else waits."""
    from mailbot.binding import make_ready

    with _opened(home, version) as (case, parts):
        return int(make_ready(case, parts))


def bind(home: str, version: str) -> int:
    """The pack of the case, as the worker binds it; written beside it."""
    from benchmarks.pack import NOW
    from mailbot.binding import bind_pack

    with _opened(home, version) as (case, parts):
        content = bind_pack(case, int(version), parts, NOW)
    Path(home, f"pack {version}.pdf").write_bytes(content)
    return 1


def libreoffice(folder: str) -> int:
    """The same office files, given to LibreOffice in one call."""
    from benchmarks.pack_papers import soffice

    place = Path(folder)
    names = sorted(file.name for file in place.iterdir() if file.is_file())
    soffice(place, "pdf", names)
    return len(names)


@contextmanager
def _opened(home: str, version: str) -> Iterator[tuple[Case, Parts]]:
    from mailbot.cases.case import Case
    from mailbot.config import load
    from mailbot.parts import open_parts

    with open_parts(load(Path(home))) as parts:
        yield Case.model_validate_json(Path(home, f"case {version}.json").read_bytes()), parts


def _loaded() -> Spent:
    """What it has cost until everything is loaded that a work of mailbot needs."""
    start()
    import benchmarks.pack  # noqa: F401

    return so_far()


WORKS: dict[str, Callable[..., int]] = {
    "start": start,
    "read": read,
    "ready": ready,
    "bind": bind,
    "libreoffice": libreoffice,
}


def main() -> None:
    """Does one of the works, and says what it cost: on the last line as every work, above it the children's peak."""
    before = _loaded() if sys.argv[1] in ("read", "ready", "bind") else Spent()
    done = WORKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))
    say_cost(done, before)


if __name__ == "__main__":
    main()
