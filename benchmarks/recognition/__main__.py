"""Recognition over the corpus: a table by kind, and every miss explained. Exit 1 where there is one.

python -m benchmarks.recognition [DIR]     DIR: where the mails are laid as .eml files to be looked at
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.recognition.record import prepared
from benchmarks.recognition.right import misses_of
from benchmarks.recognition.scenes import scenes


def main() -> int:
    """Print the table; gives the exit code."""
    asked, right, misses = Counter[str](), Counter[str](), []
    with tempfile.TemporaryDirectory() as scratch, prepared(Path(scratch) / "home") as record:
        for number, scene in enumerate(scenes(record), 1):
            if sys.argv[1:]:
                Path(sys.argv[1], f"{number:03}-{scene.kind}.eml").write_bytes(scene.raw)
            asked[scene.kind] += 1
            wrong = misses_of(scene, record)
            right[scene.kind] += not wrong
            misses += [f"- {number}, {scene.about}: {'; '.join(wrong)}"] if wrong else []
    print("| kind | mails | right |\n|---|---:|---:|")
    for kind, mails in sorted(asked.items()):
        print(f"| {kind} | {mails} | {right[kind]} |")
    print(f"| all | {asked.total()} | {right.total()} |\n")
    print("\n".join(misses) or "No miss.")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
