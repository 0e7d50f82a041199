"""An answer that is one of a few words: SERIOUS HARM, AGREE, SIGNED, and the sentences that say the same.

The discipline is that of an approval (verdicts.py): the first line counts, a condition makes it unclear, and what is
unclear decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from mailbot.cases.values import Value
from mailbot.forms.verdicts import CONDITION, LIMITED

GREETING = re.compile(r"(?i)^(?:dear|hi|hello|good (?:morning|afternoon|evening)|all|team)\b[^.!?:]{0,40}[,.!:]?$")
HEDGE = re.compile(
    r"(?i)\b(but|except|unless|if|whether|provided|providing|subject to|however|although|though|only|may|might|"
    r"possibly|probably|likely|perhaps|provisional(?:ly)?|initial(?:ly)?|pending|not (?:yet )?sure|unclear|"
    r"at this stage|on balance of)\b|\?"
)
"""Words that leave a sentence open."""
NEGATION = re.compile(r"(?i)\b(?:no|not|nor|never|neither|without|below)\b")
AFTER_THE_WORD = re.compile(r"(?i)^\s*(?:[-:.,;–—!]+|because\b|as\b|since\b|\()\s*")
DENIAL = re.compile(r"(?i)(?:no|none|nil|never|nothing)\b")
SIGNED_BELOW = re.compile(
    r"(?i)^(?:--$|(?:(?:kind|best|warm|many) )?regards\b|(?:many )?thanks(?: \w+)?[,.!]*$|yours\b|sent from\b)"
)


AS_ASKED = re.compile(
    r"(?i)^\W*as (?:it (?:is|was) )?"
    r"(?:proposed|recommended|suggested|drafted|described|set out|stated|written|above)\b\W*"
)
"""Words behind an answer that only repeat what was asked, and are no reason for it."""


class Option(NamedTuple):
    """One answer: the words a first line may be, and sentences that say the same.

    `against` are sentences that say no. What follows a `free` answer takes nothing back: a challenge, a wish for more
    time. Nothing may follow one that stands `alone`: a signature. One that is the name of a thing may be `denied`
    behind it: `Serious harm: none`.
    """

    name: str
    words: str
    sentences: tuple[str, ...] = ()
    against: bool = False
    free: bool = False
    alone: bool = False
    denied: bool = False


class Choice(Value):
    """What was chosen and the reason given; unclear (`answer` empty) says in `why` what stood in the way."""

    answer: str = ""
    reason: str = ""
    why: str = ""


_MEASURE = r"(?:threshold|criteri(?:a|on)|definition)"
_HARM = r"serious(?:ly)?[ -]harm(?:ed)?"
SERIOUS_HARM: tuple[Option, ...] = (
    Option(
        "no",
        rf"(?:no|not) {_HARM}(?: identified)?|{_HARM}\W{{1,3}}no",
        (
            rf"\bno {_HARM}",
            rf"\bnot\b.{{0,60}}\b(?:meet|met|reach|reached|satisf\w+|amount|constitute)\b.{{0,60}}(?:{_MEASURE}|{_HARM})",
            rf"\b{_MEASURE}\b.{{0,60}}\bnot\b.{{0,30}}\b(?:met|reached|satisfied)\b",
            rf"\bnot\b.{{0,40}}\b{_HARM}",
            rf"\b{_HARM}\b.{{0,30}}\bnot\b.{{0,20}}\b(?:identified|established|met)\b",
            rf"\bbelow the {_MEASURE}",
        ),
        against=True,
    ),
    Option(
        "yes",
        rf"(?:yes\W{{1,3}})?{_HARM}(?: identified|\W{{1,3}}yes)?",
        (
            rf"\b(?:meets?|met|reach(?:es|ed)?|satisf(?:y|ies|ied))\b.{{0,40}}\b{_MEASURE}",
            rf"\b{_MEASURE}\b.{{0,60}}\b(?:met|reached|satisfied)\b",
            rf"\b{_HARM}\b.{{0,30}}\b(?:identified|established|accepted)\b",
            rf"\b(?:is|as|was|amounts? to|constitutes?|accepts?|accepted|confirms?|confirmed|agrees?|agreed)\b"
            rf".{{0,40}}\b{_HARM}",
        ),
        denied=True,
    ),
    Option(
        "more_time",
        r"(?:we need |i need )?(?:some )?more time",
        (
            r"\b(?:more|extra|further|additional) time\b",
            r"\bneed (?:until|till|to the end of)\b",
            r"\b(?:can not|unable to|not (?:yet )?(?:able|in a position) to) (?:decide|answer|say)\b",
            r"\bnot yet (?:decided|been decided|reached a decision)\b",
        ),
        free=True,
    ),
)
PARTNER: tuple[Option, ...] = (
    Option(
        "challenge",
        r"(?:i |we )?(?:wish to |want to |would like to |must )?challenge(?:d)?|disagree|not agreed|do not agree",
        (
            r"^(?:i|we) (?:wish to |want to |would like to |must )?challenge\b",
            r"^(?:i|we) (?:do|can) not agree\b",
            r"^(?:i|we) disagree\b",
        ),
        against=True,
        free=True,
    ),
    Option(
        "agree",
        r"(?:yes\W{1,3})?(?:i |we )?(?:fully |also )?agreed?",
        (
            r"^(?:i|we) (?:fully |also )?agree with (?:[\w'’]+ ){0,4}"
            r"(?:decision|proposal|view|conclusion|assessment)\W*$",
        ),
    ),
)
SIGNATURE: tuple[Option, ...] = (Option("signed", r"(?:i )?(?:signed(?: off)?|sign(?: off)?|approved?)", alone=True),)
WRITE: dict[Literal["serious_harm", "partner", "signature"], tuple[str, ...]] = {
    "serious_harm": ("SERIOUS HARM", "NO SERIOUS HARM", "MORE TIME"),
    "partner": ("AGREE", "CHALLENGE"),
    "signature": ("SIGNED",),
}
"""What somebody is asked to write, once more where it was unclear."""


def read_choice(text: str, options: Sequence[Option]) -> Choice:
    """The option that the reply chooses: by its first line, else by a plain sentence of its first paragraph."""
    paragraphs = _paragraphs(text)
    lines = [line for paragraph in paragraphs for line in paragraph]
    if not lines:
        return Choice(why="the reply is empty")
    return _by_word(lines, options) or _by_sentence(paragraphs, options)


def reason_of(text: str, options: Sequence[Option], signed: Sequence[str]) -> str:
    """The reason of a choice without the name below it. `signed` are the names by which the sender may sign."""
    return read_choice(_above_the_name(text, signed), options).reason


def _above_the_name(text: str, signed: Sequence[str]) -> str:
    """The lines above the first that is nothing but the sender's name, or a part of it; the first always stays."""
    lines = text.splitlines()
    written = [at for at, line in enumerate(lines) if line.strip()]
    end = next((at for at in written[1:] if any(_is_name(lines[at], name) for name in signed)), len(lines))
    return "\n".join(lines[:end])


def _is_name(line: str, name: str) -> bool:
    """Whether every word of the line is one of the name's, or its first letter: `M. Oyelaran` and `Miriam` are."""
    parts, words = re.findall(r"[\w'’-]+", name.casefold()), re.findall(r"[\w'’-]+", line.casefold())
    titles = ("dr", "mr", "mrs", "ms", "miss", "prof", "professor")
    said = [word for word in words if word not in titles]
    whole = any(word in parts and len(word) > 1 for word in said)
    return whole and all(word in parts or word in {part[0] for part in parts} for word in said)


def first_line(text: str) -> str:
    """The first line of what was written, below a greeting; empty where there is none."""
    return next((line for paragraph in _paragraphs(text) for line in paragraph), "")


def _by_word(lines: list[str], options: Sequence[Option]) -> Choice | None:
    """The first line is one of the words, alone or with a reason behind it; none where it begins otherwise."""
    for option in options:
        found = re.match(rf"(?i)^\W*(?:{option.words})\b(?P<rest>.*)$", lines[0])
        if found is None:
            continue
        rest = found["rest"].strip(" *_.!,")
        word = lines[0][: found.start("rest")].strip(" *_")
        if option.free:
            return Choice(answer=option.name, reason=_reason(rest, lines[1:]))
        if (rest and option.alone) or CONDITION.match(rest):
            return Choice(why=f"the first line says more than {word.upper()}")
        if rest and not AFTER_THE_WORD.match(found["rest"].lstrip("*_ ")):
            # A whole sentence that happens to begin so, or a half answer.
            return None
        rest = AS_ASKED.sub("", rest)
        said = AFTER_THE_WORD.sub("", rest)
        if CONDITION.match(said) or HEDGE.search(said) or (option.denied and DENIAL.match(said)):
            return Choice(why=f"the first line says more than {word.upper()}")
        if len(lines) > 1 and CONDITION.match(lines[1]):
            return Choice(why="the next line begins with a condition")
        if option.alone and any(LIMITED.search(line) for line in lines[1:]):
            return Choice(why="the next lines may take a part of it back")
        if {_said(one, options) for one in _sentences(lines[1:])} - {"", option.name}:
            return Choice(why="what stands below may say otherwise")
        return Choice(answer=option.name, reason=_reason(said, lines[1:]))
    return None


def _by_sentence(paragraphs: list[list[str]], options: Sequence[Option]) -> Choice:
    """One option, said plainly in the first paragraph and contradicted nowhere."""
    said = [_said(sentence, options) for paragraph in paragraphs for sentence in _sentences(paragraph)]
    first = [_said(sentence, options) for sentence in _sentences(paragraphs[0])]
    names = {name for name in said if name}
    if not names:
        return Choice(why="the first line is none of the answers that we asked for")
    if len(names) > 1 or "open" in names:
        return Choice(why="it leaves the answer open, or depends on something else")
    answer = names.pop()
    if answer not in first:
        return Choice(why="the answer does not stand in the first lines")
    return Choice(answer=answer, reason=_reason("", [line for paragraph in paragraphs for line in paragraph]))


def _said(sentence: str, options: Sequence[Option]) -> str:
    """The option that a sentence names, `open` where it leaves it open; empty where it is about something else."""
    sentence = re.sub(r"(?i)(?:n['’]t\b|(?<=can)not\b)", " not", sentence)
    named = [option for option in options if any(re.search(s, sentence, re.I) for s in option.sentences)]
    if not named:
        return ""
    free = next((option for option in named if option.free), None)
    if free is not None:
        return free.name
    negations = len(NEGATION.findall(sentence))
    plain = [option for option in named if option.against == bool(negations)]
    return "open" if HEDGE.search(sentence) or negations > 1 or len(plain) != 1 else plain[0].name


def _paragraphs(text: str) -> list[list[str]]:
    """What was written, without a greeting above and from a closing line on; empty lines part paragraphs."""
    paragraphs: list[list[str]] = [[]]
    for raw in text.replace("\xa0", " ").splitlines():
        line = " ".join(raw.split())
        if paragraphs != [[]] and SIGNED_BELOW.match(line):
            break
        if line and not (paragraphs == [[]] and GREETING.match(line)):
            paragraphs[-1].append(line)
        elif not line and paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _sentences(lines: list[str]) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?;])\s+", " ".join(lines)) if one]


def _reason(on_the_line: str, below: list[str]) -> str:
    """The reason in the sender's own words, on one line."""
    return " ".join(" ".join([AFTER_THE_WORD.sub("", on_the_line), *below]).split())
