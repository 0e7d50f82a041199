"""Which characters of the symbol fonts are tick boxes: Wingdings and its kin carry no Unicode meaning."""

from __future__ import annotations

_WINGDINGS = {
    0xFE: True,
    0xFD: True,
    0xFC: True,
    0xFB: True,
    0x78: True,
    0xA8: False,
    0x6F: False,
    0x71: False,
    0x72: False,
}
_WINGDINGS_2 = {0x50: True, 0x52: True, 0x53: True, 0x54: True, 0x4F: True, 0x56: True, 0xA3: False, 0x2A: False}
_ZAPF = {
    0x33: True,
    0x34: True,
    0x35: True,
    0x36: True,
    0x37: True,
    0x38: True,
    0x6E: False,
    0x6F: False,
    0x71: False,
}


def tick_of(font: str, code: int) -> bool | None:
    """Whether the character `code` of a symbol font is a ticked box, an empty box, or (None) no box at all."""
    name = font.lower().replace(" ", "")
    # LibreOffice prints Wingdings by its own symbol font, with the codes of Wingdings in the private use area.
    instead = "opensymbol" in name and code >> 8 == 0xF0
    code &= 0xFF
    if "wingdings2" in name:
        return _WINGDINGS_2.get(code)
    if "wingdings" in name or instead:
        return _WINGDINGS.get(code)
    if "dingbats" in name:
        return _ZAPF.get(code)
    return None
