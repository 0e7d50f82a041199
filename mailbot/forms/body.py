"""A nil return written in the mail itself: `nil return: this family is not known to us`."""

from __future__ import annotations

import re

from mailbot.forms.form import Answer, Form, Problem

_PLACE = "email body"
_US = r"(?:any of )?(?:us|our|this|the)\b"
_THINGS = r"(?:involvement|contact|records?|knowledge|history|dealings|information)\b"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


_NIL = _any_of(
    r"\bnil[\s-]+return\b",
    r"\bno trace\b",
    rf"\b(?:not|never been|never) known (?:to|by) {_US}",
    rf"\bunknown to {_US}",
    rf"\b(?:nobody|no ?one|none of)\b.{{0,80}}\bknown to {_US}",
    rf"\bneither\b.{{1,80}}\bknown to {_US}",
    r"^not known\W*$",
    rf"\bno (?:\w+ ){{0,3}}{_THINGS}",
    rf"\bhold no {_THINGS}",
    rf"\b(?:do|does|did) not (?:hold|have) any {_THINGS}",
    r"\b(?:have|has|had) (?:not|never) (?:been involved|worked with|known|seen)\b",
    rf"\b(?:have|has|had) (?:not|never) had any {_THINGS}",
)
_QUALIFIED = _any_of(
    r"^not known\W*$",
    r"\b(?:but|except|apart from|other than|however|although|though|unless)\b",
    r"\b(?:until|since|before|after|recent|recently|current|currently|at present|now|yet|so far|in the last)\b",
    r"\b(?:initial|further|only|still (?:checking|looking)|to be confirmed)\b",
    r"\bunder (?:that|this|the) (?:name|surname|spelling|address|date)|\b(?:by|with) (?:that|this) name\b",
    r"\b(?:may|might|think|believe|possibly|appears?|seems?)\b",
    r"\bnot (?:an? )?nil\b|\bnot (?:submitting|sending|making|returning)\b",
)
_PART = r"(?:services?|teams?|departments?|divisions?|clinics?|wards?|sites?|branch(?:es)?|side|desk|unit)\b"
_KIND_OF_PART = (
    r"(?:adults?|children['’]?s?|maternity|midwifery|mental health|community|acute|paediatric|emergency|early help|"
    r"one|some|most|part)"
)
_ONE_PART = _any_of(
    rf"\bour (?!own\b|whole\b|entire\b)(?:[\w&'’/-]+ ){{1,4}}{_PART}",
    rf"\b(?:from|for|of|by|to|in|with|within) (?:the )?{_KIND_OF_PART}(?: [\w&'’/-]+){{0,3}} {_PART}",
    r"\b(?:from|for|in) (?:my|one|this|some) (?:part|side|section|end)\b|\bfor my part\b|\bon (?:my|this) side\b",
)
"""A nil for one part of an agency: another may know the family."""
_WILL = r"(?:\b(?:will|shall|going to)|['’]ll)(?: (?!not\b|never\b)\w+){0,2}"
_MORE_COMES = _any_of(
    r"\b(?:separately|to follow|following on|in due course|awaiting|pending|(?:is|are|still|remains?) outstanding)\b",
    rf"\b(?:other|another|sister|remaining|rest of (?:the|our)) (?:[\w&'’/-]+ ){{0,2}}{_PART}",
    rf"{_WILL} (?:follow|reply|respond|answer|return|submit|send|write|(?:come|get|report) back)(?:ed|ing)?\b",
    rf"{_WILL} (?:check|ask|search|look|confirm)(?:ed|ing)?\b",
    r"\b(?:am|are|is) (?:still |also )?(?:checking|asking|searching|looking|being \w+ed)\b",
    r"\b(?:have|has) (?:also )?(?:asked|passed|forwarded|referred)\b",
)
"""What says that this is not yet the whole answer."""
_HELPFUL = re.compile(r"(?i)\b(?:if|should)\b.{0,80}\b(?:you|anything|any|further|more|changes?)\b|\bhappy to\b")
"""Sentences that close a polite letter: `If you need anything else I will look.`"""
_QUESTION = _any_of(
    r"\?",
    r"^\s*(?:if|should|whether|can|could|is it|do you|does|would)\b",
    r"^\s*please (?:send|return|complete|confirm|let|could|can|reply|tell)\b",
)
_QUOTED = _any_of(
    r"^\s*>",
    r"^\s*-{2,}\s*(?:original message|forwarded message)",
    r"^\s*_{10,}",
    r"^\s*on .{5,120}\bwrote:",
    r"^\s*(?:from|sent):\s.+",
    r"^\s*begin forwarded message",
)
_BUT = _any_of(r"\b(?:but|however|although|though|except|apart from|other than|that said|having said)\b")
_INVOLVED = _any_of(
    r"\b(?:supervised|worked with|attended|visited|assessed|treated|admitted|referred|discharged|arrested|housed)\b",
    r"\b(?:was|were|is|are|has been|have been) (?:open|known|seen|supported|under|a patient|on our|allocated)\b",
    r"\bon our (?:list|books|caseload|roll|register)\b|\bregistered with us\b",
    r"\b(?:from|in|since|until|between) (?:\w+ )?(?:19|20)\d\d\b",
    r"\bcompleted (?:his|her|their)\b|\bcase was (?:opened|closed)\b|\bwe (?:saw|have seen|do know|did know)\b",
)
"""What says that there was something after all, in another sentence than the nil."""
_DISCLAIMER = re.compile(
    r"(?i)^\W*(?:disclaimer|confidentiality|this (?:e-?mail|message|communication|transmission)\b.{0,80}"
    r"\b(?:confidential|intended|privileged|attachment)|(?:the )?(?:information|contents?)"
    r" (?:contained )?(?:in|of) this e-?mail"
    r"|privileged and confidential)"
)
"""How the small print below a mail begins."""
_SIGNATURE = re.compile(r"^-- ?$")


def own_words(text: str) -> str:
    """What the sender wrote: without the mail quoted below, the signature below `-- ` and the small print."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if (
            _SIGNATURE.match(line)
            or (lines and _DISCLAIMER.match(line))
            or (_QUOTED.match(line) and not line.lstrip().startswith(">"))
        ):
            break
        if not line.lstrip().startswith(">"):
            lines.append(line)
    return "\n".join(lines).strip()


def read_body(text: str) -> Form | None:
    """A scoping_return Form with `had_involvement` = no where the sender's own words say so; None where they do not.

    `sure` is False, and a problem says so, where the words are near a nil return but qualified ("not known to us
    under that name", "no involvement since 2019"); a question is no answer.
    """
    said = [sentence for sentence in _sentences(own_words(text)) if _NIL.search(sentence)]
    said = [sentence for sentence in said if not _QUESTION.search(sentence)]
    if not said:
        return None
    plain = [sentence for sentence in said if not _QUALIFIED.search(sentence)]
    others = [one for one in _sentences(own_words(text)) if one not in said and _INVOLVED.search(one)]
    # One qualified sentence makes the plain ones doubtful too, and so does one that tells of involvement.
    sure = bool(plain) and len(plain) == len(said) and not others and not _takes_back(own_words(text))
    answer = Answer(value="no", raw=said[0], place=_PLACE, sure=sure)
    message = "The mail may be a nil return, but its words leave it open. Ask the agency to confirm."
    problems = () if sure else (Problem(problem="not_sure", field="had_involvement", message=message),)
    because = (f"the mail's own words: “{said[0]}”",)
    return Form(
        name=_PLACE, kind="scoping_return", because=because, fields={"had_involvement": answer}, problems=problems
    )


def _takes_back(words: str) -> bool:
    """Whether any sentence takes it back, or leaves a part of the agency still to answer.

    `However, the school nurse saw her in May.` `Nil from our adult team; children's services will reply separately.`
    """
    return any(
        _BUT.search(one)
        or (_NIL.search(one) and _ONE_PART.search(one))
        or (_MORE_COMES.search(one) and not _HELPFUL.search(one))
        for one in _sentences(words)
    )


def _sentences(words: str) -> list[str]:
    """Sentences and headings; a full stop inside a number or an abbreviation is no end."""
    joined = re.sub(r"(?<=[^\n.:?!])\n(?=[a-z])", " ", words)
    pieces = re.split(r"(?<=[.!?])\s+|\n+", joined)
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]
