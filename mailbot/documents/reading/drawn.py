"""One page's picture made straight, and what is drawn on it: tables, tick boxes, strokes through words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from mailbot.documents.reading.bitmap import Leaning, ink_of, resolution, skew_of, straight
from mailbot.documents.reading.ruling import Rule, leaning_of, rules_of, strokes_of, tables_of, without
from mailbot.documents.reading.tickboxes import TickBox, boxes_of

_LOOKS = 3
"""How often the page is made straight and looked at again."""
_LEVEL = 0.0015
"""A lean of less does no harm: two points in the width of a page."""


@dataclass(frozen=True)
class Sheet:
    """The page made straight, with what is drawn on it. `clean` is without rules and boxes; `strokes` are short
    lines across that belong to no table, such as strike words out or underline them."""

    dpi: float
    tables: list[Any]
    boxes: list[TickBox]
    strokes: list[Rule]
    clean: Image.Image


def sheet_of(page: Image.Image) -> Sheet:
    """The page straightened: by its lines of text first, then by its rules, which also tell of perspective."""
    skew = skew_of(ink_of(page))
    leaning = Leaning(across=skew, down=-skew)
    for _ in range(_LOOKS):
        level = straight(page, leaning)
        ink, dpi = ink_of(level), resolution(level)
        rules = rules_of(ink, dpi)
        rest = leaning_of(rules, ink)
        if rest.most < _LEVEL:
            break
        leaning += rest
    tables, boxes = tables_of(rules, dpi), boxes_of(ink, dpi)
    clean = without(np.asarray(level), ink, tables, boxes, dpi)
    return Sheet(dpi, tables, boxes, strokes_of(ink, tables, boxes, dpi), Image.fromarray(clean))
