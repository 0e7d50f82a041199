"""The works whose cost benchmarks.pack compares, each in a process of its own that starts cold and says its cost.

python -m benchmarks.pack_passes bind HOME VERSION | libreoffice FOLDER
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.cost import say_cost


def bind(home: str, version: str) -> int:
    """The pack of the case that lies in the home, as the worker binds it; written beside it."""
    from benchmarks.pack import NOW
    from mailbot.binding import bind_pack
    from mailbot.cases.case import Case
    from mailbot.config import load
    from mailbot.parts import open_parts

    place = Path(home)
    with open_parts(load(place)) as parts:
        case = Case.model_validate_json((place / f"case {version}.json").read_bytes())
        content = bind_pack(case, int(version), parts, NOW)
    (place / f"pack {version}.pdf").write_bytes(content)
    return 1


def libreoffice(folder: str) -> int:
    """The same office files, given to LibreOffice in one call."""
    from benchmarks.pack_papers import soffice

    place = Path(folder)
    names = sorted(file.name for file in place.iterdir() if file.is_file())
    soffice(place, "pdf", names)
    return len(names)


WORKS: dict[str, Callable[..., int]] = {"bind": bind, "libreoffice": libreoffice}


def main() -> None:
    """Does one of the works, and says what it cost: on the last line as every work, above it the children's peak."""
    done = WORKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))
    say_cost(done)


if __name__ == "__main__":
    main()
