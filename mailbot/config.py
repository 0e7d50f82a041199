"""The configuration: config/*.toml of a home folder to frozen settings, every problem reported at once.

What a home does not have (procedures, form definitions, templates) is taken from those that mailbot ships.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import holidays
from pydantic import BaseModel, TypeAdapter, ValidationError

from mailbot.cases.deadlines import WorkingCalendar
from mailbot.cases.directory import PARTNERS, Directory
from mailbot.cases.family import Relationships
from mailbot.cases.name_words import NameWords
from mailbot.cases.practice import Office, Practice
from mailbot.cases.procedure import Procedure
from mailbot.errors import ConfigProblems
from mailbot.forms.definitions import Definitions
from mailbot.mailbox_settings import (
    ExchangeSettings,
    GraphSettings,
    ImapSettings,
    InboxSettings,
    Microsoft,
    PostSettings,
    SmtpSettings,
)
from mailbot.settings import (
    AgenciesToml,
    MailbotToml,
    PeopleToml,
    Settings,
)
from mailbot.teaching import labels_file

_OWN_LABELS: TypeAdapter[dict[str, dict[str, list[str]]]] = TypeAdapter(dict[str, dict[str, list[str]]])
FIRST_YEAR, LAST_YEAR = 2020, 2045
T = TypeVar("T", bound=BaseModel)


def shipped() -> Path:
    """The folder with the config/ and templates/ that come with mailbot."""
    inside = Path(__file__).parent / "_shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def load(home: Path) -> Settings:
    """The settings of a home folder. Raises ConfigProblems with every problem that was found."""
    home = home.resolve()
    folder = home / "config"
    if not (folder / "mailbot.toml").is_file():
        raise ConfigProblems([f"{folder / 'mailbot.toml'} is not there. Make a home with: mailbot init {home}"])
    problems: list[str] = []
    main = _read(folder / "mailbot.toml", MailbotToml, problems)
    agencies = _read(folder / "agencies.toml", AgenciesToml, problems)
    people = (
        _read(folder / "people.toml", PeopleToml, problems) if (folder / "people.toml").exists() else PeopleToml()
    )
    procedures = _procedures(home, problems)
    definitions = _definitions(home, problems)
    relationships = _read(_own_or_shipped(home, "relationships.toml"), Relationships, problems)
    names = _read(_own_or_shipped(home, "names.toml"), NameWords, problems)
    if agencies is not None:
        problems += _agency_problems(agencies)
    if main is not None and procedures and main.partnership.procedure not in procedures:
        known = ", ".join(sorted(procedures))
        problems.append(
            f"config/mailbot.toml: [partnership] procedure: there is no config/procedures/"
            f"{main.partnership.procedure}.toml; there are {known}"
        )
    if problems or not (main and agencies and people and definitions and relationships and names):
        raise ConfigProblems(problems)
    return Settings(
        home=home,
        inbox=_placed(main.inbox, home),
        post=_placed(main.post, home),
        record=home / main.record.path,
        practice=_practice(main, agencies, people, procedures, relationships, names),
        definitions=definitions,
        template_folders=(home / "templates", shipped() / "templates"),
    )


def form_definitions(home: Path) -> Definitions:
    """The form definitions alone, for reading a file without a whole home. Raises ConfigProblems."""
    problems: list[str] = []
    definitions = _definitions(home, problems)
    if problems or definitions is None:
        raise ConfigProblems(problems)
    return definitions


def bank_holidays() -> dict[date, str]:
    """England's bank holidays with their names, as the holidays package knows them."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def password(variable: str) -> str:
    """The password in an environment variable; empty where it is not set."""
    return os.environ.get(variable, "")


def missing_passwords(settings: Settings) -> list[str]:
    """The environment variables that a mailbox or post needs and that are not set."""
    return [
        f"config/mailbot.toml: {section} {key}: the environment variable {name} is not set"
        for section, key, name in (*_secrets("[inbox]", settings.inbox), *_secrets("[post]", settings.post))
        if not password(name)
    ]


def _secrets(section: str, mailbox: InboxSettings | PostSettings) -> list[tuple[str, str, str]]:
    """The section, key and environment variable of each secret that a mailbox logs in with."""
    match mailbox:
        case GraphSettings() | ImapSettings(microsoft=Microsoft()) | SmtpSettings(microsoft=Microsoft()):
            login = mailbox.microsoft
            if login is None or login.certificate is not None:
                return []
            return [(f"{section[:-1]}.microsoft]", "secret_env", login.secret_env)]
        case ImapSettings() | ExchangeSettings():
            needed = not (isinstance(mailbox, ExchangeSettings) and mailbox.login == "none")
            return [(section, "password_env", mailbox.password_env)] if needed else []
        case SmtpSettings() if mailbox.username:
            return [(section, "password_env", mailbox.password_env)]
        case _:
            return []


def _practice(
    main: MailbotToml,
    agencies: AgenciesToml,
    people: PeopleToml,
    procedures: dict[str, Procedure],
    relationships: Relationships,
    names: NameWords,
) -> Practice:
    office, calendar = main.partnership, main.calendar
    return Practice(
        office=Office(
            name=office.name,
            address=office.address,
            telephone=office.telephone,
            contact=office.contact,
            marking=office.marking,
            reference=office.reference,
            venue=office.venue,
            legal_basis=office.legal_basis,
        ),
        directory=Directory(
            agencies=agencies.agency,
            people=people.person,
            office=(office.address, *main.approval.approvers),
            panel=main.panel.address,
        ),
        procedures=procedures,
        procedure=office.procedure,
        calendar=WorkingCalendar(
            timezone=office.timezone,
            opens=calendar.office_hours[0],
            closes=calendar.office_hours[1],
            close_of_business=calendar.close_of_business,
            count_mode=calendar.count_mode,
            weekend_anchor=calendar.weekend_anchor,
            bank_holidays=bank_holidays(),
            non_working=frozenset(calendar.non_working),
            closures=frozenset(calendar.closures),
        ),
        relationships=relationships,
        name_words=names,
        approvers=main.approval.approvers,
        panel=main.panel.address,
        two_persons=main.approval.two_persons,
        grace_minutes=main.approval.grace_minutes,
        approval_days=main.approval.expires_days,
        trust_unauthenticated_replies=main.approval.trust_unauthenticated_replies,
        replies_authenticated=main.inbox.authserv_id is not None,
    )


def _placed(part: T, home: Path) -> T:
    """Relative paths lie in the home folder."""
    changes: dict[str, Any] = {name: home / value for name, value in part if isinstance(value, Path)}
    changes |= {name: _placed(value, home) for name, value in part if isinstance(value, BaseModel)}
    return part.model_copy(update=changes)


def _read(path: Path, model: type[T], problems: list[str]) -> T | None:
    data = _toml(path, problems)
    if data is None:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems += list(_sentences(f"config/{path.name}", error, data))
        return None


def _toml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    name = "/".join(path.parts[path.parts.index("config") :]) if "config" in path.parts else path.name
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{name} is not there")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{name} cannot be read: {error}")
    return None


def _sentences(file: str, error: ValidationError, data: Mapping[str, Any]) -> Iterator[str]:
    """Each problem with its file and key, in words."""
    for problem in error.errors():
        place = [p for p in problem["loc"] if p not in ("imap", "smtp", "folder", "exchange", "graph")]
        key = _key(place, data)
        match problem["type"]:
            case "extra_forbidden":
                yield f"{file}: {key}: there is no such key"
            case "missing":
                yield f"{file}: {key}: is missing"
            case "union_tag_invalid":
                yield f"{file}: {key} kind: {problem['ctx']['tag']} is not one of {problem['ctx']['expected_tags']}"
            case "union_tag_not_found":
                yield f"{file}: {key} kind: is missing"
            case "string_pattern_mismatch":
                yield f"{file}: {key}: {problem['input']!r} is not in the right form"
            case "too_short":
                yield f"{file}: {key}: needs at least one entry"
            case _:
                yield f"{file}: {key}: {problem['msg'].removeprefix('Value error, ')}"


def _key(place: list[int | str], data: Mapping[str, Any]) -> str:
    """[inbox] port, or the third agency (police) spoc."""
    if not place:
        return "the file"
    if len(place) > 1 and isinstance(place[1], int):
        entries = data.get(str(place[0]), [])
        entry = entries[place[1]] if isinstance(entries, list) and place[1] < len(entries) else {}
        name = (entry.get("id") or entry.get("name") or "") if isinstance(entry, dict) else ""
        rest = " ".join(str(p) for p in place[2:])
        return f"[[{place[0]}]] {name or f'number {place[1] + 1}'} {rest}".strip()
    return f"[{place[0]}] {' '.join(str(p) for p in place[1:])}".strip() if len(place) > 1 else str(place[0])


def _agency_problems(agencies: AgenciesToml) -> list[str]:
    ids = [a.id for a in agencies.agency]
    problems = [
        f"config/agencies.toml: [[agency]] {i}: this id is given {ids.count(i)} times"
        for i in dict.fromkeys(ids)
        if ids.count(i) > 1
    ]
    there = {a.partner for a in agencies.agency}
    problems += [
        f'config/agencies.toml: no agency has partner = "{p}", and without it no meeting can be quorate'
        for p in PARTNERS
        if p not in there
    ]
    return problems


def _own_or_shipped(home: Path, name: str) -> Path:
    """The home's own file of config/, or the one that comes with mailbot where it has none."""
    own = home / "config" / name
    return own if own.is_file() else shipped() / "config" / name


def _files(home: Path, kind: str) -> dict[str, Path]:
    """The shipped files of config/KIND, with the home's own in their place and beside them."""
    found: dict[str, Path] = {}
    for root in (shipped(), home):
        found |= {p.stem: p for p in sorted((root / "config" / kind).glob("*.toml"))}
    return found


def _procedures(home: Path, problems: list[str]) -> dict[str, Procedure]:
    procedures = {}
    for name, path in _files(home, "procedures").items():
        data = _toml(path, problems)
        if data is None:
            continue
        try:
            procedures[name] = Procedure.model_validate(data)
        except ValidationError as error:
            problems += list(_sentences(f"config/procedures/{path.name}", error, data))
            continue
        if procedures[name].id != name:
            problems.append(f"config/procedures/{path.name}: id: must be {name}, as the file is called")
    return procedures


def _definitions(home: Path, problems: list[str]) -> Definitions | None:
    tables = {name: _toml(path, problems) for name, path in _files(home, "forms").items()}
    try:
        definitions = Definitions.from_tables({name: table for name, table in tables.items() if table is not None})
    except ConfigProblems as found:
        problems += found.problems
        return None
    return _with_own_labels(definitions, home, problems)


def _with_own_labels(definitions: Definitions, home: Path, problems: list[str]) -> Definitions:
    """The definitions with what the office taught (config/labels.toml), where it taught anything."""
    path = labels_file(home)
    taught = _toml(path, problems) if path.exists() else None
    if taught is None:
        return definitions
    try:
        return definitions.with_labels(_OWN_LABELS.validate_python(taught))
    except ConfigProblems as found:
        problems += [f"config/{path.name}: {problem}" for problem in found.problems]
    except ValidationError as error:
        for wrong in error.errors():
            keys = " ".join(str(key) for key in wrong["loc"] if isinstance(key, str))
            problems.append(f'config/{path.name}: {keys}: must be a list of labels, as gp = ["Family doctor"]')
    return definitions
