"""The meeting pack of a case as it stands: its cover, its papers and the pages of our own, bound as one PDF."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256

from pydantic import JsonValue

from mailbot.cases import letters
from mailbot.cases.case import Case
from mailbot.cases.chronology import Chronology, combined
from mailbot.cases.initials_version import NOTICE, SOURCES, Initials, read_parts
from mailbot.cases.pack import PackEntry, absent_agencies, pack_entries, standings
from mailbot.cases.pack_gaps import gaps
from mailbot.cases.pack_versions import Mark, changes_since
from mailbot.cases.wording import say_moment
from mailbot.documents.as_sent import PackItem
from mailbot.documents.binder import AgencyStatus, Cover
from mailbot.documents.chronology_pages import ChronologyPages, Heading
from mailbot.parts import Parts

READY = "made ready 2"
"""Goes into the key under which it is remembered that papers were made ready."""
BEHIND = ("Other papers",)
"""Groups that stand behind the combined chronology."""


def make_ready(case: Case, parts: Parts) -> bool:
    """Convert and look at the papers that a pack of the case would show, once; gives whether there was anything new.

    What fails is not told here: the pack says it, where the paper should be.
    """
    entries = pack_entries(case)
    key = f"{sha256(' '.join(entry.paper.sha256 for entry in entries).encode()).hexdigest()} {READY}"
    if not entries or parts.conversions.recall(key) is not None:
        return False
    # Noted first, so that papers that break this are not tried at each pass.
    parts.conversions.remember(key, case.ref.encode())
    parts.binder.make_ready([_paper(entry, {}, parts) for entry in entries])
    return True


def bind_pack(case: Case, version: int, parts: Parts, now: datetime) -> bytes:
    """The meeting pack, as one PDF. From version 2 on it says what has changed since the latest in the record.

    Flow chart: the returns "shared with those attending the Rapid Review meeting along with the Referral Form and any
    LA notification".
    """
    changes = changes_since(case)
    cover = _cover(case, version, parts, now).model_copy(update={"changes": changes.lines})
    papers = [_paper(entry, changes.marks, parts) for entry in pack_entries(case)]
    # LibreOffice has one core while typst sets our own pages on another.
    with ThreadPoolExecutor(1) as beside:
        setting = beside.submit(_own_pages, case, parts, now)
        shown = parts.binder.shown((*_agenda(case, parts, now), *papers))
        own = setting.result()
    before = [paper for paper in shown if paper.item.group not in BEHIND]
    behind = [paper for paper in shown if paper.item.group in BEHIND]
    return parts.binder.bind(cover, (*before, *own, *behind))


def _own_pages(case: Case, parts: Parts, now: datetime) -> tuple[PackItem, ...]:
    """The combined chronology, and what is missing."""
    chronology = combined(case, parts.practice, now)
    return (*_chronology(chronology, parts, now, None), *_missing(case, chronology, parts, now, None))


def bind_initials(case: Case, parts: Parts, now: datetime) -> tuple[bytes, bytes]:
    """The pack for readers outside the need-to-know, and its key, which is for nobody else: two PDFs."""
    hide = Initials(parts.practice.pseudonyms(case, apart=True))
    chronology = combined(case, parts.practice, now)
    version = max(1, case.pack_version)
    cover = _cover(case, version, parts, now).model_copy(
        update={"title": "Rapid Review meeting pack, initials version", "notice": NOTICE, "sources": SOURCES}
    )
    asked: dict[str, tuple[str, ...]] = {form.kind: tuple(form.fields) for form in parts.settings.definitions.forms}
    read = [
        parts.binder.page(part.group, part.title, "read_part.typ", part.model_dump(mode="json"))
        for part in read_parts(case, hide, asked)
    ]
    items = (*read, *_chronology(chronology, parts, now, hide), *_missing(case, chronology, parts, now, hide))
    people: list[JsonValue] = [line.model_dump(mode="json") for line in hide.key]
    facts: dict[str, JsonValue] = {"ref": case.ref, "marking": cover.marking, "partnership": cover.partnership}
    key = parts.binder.page("Key", "Key", "key.typ", facts | {"prepared": cover.prepared, "people": people})
    return parts.binder.bind(cover, items), key.content


def _cover(case: Case, version: int, parts: Parts, now: datetime) -> Cover:
    """What the front pages say of the case."""
    practice = parts.practice
    return Cover(
        title="Rapid Review meeting pack",
        ref=case.ref,
        initials=case.child.initials,
        partnership=practice.office.name,
        marking=practice.office.marking,
        meeting=say_moment(case.meeting_at, practice.zone) if case.meeting_at else "to be arranged",
        version=version,
        prepared=say_moment(now, practice.zone),
        agencies=tuple(AgencyStatus(s.name, s.status, s.detail, s.given) for s in standings(case, practice, now)),
        absent=tuple(case.requests[a].name for a in absent_agencies(case)),
    )


def _agenda(case: Case, parts: Parts, now: datetime) -> tuple[PackItem, ...]:
    """The meeting's agenda, once it has a date."""
    if case.meeting_at is None:
        return ()
    filled = parts.papers.fill("agenda", letters.meeting_paper(case, parts.practice, now))
    return (PackItem(group="Agenda", title="Agenda", name=f"{case.ref} agenda.docx", content=filled),)


def _chronology(chronology: Chronology, parts: Parts, now: datetime, hide: Initials | None) -> tuple[PackItem, ...]:
    """The picture of it, then the table; nothing where no agency has sent one."""
    if not chronology.entries:
        return ()
    practice = parts.practice
    pages = ChronologyPages(parts.settings.template_folders)
    prepared = f"Prepared at {say_moment(now, practice.zone)}"
    heading = Heading(partnership=practice.office.name, marking=practice.office.marking, prepared=prepared)
    made = (
        ("Timeline by agency", pages.picture(chronology, heading, hide)),
        ("What it shows, and every entry", pages.pages(chronology, heading, hide)),
    )
    return tuple(
        PackItem(group="Combined chronology", title=title, name=f"{title}.pdf", content=content, made=True)
        for title, content in made
    )


def _missing(
    case: Case, chronology: Chronology, parts: Parts, now: datetime, hide: Initials | None
) -> tuple[PackItem, ...]:
    """What is missing, on a page of its own."""
    found: list[JsonValue] = [
        {"title": gap.title, "lines": [hide(line) if hide else line for line in gap.lines]}
        for gap in gaps(case, parts.practice, now, chronology)
    ]
    title = "What is missing"
    return (parts.binder.page(title, title, "missing.typ", {"gaps": found}),)


def _paper(entry: PackEntry, marks: dict[str, Mark], parts: Parts) -> PackItem:
    return PackItem(
        group=entry.group,
        agency=entry.agency,
        title=entry.title,
        name=entry.name,
        content=parts.mailbag.file(entry.paper.sha256),
        mark=marks.get(entry.paper.sha256, ""),
    )
