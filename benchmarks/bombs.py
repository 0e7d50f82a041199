"""Files made to break a reader: small on the disk, enormous, endless or bottomless when opened."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import NamedTuple

import pikepdf
import py7zr

_MB = 1_000_000
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


class Bomb(NamedTuple):
    """One file. `must_be_told`: it asks for more than a reader should give, so a Problem is the only right answer."""

    name: str
    content: bytes
    must_be_told: bool = True


def bombs() -> Iterator[Bomb]:
    """All of them, made anew; the largest is some megabytes."""
    yield Bomb("zip of 200 MB of zeros.zip", zipped({"a.txt": bytes(200 * _MB)}))
    yield Bomb("zip in zip, twelve deep.zip", nested_zip(12))
    yield Bomb("sixteen zips of sixteen zips of 8 MB.zip", wide_zip())
    yield Bomb("zip whose declared size lies.zip", lying_zip())
    yield Bomb("zip of one member under 400 names.zip", overlapping_zip(400))
    yield Bomb("zip of 20,000 members.zip", zipped({f"{n}.txt": b"" for n in range(20_000)}))
    yield Bomb("7z of 100 MB of zeros.7z", sevenzipped(100 * _MB))
    yield Bomb("billion laughs.docx", word(_entities(expanded=True)))
    yield Bomb("entity of 100 kB, 20,000 times.docx", word(_entities(expanded=False)))
    yield Bomb("external entity.docx", word(_EXTERNAL), False)
    yield Bomb("nine million empty runs.docx", word(_body("<w:p>" + "<w:r/>" * 9_000_000 + "</w:p>")))
    yield Bomb("tables 3,000 deep.docx", word(_body(_nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 3_000))))
    yield Bomb(
        "controls 50,000 deep.docx", word(_body(_nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 50_000)))
    )
    yield Bomb(
        "one cell in the last row and column.xlsx",
        sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        False,
    )
    yield Bomb("cells far apart.xlsx", sheet(_far_apart()))
    yield Bomb("five million rows.xlsx", sheet("<row><c><v>1</v></c></row>" * 5_000_000))
    yield Bomb("picture of 60,000 by 60,000.png", png(60_000, 60_000))
    yield Bomb("picture of 65,535 by 65,535.gif", _gif(65_535))
    yield Bomb("page that draws a word 600,000 times.pdf", pdf(b"BT /F1 1 Tf " + b"(x) Tj " * 600_000 + b"ET"))
    yield Bomb("page of 500 MB of zeros.pdf", pdf(bytes(500 * _MB)))
    yield Bomb("page tree that is its own parent.pdf", looping_pdf())
    yield Bomb("mail, multipart 900-fold.eml", deep_mail(900))
    yield Bomb("mail of 5,000 parts.eml", wide_mail(5_000))
    yield Bomb("mail in a mail, 200-fold.eml", forwarded_mail(200))
    yield Bomb("page of 200,000 nested blocks.html", b"<html><body>" + b"<div>" * 200_000 + b"x", False)
    yield Bomb("one line of 50 MB.txt", b"Name of child: " + b"x" * 50 * _MB)
    yield Bomb("a million columns.csv", b"Date," * 1_000_000 + b"\n", False)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members, packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def nested_zip(depth: int) -> bytes:
    """A zip in a zip in a zip; a text at the bottom."""
    content = zipped({"form.txt": b"Name of child: nobody"})
    for level in range(depth - 1):
        content = zipped({f"{level}.zip": content})
    return content


def wide_zip() -> bytes:
    """No member of it is large or tightly packed for long; together they are 2 GB."""
    leaf = zipped({"a.txt": bytes(8 * _MB)})
    branch = zipped({f"{n}.zip": leaf for n in range(16)})
    return zipped({f"{n}.zip": branch for n in range(16)})


def lying_zip() -> bytes:
    """A member of 200 MB that says it has ten bytes, in its own header and in the directory."""
    content = zipped({"a.txt": bytes(200 * _MB)})
    return content.replace(struct.pack("<I", 200 * _MB), struct.pack("<I", 10))


def overlapping_zip(names: int) -> bytes:
    """Many entries of the directory that all point to one packed member of 5 MB (as in Fifield's zip bomb)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", bytes(5 * _MB))
        first = archive.filelist[0]
        for number in range(1, names):
            other = zipfile.ZipInfo(f"{number}.txt")
            for known in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(other, known, getattr(first, known))
            archive.filelist.append(other)
    return packed.getvalue()


def sevenzipped(zeros: int) -> bytes:
    """A 7z of one member of zeros."""
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        archive.writestr(bytes(zeros), "a.txt")
    return packed.getvalue()


def word(document: str) -> bytes:
    """A .docx with this main part."""
    return zipped({"[Content_Types].xml": _TYPES.encode(), "word/document.xml": document.encode()})


def sheet(rows: str) -> bytes:
    """An .xlsx of one sheet with these rows."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"

    def related(kind: str, target: str) -> bytes:
        one = f'<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}">{one}</Relationships>'.encode()

    book = '<sheets><sheet name="Chronology" sheetId="1" r:id="rId1"/></sheets>'
    data = f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{office}">{book}</workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": data.encode(),
        }
    )


def png(width: int, height: int) -> bytes:
    """A picture of one bit a pixel, all of it there: 60,000 by 60,000 are 450 MB of rows, packed to 440 kB."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    rows = b"".join([*(packer.compress(row * 1000) for _ in range(height // 1000)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def pdf(drawing: bytes) -> bytes:
    """One page that draws this."""
    packed = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page()
        page.Contents = made.make_stream(drawing)
        made.save(packed, compress_streams=True)
    return packed.getvalue()


def looping_pdf() -> bytes:
    """A page tree whose only kid is itself."""
    packed = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    pages = next(b"%d 0 R" % number for number in range(1, 9) if b"/Pages %d 0 R" % number in packed.getvalue())
    content = packed.getvalue()
    start = content.index(b"/Kids [") + len(b"/Kids [")
    end = content.index(b"]", start)
    return content[:start] + (b" " + pages).ljust(end - start) + content[end:]


def deep_mail(depth: int) -> bytes:
    """A multipart in a multipart in a multipart."""
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="{level:0500d}"\r\n\r\n--{level:0500d}\r\n'
        for level in range(depth)
    )
    return (_HEADERS + opened + "Content-Type: text/plain\r\n\r\nName of child: nobody\r\n").encode()


def wide_mail(parts: int) -> bytes:
    """A mail with very many small attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@agency.example", "rr@scp.example", "Forms"
    message.set_content("Attached.")
    for number in range(parts):
        message.add_attachment("x", filename=f"{number}.txt")
    return message.as_bytes()


def forwarded_mail(depth: int) -> bytes:
    """A mail that holds a mail that holds a mail."""
    return (_HEADERS + "Content-Type: message/rfc822\r\n\r\n").encode() * depth + b"Subject: x\r\n\r\nx"


_HEADERS = "From: a@agency.example\r\nTo: rr@scp.example\r\nSubject: Form\r\nMIME-Version: 1.0\r\n"
_EXTERNAL = (
    f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
)


def _entities(expanded: bool) -> str:
    """Entities of entities (a billion laughs), or one long entity used very often (quadratic blow-up)."""
    if expanded:
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        declared, used = f'<!ENTITY l0 "ha">{laughs}', "&l9;"
    else:
        declared, used = f'<!ENTITY l "{"x" * 100_000}">', "&l;" * 20_000
    body = f"<w:body><w:p><w:r><w:t>{used}</w:t></w:r></w:p></w:body>"
    return f'<?xml version="1.0"?><!DOCTYPE w [{declared}]><w:document xmlns:w="{_WORD}">{body}</w:document>'


def _body(content: str) -> str:
    return f'<w:document xmlns:w="{_WORD}"><w:body>{content}</w:body></w:document>'


def _nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + closing * depth


def _far_apart() -> str:
    """Two cells, with 17 thousand million empty ones between them."""
    return '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _gif(side: int) -> bytes:
    """The head of a huge picture and nothing behind it."""
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", side, side, 0x80, 0, 0)
        + bytes(6)
        + b","
        + bytes(4)
        + struct.pack("<HHB", side, side, 0)
        + b"\x02\x02\x4c\x01\x00;"
    )
