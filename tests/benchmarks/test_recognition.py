"""A sample of the corpus of mails, and the page that shows the odd ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from pathlib import Path

from benchmarks.odd_mail import PAGE, page
from benchmarks.recognition.record import prepared
from benchmarks.recognition.right import misses_of
from benchmarks.recognition.scene import Scene
from benchmarks.recognition.scenes import scenes

OF_EACH_KIND = 3


def test_three_mails_of_each_kind_come_out_right(tmp_path: Path) -> None:
    with prepared(tmp_path / "home") as record:
        by_kind: dict[str, list[Scene]] = defaultdict(list)
        for scene in scenes(record):
            by_kind[scene.kind].append(scene)
        assert len(by_kind) >= 18
        sample = [scene for kind in by_kind.values() for scene in islice(kind, OF_EACH_KIND)]
        assert {scene.about: wrong for scene in sample if (wrong := misses_of(scene, record))} == {}


def test_the_table_of_odd_mails_is_that_of_the_mails() -> None:
    assert PAGE.read_text("utf-8") == page()
