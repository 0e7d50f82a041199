"""The filled forms, each read in the warm pool: what came out beside its truth, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from benchmarks.results import Scored
from benchmarks.scoring import score_form
from benchmarks.truth import ROOT, Sample, Truth, Vocabulary
from mailbot.config import form_definitions
from mailbot.documents.sandbox import Sandbox
from mailbot.forms.definitions import Definitions
from mailbot.forms.form import Form

AT_ONCE = 2
"""Files read at the same time; the machines that this is run on have two cores."""


class Reading(NamedTuple):
    """One file as mailbot read it."""

    sample: Sample
    truth: Truth
    form: Form
    seconds: float


def shipped_definitions() -> Definitions:
    """The form definitions of this checkout, without any office's own labels."""
    return form_definitions(ROOT)


def read_samples(chosen: Iterable[Sample], sandbox: Sandbox) -> list[Reading]:
    """Each file read once; a locked one whose password is known a second time, with the password."""
    tasks: list[tuple[Sample, Truth, tuple[str, ...]]] = []
    for sample in chosen:
        tasks.append((sample, sample.truth, ()))
        if sample.truth.password and sample.truth.when_opened:
            tasks.append((sample, sample.truth.when_opened, (sample.truth.password,)))

    def read(task: tuple[Sample, Truth, tuple[str, ...]]) -> Reading:
        sample, truth, passwords = task
        content = sample.path.read_bytes()
        begun = time.perf_counter()
        form = sandbox.form(content, sample.path.name, passwords)
        return Reading(sample, truth, form, time.perf_counter() - begun)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(read, tasks))


def scored(readings: Iterable[Reading]) -> list[Scored]:
    """Every form of every file with its score."""
    vocabulary = Vocabulary.of_the_project()
    found = []
    for reading in readings:
        for truth, score in score_form(reading.truth, reading.form, vocabulary):
            found.append(Scored(reading.sample, truth, score, ocr=bool(truth.image_only)))
    return found
