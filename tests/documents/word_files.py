"""Small Word files made of raw XML, so that each test shows the very markup that it is about."""

from __future__ import annotations

import io
import zipfile

_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def word_file(body: str, **parts: str) -> bytes:
    """A .docx with this body; `parts` are further files of its word folder without suffix (`header1="<w:p>..."`)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("word/document.xml", f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:hdr {_NAMES}>{content}</w:hdr>")
    return packed.getvalue()


def run(text: str, look: str = "") -> str:
    """One run; `look` are its properties (`<w:b/>`)."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    """One paragraph of runs, or of plain words."""
    return "<w:p>" + "".join(one if one.startswith("<") else run(one) for one in runs) + "</w:p>"


def cell(content: str, properties: str = "") -> str:
    """One cell; plain words become a paragraph."""
    inside = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def table(*rows: list[str]) -> str:
    """A table; cells that are plain words become cells."""
    lines = ("".join(one if one.startswith(("<w:tc", "<w:sdt")) else cell(one) for one in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{line}</w:tr>" for line in lines) + "</w:tbl>"


def control(content: str, properties: str = "") -> str:
    """A content control around whatever it holds."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def legacy_field(data: str, result: str = "") -> str:
    """A form field of old Word: its `w:ffData` content, and the runs that show its answer."""
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
    code = "<w:r><w:instrText> FORM </w:instrText></w:r>"
    separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
    return begin + code + separate + result + end
