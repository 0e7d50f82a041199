"""The Rapid Review Template (Document 4) made from a case, and the annex: where each of its lines came from."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases.case import Case
from mailbot.cases.family import family_of
from mailbot.cases.genogram import drawn
from mailbot.cases.rapid_review import rapid_review_facts, rapid_review_sources
from mailbot.cases.wording import say_day
from mailbot.documents.papers import Picture
from mailbot.parts import Parts

WIDEST = 17.0
"""Centimetres between the margins of the page: no picture is wider."""


def fill_rapid_review(case: Case, parts: Parts, now: datetime) -> bytes:
    """Document 4 of the case as it stands, as a Word file."""
    facts = rapid_review_facts(case, parts.practice, now)
    pictures: dict[str, Picture] = {}
    if facts["genogram"]:
        drawing = drawn(family_of(case, parts.practice.relationships, parts.practice.pseudonyms(case)))
        width = min(drawing.width, WIDEST)
        pictures["genogram"] = Picture(parts.genogram.draw(drawing), str(facts["genogram"]), width)
    return parts.papers.fill("rapid_review_template", facts, pictures)


def annex_of_sources(case: Case, parts: Parts, now: datetime) -> tuple[str, bytes]:
    """Where each line of Document 4 came from, for the office: a name and a PDF. It does not go to the Panel."""
    practice = parts.practice
    lines = rapid_review_sources(case, practice, now)
    drafted = say_day(practice.calendar.day_of(now))
    content = parts.annex.pages(case.ref, practice.office.marking, drafted, lines)
    return f"{case.ref} where each line came from (for the office).pdf", content
