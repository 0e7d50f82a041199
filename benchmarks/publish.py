"""Writes what the measurements print into docs/reading.md, each between its two marks.

python -m benchmarks.publish [accuracy] [speed] [hostile]
"""

from __future__ import annotations

import re
import subprocess
import sys

from benchmarks.truth import ROOT

PAGE = ROOT / "docs" / "reading.md"
MEASUREMENTS = ("accuracy", "speed", "hostile")


def between_marks(page: str, name: str, printed: str) -> str:
    """The page with this print in the place of the last one. Raises ValueError where the page has no such marks."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if begin not in page or end not in page.partition(begin)[2]:
        raise ValueError(f"docs/reading.md has no marks for {name}. Put {begin} and {end} where its tables belong.")
    before, _, rest = page.partition(begin)
    words = "\n".join(line.rstrip() for line in printed.splitlines()).strip()
    words = re.sub(r"\n{3,}", "\n\n", words)
    return f"{before}{begin}\n\n{words}\n\n{end}{rest.partition(end)[2]}"


def main() -> int:
    """Runs those named, or all; a missed goal is published too, and is the exit code."""
    code = 0
    for name in sys.argv[1:] or MEASUREMENTS:
        run = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, check=False, cwd=ROOT
        )
        PAGE.write_text(between_marks(PAGE.read_text("utf-8"), name, run.stdout.decode()), "utf-8")
        code = code or run.returncode
    return code


if __name__ == "__main__":
    sys.exit(main())
