"""The goals of reading, over every form of the corpus: what `make accuracy` prints is kept by each change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from benchmarks.reading import AT_ONCE, read_samples, scored, shipped_definitions
from benchmarks.results import goals
from benchmarks.truth import Sample, samples
from mailbot.documents.office import Converter
from mailbot.documents.sandbox import Sandbox

CONVERTER = Converter.find()
SCANS = 3
"""Scans that are read here; `make accuracy` reads them all, at some seconds each."""


def chosen() -> Iterator[Sample]:
    """Everything that can be read on this machine, of the scans the first few."""
    scans = 0
    for sample in samples():
        is_scan = bool(sample.truth.image_only or any(part.image_only for part in sample.truth.inner()))
        scans += is_scan
        if is_scan and (scans > SCANS or shutil.which("tesseract") is None):
            continue
        if CONVERTER.available or not sample.needs_libreoffice:
            yield sample


def test_every_goal_is_met() -> None:
    with Sandbox(CONVERTER, shipped_definitions(), children=AT_ONCE) as sandbox:
        read = scored(read_samples(chosen(), sandbox))

    missed = [f"{goal.what}: {goal.measured}, bound {goal.bound}" for goal in goals(read) if not goal.met]
    misses = [f"{one.sample.path.name}: {miss.what}: {miss.where}" for one in read for miss in one.score.misses]
    assert not missed, "\n".join((*missed, "what was missed (`make accuracy` tells more):", *misses))
