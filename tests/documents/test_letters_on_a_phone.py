"""Our letters in a browser as narrow as a phone: nothing stands out of the page, nothing is cut off."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mailbot.documents.letters import FACTS, Letters
from tests.documents.test_letters import COMMON, OWN, SHIPPED

PHONE = 390
"""Pixels across, of a telephone held upright."""
LONG = "Wychmoor-and-the-Seven-Valleys/" + "safeguarding" * 12
MEASURE = """
window.onload = () => {
  const found = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument.documentElement;
    let right = 0;
    for (const part of page.querySelectorAll('body *')) {
      right = Math.max(right, part.getBoundingClientRect().right, part.scrollWidth > part.clientWidth + 1
        && part.clientWidth ? part.getBoundingClientRect().left + part.scrollWidth : 0);
    }
    found[frame.title] = [page.scrollWidth, Math.ceil(right), page.scrollHeight];
  }
  document.body.dataset.found = JSON.stringify(found);
};
"""


def lengthened(fact: Any) -> Any:
    """The same facts with a word in every text that has no place to be broken at."""
    if isinstance(fact, dict):
        return {name: lengthened(part) for name, part in fact.items()}
    if isinstance(fact, list):
        return [lengthened(part) for part in fact]
    return f"{fact} {LONG}" if isinstance(fact, str) and fact else fact


LEADING = ("topic", "news", "wants", "answer", "what")
"""Facts that choose between forms of words: one of a few, never a text of anybody's."""


def in_the_browser(pages: dict[str, str], folder: Path) -> dict[str, tuple[int, int, int]]:
    """Of each page: how wide it is, how far right its parts reach, and how high it is. One browser for all."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed here")
    frames = "".join(
        f'<iframe title="{title}" scrolling="no" style="width:{PHONE}px;height:600px;border:0" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for title, page in pages.items()
    )
    sheet = folder / "letters.html"
    sheet.write_text(f"<!DOCTYPE html><title>x</title><script>{MEASURE}</script><body>{frames}</body>", "utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    shown = subprocess.run(
        [*command, "--dump-dom", sheet.as_uri()], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    found = re.search(r'data-found="([^"]*)"', shown)
    assert found, "the browser gave no measurements"
    measures: dict[str, tuple[int, int, int]] = json.loads(html.unescape(found.group(1)))
    assert set(measures) == set(pages)
    return measures


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int, int]]:
    """Every letter, as it is usually and with long words; and a page that is too wide, to prove the measuring."""
    letters = Letters((SHIPPED,))
    pages = {"too wide": f'<div style="overflow:hidden"><p style="white-space:nowrap">{LONG * 3}</p></div>'}
    for kind in sorted(FACTS):
        facts = {**COMMON, **OWN[kind]}
        long = {name: fact if name in LEADING else lengthened(fact) for name, fact in facts.items()}
        pages |= {kind: letters.render(kind, facts).html, f"{kind}, long": letters.render(kind, long).html}
    return in_the_browser(pages, tmp_path_factory.mktemp("phone"))


def test_no_letter_is_wider_than_a_phone(measured: dict[str, tuple[int, int, int]]) -> None:
    assert {title for title, (page, right, _) in measured.items() if max(page, right) > PHONE} == {"too wide"}


def test_the_letters_fill_the_width_and_show_the_long_words(measured: dict[str, tuple[int, int, int]]) -> None:
    for kind in FACTS:
        _, right, height = measured[kind]
        assert right > PHONE - 20
        assert 400 < height < measured[f"{kind}, long"][2]
