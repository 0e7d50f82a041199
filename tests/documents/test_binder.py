"""The meeting pack, as the people at the table see it: words, pixels, page numbers and bookmarks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest
from docx.oxml import parse_xml
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops

from mailbot.documents.as_sent import NOT_SHOWN, PLAIN, TYPED, WORDS, PackItem
from mailbot.documents.binder import STATUSES, AgencyStatus, Binder, Cover
from mailbot.documents.office import Converter
from mailbot.forms.document import Control, Document, Line, Paragraph, problem_document

SHIPPED = Path(__file__).parents[2] / "templates"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
needs_office = pytest.mark.skipif(not Converter.find().available, reason="soffice is not installed")
COVER = Cover(
    title="Rapid Review meeting pack",
    ref="RR-2026-001",
    initials="T.S-J.",
    partnership="Wychmoor Safeguarding Children Partnership",
    marking="OFFICIAL-SENSITIVE",
    meeting="10 am on Friday 12 June 2026",
    version=2,
    prepared="9 am on Thursday 11 June 2026",
    agencies=(AgencyStatus("Moss Lane Surgery", "returned in full", "scoping form, chronology"),),
    absent=("Northvale NHS Trust",),
)


def read(content: bytes, name: str) -> Document:
    """A reader of text files: a line a paragraph; of anything else only a problem."""
    if name.endswith((".txt", ".eml", ".docx", ".xlsx")) and b"\x00" not in content:
        lines = content.decode().splitlines()
        return Document(name=name, blocks=tuple(Paragraph(line=Line.of(line)) for line in lines))
    return problem_document(name, "unreadable", "The file is damaged. Ask for it again.")


@pytest.fixture(scope="module")
def converter() -> Converter:
    return Converter.find()


@pytest.fixture
def binder() -> Binder:
    """A binder without LibreOffice."""
    return Binder(None, read, (SHIPPED,))


@pytest.fixture
def office_binder(converter: Converter) -> Binder:
    return Binder(converter, read, (SHIPPED,))


def item(content: bytes, name: str = "paper.pdf", title: str = "Police", group: str = "Returns") -> PackItem:
    return PackItem(group=group, title=title, name=name, content=content)


def pdf(text: str, width: float = 595, height: float = 842, turn: int = 0, pages: int = 1) -> bytes:
    """A PDF with words in its lower left and a black bar along its own lower edge; its coordinates left scaled."""
    made = pikepdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for number in range(1, pages + 1):
        page = made.add_blank_page(page_size=(width, height))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        drawn = f"0 0 {width} 10 re f q 2 0 0 2 0 0 cm BT /F1 10 Tf 20 20 Td ({text} {number}) Tj ET"
        page.obj.Contents = made.make_stream(drawn.encode())
        page.obj.Rotate = turn
    return saved(made)


def saved(made: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    file = io.BytesIO()
    made.save(file, encryption=encryption or False)
    return file.getvalue()


def filled_form(answer: str) -> bytes:
    """A fillable PDF whose one answer has no picture of itself, as many programs leave it."""
    made = pikepdf.open(io.BytesIO(pdf("Form")))
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="outline", V=answer, F=4)
    field.Rect, field.DA = Array([100, 600, 500, 640]), pikepdf.String("/Helv 14 Tf 0 g")
    widget = made.make_indirect(field)
    made.pages[0].obj.Annots = Array([widget])
    made.Root.AcroForm = Dictionary(
        Fields=Array([widget]), NeedAppearances=True, DR=Dictionary(Font=Dictionary(Helv=font)), DA="/Helv 0 Tf 0 g"
    )
    return saved(made)


def word(text: str) -> docx.document.Document:
    document = docx.Document()
    document.add_paragraph(text)
    return document


def saved_word(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def texts(pack: bytes) -> list[str]:
    """The words of each page, white space made single."""
    pages = pypdfium2.PdfDocument(pack)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


def picture(pack: bytes, page: int) -> Image.Image:
    """The page as it is seen, one pixel a point, in grey."""
    seen: Image.Image = pypdfium2.PdfDocument(pack)[page].render(scale=1).to_pil()
    return seen.convert("L")


def dark(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    return sum(image.crop(box).histogram()[:100])


def bookmarks(pack: bytes) -> list[tuple[str, list[str]]]:
    with pikepdf.open(io.BytesIO(pack)) as opened, opened.open_outline() as outline:
        return [(str(entry.title), [str(child.title) for child in entry.children]) for entry in outline.root]


def test_a_pack_has_cover_contents_statuses_and_papers(binder: Binder) -> None:
    items = (item(pdf("Referral", pages=2), title="Referral form", group="Referral"), item(pdf("Return")))
    pages = texts(binder.bind(COVER, items))
    assert len(pages) == 6
    for must in ("Rapid Review meeting pack", "10 am on Friday 12 June 2026", "T.S-J.", "Version 2"):
        assert must in pages[0]
    assert "Referral form 4" in pages[1]
    assert "Police 6" in pages[1]
    assert "Moss Lane Surgery returned in full" in pages[2]
    assert "Not in this pack: no return from Northvale NHS Trust" in pages[2]
    for page, own in zip(pages[3:], ("Referral 1", "Referral 2", "Return 1"), strict=True):
        assert page.endswith(own)


def test_an_agency_with_an_unbroken_name_stays_in_its_column(binder: Binder) -> None:
    named = AgencyStatus("Ysgol" + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "", "")
    page = picture(binder.bind(COVER.model_copy(update={"agencies": (named,), "absent": ()}), ()), 2)
    rows = (125, page.height - 40)
    assert dark(page, (57, rows[0], 221, rows[1])) > 100
    assert dark(page, (224, rows[0], page.width, rows[1])) == 0


def test_our_own_pages_are_checked(binder: Binder, tmp_path: Path) -> None:
    assert binder.check() == []
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "front.typ").write_text("#let pack = ")
    problems = Binder(None, read, (tmp_path, SHIPPED)).check()
    assert len(problems) == 1
    assert problems[0].startswith("templates/documents/front.typ: ")


def test_every_page_is_stamped(binder: Binder) -> None:
    pages = texts(binder.bind(COVER, (item(pdf("A", pages=3)),)))
    for number, page in enumerate(pages, 1):
        assert f"RR-2026-001 · page {number} of 6" in page
        assert "OFFICIAL-SENSITIVE" in page


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
@pytest.mark.parametrize("size", [(595, 842), (1191, 842), (842, 595)])
def test_the_stamp_is_at_the_foot_of_what_is_seen_and_covers_nothing(
    binder: Binder, turn: int, size: tuple[int, int]
) -> None:
    source = pdf("Paper", *size, turn=turn)
    before, page = picture(source, 0), picture(binder.bind(COVER, (item(source),)), 3)
    assert page.width == before.width
    assert page.height == before.height + 24
    assert dark(page, (0, page.height - 22, page.width // 3, page.height)) > 50
    assert dark(page, (page.width // 2, page.height - 22, page.width, page.height)) > 50
    inner = (2, 2, before.width - 2, before.height - 2)
    assert dark(before, inner) > 3000
    changed = ImageChops.difference(before.crop(inner), page.crop(inner))
    assert sum(changed.histogram()[100:]) < 50


def test_a_cropped_page_shows_no_more_than_before(binder: Binder) -> None:
    source = pikepdf.open(io.BytesIO(pdf("Paper")))
    source.pages[0].obj.CropBox = Array([0, 5, 595, 500])
    page = picture(binder.bind(COVER, (item(saved(source)),)), 3)
    assert page.size == (595, 495 + 24)
    assert dark(page, (580, page.height - 22, 594, page.height - 16)) == 0


def test_the_answers_of_a_filled_form_are_seen(binder: Binder) -> None:
    empty = picture(binder.bind(COVER, (item(filled_form("")),)), 3)
    filled = picture(binder.bind(COVER, (item(filled_form("Seen at home, bruise on cheek")),)), 3)
    answer = (100, 842 - 640, 500, 842 - 600)
    assert dark(empty, answer) < 20
    assert dark(filled, answer) > 300


@pytest.mark.parametrize("name", ["Renée Ström", "محمد علي", "Дарья", "王小明"])
def test_an_answer_is_seen_in_its_box_whatever_its_letters(binder: Binder, name: str) -> None:
    pack = binder.bind(COVER, (item(filled_form(name)),))
    assert len(texts(pack)) == 4
    assert name in texts(pack)[3]
    assert dark(picture(pack, 3), (100, 842 - 640, 500, 842 - 600)) > 40


def test_an_answer_that_is_too_long_for_its_box_follows_as_it_was_typed() -> None:
    answer = "The health visitor saw mother and baby at home on 3 March. " * 40

    def read_form(content: bytes, file: str) -> Document:
        return Document(name=file, blocks=(Control(name="outline", tip="Summary", value=answer),))

    binder = Binder(None, read_form, (SHIPPED,))
    pack = binder.bind(COVER, (item(filled_form(answer)), item(pdf("After"))))
    pages = texts(pack)
    assert len(pages) == 6
    assert "Too long for this box" in pages[3]
    assert TYPED in pages[4]
    assert pages[4].count("health visitor") == 40
    assert dark(picture(pack, 4), (0, 100, 595, 842)) > 2000


def test_nothing_active_comes_in(binder: Binder) -> None:
    source = pikepdf.open(io.BytesIO(pdf("Paper")))
    script = Dictionary(S=Name.JavaScript, JS="app.alert('hello')")
    source.Root.OpenAction = script
    source.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", script])))
    source.pages[0].obj.AA = Dictionary(O=script)
    source.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=script)]
    )
    source.attachments["evil.exe"] = b"MZ-evil-bytes"
    with pikepdf.open(io.BytesIO(binder.bind(COVER, (item(saved(source)),)))) as pack:
        plain = io.BytesIO()
        pack.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False, qdf=True)
    for word in (b"JavaScript", b"app.alert", b"evil", b"/EmbeddedFiles", b"/OpenAction"):
        assert word not in plain.getvalue()


def test_bookmarks_by_group_and_paper(binder: Binder) -> None:
    items = (
        item(pdf("A"), title="Referral form", group="Referral"),
        item(pdf("B"), title="Smith & Jones <GP>", group="Returns"),
        item(pdf("C"), title="محمد Дарья", group="Returns"),
    )
    assert bookmarks(binder.bind(COVER, items)) == [
        ("Cover", []),
        ("Contents", []),
        (STATUSES, []),
        ("Referral", ["Referral form"]),
        ("Returns", ["Smith & Jones <GP>", "محمد Дарья"]),
    ]


def test_the_contents_lead_to_the_papers(binder: Binder) -> None:
    items = (item(pdf("A", pages=3), title="First"), item(pdf("B"), title="Second"))
    with pikepdf.open(io.BytesIO(binder.bind(COVER, items))) as pack:
        targets = [link.Dest[0].objgen for link in pack.pages[1].obj.Annots]
        assert targets == [pack.pages[number].obj.objgen for number in (2, 3, 6)]


def test_each_copy_says_whose_it_is_on_every_page_and_covers_nothing(binder: Binder) -> None:
    pack = binder.bind(COVER, (item(pdf("A", pages=2)), item(pdf("B", 842, 595, turn=90))))
    copy = binder.copy_for(pack, "Anwen Pryce, Westmarch Police")
    assert binder.copy_for(pack, "Anwen Pryce, Westmarch Police") == copy
    for number, (before, after) in enumerate(zip(texts(pack), texts(copy), strict=True)):
        assert "Copy for" not in before
        assert "Copy for Anwen Pryce, Westmarch Police" in after
        changed = ImageChops.difference(picture(pack, number), picture(copy, number)).getbbox()
        assert changed is not None
        assert changed[1] > picture(copy, number).height - 24
    assert len(copy) < len(pack) + 12_000


def test_a_name_that_is_too_long_for_the_strip_is_cut_at_a_word(binder: Binder) -> None:
    pack = binder.bind(COVER, (item(pdf("A5", 420, 595)),))
    whose = "Detective Superintendent Anwen Pryce-Whitcombe, Westmarch and Moor Police"
    page = texts(binder.copy_for(pack, whose))[3]
    assert "Copy for Detective Superintendent Anwen Pryce-Whitcombe, …" in page


def test_a_version_says_what_has_changed_and_marks_it_in_the_contents(binder: Binder) -> None:
    cover = COVER.model_copy(update={"changes": ("New: Westmarch Police, return.",)})
    items = (item(pdf("A"), title="Return").model_copy(update={"mark": "new"}), item(pdf("B"), title="Chronology"))
    pages = texts(binder.bind(cover, items))
    assert "What has changed since version 1 • New: Westmarch Police, return." in pages[0]
    assert "Return new in version 2 4 Chronology 5" in pages[1]
    assert "changed" not in texts(binder.bind(COVER, items))[0]


def test_many_changes_leave_the_cover_one_page(binder: Binder) -> None:
    changes = tuple(f"New: Agency {n} of Wychmoor and the surrounding villages, return." * 2 for n in range(25))
    pages = texts(binder.bind(COVER.model_copy(update={"changes": changes}), ()))
    assert "and 17 more" in pages[0]
    assert "Contents" in pages[1]


def test_whose_return_is_missing_is_large(binder: Binder) -> None:
    words = pypdfium2.PdfDocument(binder.bind(COVER, ()))[2].get_textpage()
    heights = []
    for name in ("Northvale", "Moss"):
        index, _ = words.search(name).get_next()
        _, bottom, _, top = words.get_charbox(index)
        heights.append(top - bottom)
    assert heights[0] > 1.35 * heights[1]


def test_the_papers_of_an_agency_stand_together(binder: Binder) -> None:
    items = tuple(
        item(pdf("A"), title=title).model_copy(update={"agency": agency})
        for agency in ("Police", "محمد surgery")
        for title in ("Return", "Chronology")
    )
    pack = binder.bind(COVER, items)
    with pikepdf.open(io.BytesIO(pack)) as opened, opened.open_outline() as outline:
        (returns,) = [entry for entry in outline.root if str(entry.title) == "Returns"]
        told = [(str(own.title), [str(one.title) for one in own.children]) for own in returns.children]
    assert told == [("Police", ["Return", "Chronology"]), ("محمد surgery", ["Return", "Chronology"])]
    assert "Police: Chronology" in texts(pack)[4]


def test_a_mail_is_followed_by_the_files_in_it() -> None:
    def inside(content: bytes, name: str) -> tuple[Document, list[tuple[str, bytes]]] | None:
        if not name.endswith(".msg"):
            return None
        words = Document(blocks=(Paragraph(line=Line.of("Our return is attached.")),))
        return words, [("return.pdf", pdf("Return")), ("photo.png", b"\x89PNG and no more")]

    binder = Binder(None, read, (SHIPPED,), inside=inside)
    pages = texts(binder.bind(COVER, (item(b"mail", "mail.msg", title="Return"), item(pdf("After")))))
    assert "Our return is attached." in pages[3]
    assert pages[4].endswith("Return 1")
    assert "Return, attached: return.pdf 5" in pages[1]
    assert "picture is damaged" in pages[5]
    assert pages[6].endswith("After 1")


def test_a_scan_on_its_head_is_turned_and_said_so() -> None:
    binder = Binder(None, read, (SHIPPED,), turns=lambda content, name: {1: 180})
    source = pdf("Scan", pages=2)
    before, after = picture(source, 1).rotate(180), picture(binder.bind(COVER, (item(source),)), 4)
    inner = (2, 2, before.width - 2, before.height - 2)
    changed = ImageChops.difference(before.crop(inner), after.crop(inner))
    assert dark(before, inner) > 3000
    assert sum(changed.histogram()[100:]) < 50
    assert "Page 2 of it turned upright." in texts(binder.bind(COVER, (item(source),)))[1]


def test_the_same_inputs_give_the_same_bytes(binder: Binder) -> None:
    items = (item(pdf("A")), item(b"Nil return.", "reply.txt"))
    assert binder.bind(COVER, items) == binder.bind(COVER, items)


def test_an_email_is_shown_as_its_words(binder: Binder) -> None:
    content = "From: a@b.example\n\nWe hold *no* record of #strong[this] child & <family>. علي".encode()
    page = texts(binder.bind(COVER, (item(content, "reply.eml"),)))[3]
    assert WORDS in page
    assert "We hold *no* record of #strong[this] child & <family>." in page


def locked() -> bytes:
    return saved(pikepdf.open(io.BytesIO(pdf("A"))), pikepdf.Encryption(owner="a", user="b"))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (locked(), "locked.pdf", "needs a password"),
        (b"%PDF-1.7 and no more", "broken.pdf", "is damaged"),
        (saved(pikepdf.new()), "empty.pdf", "has no pages"),
        (b"\x89PNG\x00 and no more", "photo.png", "picture is damaged"),
        (b"\x00\x01", "return.docx", "LibreOffice is not installed here"),
        (b"\x00\x01", "mystery.bin", "The file is damaged. Ask for it again."),
    ],
)
def test_what_cannot_be_shown_gets_a_page_that_says_so(binder: Binder, content: bytes, name: str, said: str) -> None:
    page = texts(binder.bind(COVER, (item(content, name),)))[3]
    assert NOT_SHOWN in page
    assert said in page
    assert name in page


def test_without_libreoffice_a_word_file_is_shown_as_its_words(binder: Binder) -> None:
    page = texts(binder.bind(COVER, (item(b"Summary: seen at home", "return.docx"),)))[3]
    assert PLAIN in page
    assert "Summary: seen at home" in page


def test_a_photograph_is_shown(binder: Binder) -> None:
    file = io.BytesIO()
    Image.new("L", (400, 300), 0).save(file, "JPEG")
    page = picture(binder.bind(COVER, (item(file.getvalue(), "photo.jpg"),)), 3)
    assert dark(page, (0, 0, page.width, page.height)) > 100_000


def test_twenty_five_agencies_with_long_names(binder: Binder) -> None:
    names = [f"Agency {n} & Sons <West> of " + "Wychmoor and the surrounding villages " * 4 for n in range(1, 26)]
    cover = COVER.model_copy(
        update={"agencies": tuple(AgencyStatus(name, "no reply", "") for name in names), "absent": tuple(names)}
    )
    items = tuple(item(pdf(f"Return {n}"), title=name) for n, name in enumerate(names))
    pages = texts(binder.bind(cover, items))
    front = len(pages) - 25
    contents = " ".join(pages[1:front])
    for number in range(1, 26):
        assert f"Agency {number} & Sons <West>" in contents
        assert f"Return {number - 1} 1" in pages[front + number - 1]
        assert f"page {front + number} of {len(pages)}" in pages[front + number - 1]
    assert str(len(pages)) in contents


@needs_office
def test_a_word_file_is_shown_with_changes_accepted(office_binder: Binder) -> None:
    document = word("Kept words. ")
    paragraph = document.paragraphs[0]._p
    for tag, text in (("ins", "<w:t>Inserted words.</w:t>"), ("del", "<w:delText>Deleted words.</w:delText>")):
        paragraph.append(parse_xml(f'<w:{tag} xmlns:w="{WORD}" w:id="1" w:author="A"><w:r>{text}</w:r></w:{tag}>'))
    document.add_comment(document.paragraphs[0].runs[0], "Is this right?", author="B")
    contents, _, page = texts(office_binder.bind(COVER, (item(saved_word(document), "return.docx"),)))[1:4]
    for told in (contents, page):
        assert "Tracked changes are shown as accepted. 1 comment not shown: see the original." in told
    assert "Kept words. Inserted words." in page
    assert "Deleted" not in page
    assert PLAIN not in page


@needs_office
def test_every_cell_of_a_wide_chronology_can_be_read(office_binder: Binder) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No", "Date", "Time", "Agency", "Source", "Event", "Action", "Comment", "Reviewer", "Impact"])
    for number in range(30):
        event = " ".join(f"event{number}word{n}" for n in range(25))
        sheet.append(
            [number, "01/03/2026", "09:30", "Police", f"log {number}", event, f"action {number}", "c", "r", "i"]
        )
    sheet.print_area = "A1:C5"
    file = io.BytesIO()
    book.save(file)
    pages = texts(office_binder.bind(COVER, (item(file.getvalue(), "chronology.xlsx"),)))[3:]
    shown = "".join(pages).replace(" ", "")
    for number in range(30):
        assert f"event{number}word0" in shown
        assert f"event{number}word24" in shown
        assert f"action{number}" in shown
    assert all("Event" in page for page in pages if "Reviewer" in page)


@needs_office
def test_a_link_in_a_word_file_cannot_be_followed_from_the_pack(office_binder: Binder) -> None:
    document = word("See ")
    link = document.part.relate_to(
        "https://portal.example/login",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    document.paragraphs[0]._p.append(
        parse_xml(f'<w:hyperlink xmlns:w="{WORD}" {relation} r:id="{link}"><w:r><w:t>here</w:t></w:r></w:hyperlink>')
    )
    pack = office_binder.bind(COVER, (item(saved_word(document), "return.docx"),))
    assert "See here" in texts(pack)[3]
    with pikepdf.open(io.BytesIO(pack)) as opened:
        assert Name.Annots not in opened.pages[3].obj


@needs_office
def test_a_damaged_word_file_does_not_stop_the_pack(office_binder: Binder) -> None:
    cut = saved_word(word("x"))[:3000]
    pages = texts(office_binder.bind(COVER, (item(cut, "cut.docx"), item(pdf("After")))))
    assert "is damaged" in pages[3]
    assert pages[4].endswith("After 1")


@needs_office
def test_a_file_that_unpacks_to_too_much_is_not_opened(office_binder: Binder) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 201_000_000)
    page = texts(office_binder.bind(COVER, (item(file.getvalue(), "bomb.xlsx"),)))[3]
    assert "unpacks to more than 200 MB" in page
