"""Recorded facts in the first lines of a person's reply: `meeting 10 June 2026 2pm`, `serious harm yes`.

The words are those of `mailbot record`. They are only brought into the form in which the command reads them; what
they mean, and whether they may be, is said there. One line that is not understood makes the whole reply mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from mailbot.cases.values import Value
from mailbot.forms.dates import read_date, read_time

TEXT = frozenset({"action", "child", "family", "learning-point", "subgroup", "transferred", "learning-proposed"})
"""Facts that are told in free words, which stay as they are."""
BARE = frozenset(
    {"closed", "reopened", "resumed", "withdrawn", "learning-considered", "learning-completed", "intention"}
)
"""Facts that stand alone: a sentence that begins with one of these words is not meant. The last may have a date."""
JOINED = frozenset({"outcome", "panel-reply"})
"""Facts whose value is one term that people write in several words: `local review`."""
AGENCIES = frozenset({"scoping", "extension", "extension-refused", "nil", "no-return", "la"})
SMALL_WORDS = frozenset({"and", "&", "for", "until", "on", "at", "by"})
WRAPPED = 60
"""Characters from which on a line may have been broken by the mail program, so that the next goes on with it."""
BECAUSE = re.compile(r"(?i)^(?:because\b|why\b|reason\b)[\s:,-]*")
_COMMAND = re.compile(r"(?i)^mailbot record (?P<ref>\S+) (?P<fact>.*?)(?P<options>(?: --(?:as|why)\b.*)?)$")
_AS = re.compile(r"--as[ =](\S+)")
_WHY = re.compile(r"--why[ =](?:\"([^\"]*)\"|'([^']*)'|(.+?))(?= --as\b|$)")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b"
)
_TIME = r"(?:(?:[01]?\d|2[0-3])[:.][0-5]\d(?: ?[ap]\.?m\b\.?)?|(?:1[0-2]|0?[1-9]) ?[ap]\.?m\b\.?)"
_WHEN = re.compile(
    rf"(?i)(?<![\w/-])(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? (?:the )?)?"
    rf"(?P<day>\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\.?,?(?: \d{{4}}\b)?|"
    rf"\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d\d)\b)?)"
    rf"(?:(?:,| at|t)? ?(?P<time>{_TIME}))?(?![\w/])"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ADDRESS = re.compile(r"(?:[\w.'’-]+ )*<(?:mailto:)?([^<>\s]+@[^<>\s]+)>")
_LINKED = re.compile(r"(?i)([^<>\s]+@[^<>\s]+) ?<mailto:\1>")


class FactSaid(Value):
    """One fact as the command would be given it: its name, its values, and why."""

    fact: str
    values: tuple[str, ...]
    why: str = ""


class FactsRead(Value):
    """The facts of a reply, or what of it was not understood; never both."""

    facts: tuple[FactSaid, ...] = ()
    problems: tuple[str, ...] = ()


class Around(Value):
    """What a reply is read by: the facts there are, agencies by all their names, the case, the sender, the day."""

    names: tuple[str, ...]
    agencies: Mapping[str, str]
    ref: str
    by: str
    day: date


def read_facts(text: str, around: Around) -> FactsRead:
    """The facts in the first lines of a reply, up to the first empty line."""
    facts: list[FactSaid] = []
    problems: list[str] = []
    before = ""
    for line in _first_lines(text):
        fact, problem = _fact(line, around)
        if fact is not None:
            facts.append(fact)
        elif problem:
            problems.append(problem)
        elif facts and BECAUSE.match(line):
            facts[-1] = _with_reason(facts[-1], BECAUSE.sub("", line, count=1))
        elif facts and len(before) >= WRAPPED:
            facts[-1] = _going_on(facts[-1], line)
        else:
            problems.append(f"“{line[:80]}” does not begin with a fact that can be recorded")
        before = line
    if not facts and not problems:
        problems = ["the reply is empty"]
    return FactsRead(problems=tuple(problems)) if problems else FactsRead(facts=tuple(facts))


def _first_lines(text: str) -> Iterable[str]:
    """The lines up to the first empty one, without the marks of a list and of bold or typewriter letters."""
    begun = False
    for raw in text.replace("\xa0", " ").translate(str.maketrans("“”‘’", "\"\"''")).splitlines():
        line = re.sub(r"^[-*•]\s+", "", " ".join(raw.split())).strip("`*").strip()
        if not line and begun:
            return
        if line == "--":
            return
        if line:
            begun = True
            yield line


def _fact(line: str, around: Around) -> tuple[FactSaid | None, str]:
    """The fact that a line says; else what is wrong with it, or nothing where it does not begin with a fact."""
    why = ""
    if command := _COMMAND.match(line):
        if problem := _not_here(command, around):
            return None, problem
        given = _WHY.search(command["options"])
        why = next((part for part in given.groups() if part), "") if given else ""
        line = command["fact"]
    found = _named(line, around.names)
    if found is None:
        return None, ""
    name, rest = found
    if name not in TEXT:
        rest, reason = _without_reason(rest)
        why = why or reason
    try:
        values = _values(name, rest.strip(" ,:"), around)
    except ValueError as wrong:
        return None, str(wrong)
    if name in BARE and values and not (name == "intention" and values[0][:1].isdigit()):
        return None, f"“{line[:80]}”: {name} stands alone on its line, with a reason in the next"
    return FactSaid(fact=name, values=values, why=" ".join(why.split())), ""


def _not_here(command: re.Match[str], around: Around) -> str:
    if command["ref"].casefold() != around.ref.casefold():
        return f"“{command[0][:80]}” is about {command['ref']}, and the letter you answer is about {around.ref}"
    whose = _AS.search(command["options"])
    if whose and whose[1].casefold() not in ("you", around.by.casefold()):
        return f"“{command[0][:80]}” is said for {whose[1]}: everybody answers for themselves"
    return ""


def _named(line: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    for name in sorted(names, key=len, reverse=True):
        words = r"[\s_-]+".join(map(re.escape, name.split("-")))
        if found := re.match(rf"(?i){words}(?![\w-])[\s:,.]*", line):
            return name, line[found.end() :]
    return None


def _without_reason(rest: str) -> tuple[str, str]:
    """What stands before `because` on the line, and the reason behind it."""
    found = re.search(r"(?i)(?:^|[\s,.;]+)because\b[\s:]*", rest)
    return (rest[: found.start()], rest[found.end() :]) if found else (rest, "")


def _values(name: str, rest: str, around: Around) -> tuple[str, ...]:
    """Raises ValueError for a day that is not, or that falls on another weekday."""
    if name in TEXT:
        dated = re.sub(r"(?i)(?<=\bdue=)\S.*$", lambda found: _days(found[0], around.day), rest)
        return tuple(part.replace('"', "") for part in re.findall(r'(?:[^\s"]|"[^"]*")+', dated))
    rest = _days(rest.replace('"', "").rstrip(".;!"), around.day)
    if name in JOINED:
        return ("_".join(re.split(r"[\s_-]+", rest.casefold())),) if rest else ()
    rest = _ADDRESS.sub(r"\1", _LINKED.sub(r"\1", rest))
    if name in AGENCIES:
        rest = _agencies(rest, around.agencies)
    rest = re.sub(r"(?i)\bnot[ -]met\b", "not-met", rest)
    words = [word.strip(",;") for word in rest.split() if word.casefold() not in SMALL_WORDS]
    return tuple(word if any(c.isdigit() for c in word) else word.casefold() for word in words if word)


def _days(text: str, today: date) -> str:
    """The text with every day in it, and a time beside it, in ISO form."""
    return _WHEN.sub(lambda found: _moment(found, today), text)


def _moment(found: re.Match[str], today: date) -> str:
    written = found[0].strip()
    bare = re.sub(r"[.,]", "", found["day"])
    year = re.search(r"\d{4}|/\d\d$", re.sub(r"^\d{1,2}/\d{1,2}(?!/)", "", bare))
    read = [read_date(bare)] if year else [read_date(_in_year(bare, today.year + n)) for n in (-1, 0, 1)]
    days = [date.fromisoformat(one.value) for one in read if one and len(one.value) == 10]
    if not days:
        raise ValueError(f"{written} is no day of the calendar")
    day = min(days, key=lambda one: abs(one - today - timedelta(days=1)))
    if found["weekday"] and _WEEKDAYS[day.weekday()] != found["weekday"].casefold():
        raise ValueError(f"{written}: {day.isoformat()} is a {day:%A}")
    return day.isoformat() + (f"T{read_time(found['time'])}" if found["time"] else "")


def _in_year(day: str, year: int) -> str:
    return f"{day}/{year}" if "/" in day else f"{day} {year}"


def _agencies(rest: str, agencies: Mapping[str, str]) -> str:
    """The text with agencies' names as their ids; where one name begins another, the longer one is meant."""
    ids = {name.casefold(): agency for name, agency in agencies.items()}
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    return (
        re.sub(rf"(?i)(?<![\w-])(?:{names})(?![\w-])", lambda found: ids[found[0].casefold()], rest) if ids else rest
    )


def _with_reason(fact: FactSaid, more: str) -> FactSaid:
    return fact.model_copy(update={"why": f"{fact.why} {more}".strip()})


def _going_on(fact: FactSaid, line: str) -> FactSaid:
    """A line that the mail program broke goes on with the reason, or with the words of the fact."""
    if fact.why:
        return _with_reason(fact, line)
    return fact.model_copy(update={"values": (*fact.values, *line.split())})
