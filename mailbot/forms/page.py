"""Paragraphs and form fields of a form: labels with their answers behind or below them, headings, and margins."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailbot.forms.answers import is_guidance, read_cell
from mailbot.forms.controls import questions_of
from mailbot.forms.document import Control, Line, Paragraph
from mailbot.forms.inline import Pair
from mailbot.forms.labels import means
from mailbot.forms.spelling import LONGEST, spelled
from mailbot.forms.standing import OF_LIST, Standing, Waiting, rank_of
from mailbot.forms.values import tidy

_REFERENCE = re.compile(
    r"(?<![\w/])(?<![\w/]-)(?=[\w/\-]{0,40}\d)(?=[\w/\-]{0,40}[A-Z])[A-Z\d]\w{0,40}(?:[/\-]\w{1,40}){1,9}"
)
LONGEST_LABEL = 200
"""Characters of the longest bold beginning of a paragraph that is taken for a label."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_OPTION = re.compile(r"(?:yes|no|not known|unknown|don['\u2019]?t know|not applicable|n/?k|n/?a)\b", re.I)
_CHOICE = re.compile(rf"[?:][\W_]*(?:{_OPTION.pattern}[\W_]*)+$", re.I)
"""Behind a question nothing but the options that answer it."""
_GAP = re.compile(r"(?<=\S)(?:\t|\s{3,})")
_IN_MARGINS = {"case_ref", "child_name", "child_dob", "sin_ref", "agency_name"}


class Page:
    """Reads paragraphs and form fields into a walk's standing."""

    def __init__(self, standing: Standing) -> None:
        self._at = standing

    def lines(self, lines: Iterable[Line], place: str) -> None:
        """The lines of a cell that holds labels and answers; below a bold label a plain line is no other one."""
        self._at.close()
        before = len(self._at.asked)
        lines = list(lines)
        for line, below in zip(lines, (*lines[1:], None), strict=True):
            plain = not line.bold and not line.bold_beginning.strip()
            if line.bold and below is not None and not below.bold and (name := self._of_bold(line)):
                self._at.close()
                self._at.open = Waiting(name, line.text, place, loud=True)
            elif plain and self._at.open is not None and self._at.open.loud:
                self._at.open.lines.append(line)
            elif plain and self._at.open is None and len(self._at.asked) > before and not self._at.pairs(line):
                self._at.continues([line])
            else:
                self.paragraph(Paragraph(line=line, place=place))
        self._at.close()

    def _of_bold(self, line: Line) -> str:
        """The field of a bold line that is all label, though words help to answer it behind a colon or dash."""
        name = self._at.target(line.text)
        pairs = [] if name else self._at.pairs(line)
        return name or (pairs[0][0] if pairs else "")

    def paragraph(self, block: Paragraph) -> None:
        """One paragraph, a label, an answer, both, or a heading."""
        text = block.text
        if block.aside:
            self._aside(block)
            return
        if not text:
            if self._at.open is not None and any(run.placeholder for run in block.line.runs):
                self._at.open.lines.append(block.line)
            return
        if _starts_with_box(block.line):
            # One option of the question above; its words are no label even where they read like one.
            if self._at.open is not None:
                self._at.open.lines.append(block.line)
            return
        capitals = text.isupper() and len(text) < 70 and bool(_WORD.search(text))
        loud = bool(block.level) or block.line.bold or capitals
        if loud and self._loud(block, text):
            return
        if people := self._at.list_of(text) if text.endswith(":") else "":
            self._at.close()
            self._at.open = Waiting(f"{OF_LIST}{people}", text, block.place)
            return
        pairs = self._at.pairs(block.line)
        plain = not loud and not block.line.bold_beginning.strip()
        if pairs and plain and self._tells_on(pairs):
            pairs = []
        if pairs:
            self._at.close()
            for name, label, line in pairs[:-1]:
                self._at.record(name, label, (line,), block.place)
            name, label, line = pairs[-1]
            bold = bool(block.line.bold_beginning.strip())
            self._at.open = Waiting(name, label, block.place, [line], loud=bold, level=block.level)
            if tidy(line.text) or any(run.field is not None for run in line.runs):
                self._settle_short()
            return
        if name := self._asks(text, loud):
            self._at.close()
            self._at.open = Waiting(name, text, block.place, loud=loud, level=block.level)
            self._at.under(text)
            return
        if self._unknown(block):
            return
        if self._at.open is not None:
            if not self._is_link(text):
                self._at.open.lines.append(block.line)
        elif reference := self._reference(text):
            self._at.record("case_ref", text, (Line.of(reference),), block.place)
        elif len(text) < 80:
            self._at.under(text)

    def _loud(self, block: Paragraph, text: str) -> bool:
        """A heading: of a section, of a question whose answer stands below, or of something unknown."""
        level = block.level or 9
        title = bool(means(self._at.definition.titles, text))
        name = self._at.target(text, near=not title)
        is_question = bool(name) and name != "-" and (text.endswith(":") or rank_of(text, 2) > 1)
        if is_question and (text.endswith(":") or means(self._at.section_phrases(), text) < 1000):
            if self._at.ignored is not None and rank_of(text, level) <= self._at.ignored:
                self._at.ignored = None
            return False
        if not title and self._at.pairs(block.line):
            return False
        if block.line.bold and not block.level and self._at.open is not None and len(text) > 120:
            return False
        self._at.close()
        self._at.heading(text, level)
        self._at.under(text)
        self._at.before = ""
        return True

    def _unknown(self, block: Paragraph) -> bool:
        """A label that nobody knows, with its answer behind it: it ends the answer before, and is told.

        It is a label where it is bold, or where an option behind it is ticked or left standing.
        """
        label = block.line.bold_beginning.strip()
        if label.endswith((":", "?")) and len(label) <= LONGEST_LABEL:
            answered = bool(tidy(block.line.text[block.line.text.index(label) + len(label) :]))
        else:
            choice = _CHOICE.search(block.line.text[: 2 * LONGEST_LABEL])
            if choice is None:
                return False
            label, options = block.line.text[: choice.start() + 1], block.line.after(choice.start() + 1)
            if self._at.open is not None and not _are_printed(options):
                return False
            answered = bool(read_cell([options], "yes_no").value)
        self._at.close()
        if answered and self._at.ignored is None:
            self._at.unknown.append((tidy(label), block.place))
        return True

    def _is_link(self, text: str) -> bool:
        """`Change date of birth`: the link of a saved web page beside the answer to the open question."""
        waiting = self._at.open
        if waiting is None or not text.startswith("Change"):
            return False
        asked = text.removeprefix("Change").strip()
        return not asked or spelled(asked) == spelled(waiting.label) or self._at.target(asked) == waiting.name

    def _asks(self, text: str, loud: bool) -> str:
        """The field that a paragraph which is all label asks for; empty where it is no label."""
        marked = text.endswith((":", "?"))
        name = self._at.target(text, near=loud or marked)
        waiting = self._at.open
        if waiting is None or loud or marked:
            return name
        # Below a bold question a plain line is its answer, even where it reads like a label.
        answers = len(text) >= 60 or (waiting.loud and (waiting.lines or not waiting.level))
        return "" if answers else name

    def _tells_on(self, pairs: list[Pair]) -> bool:
        """Whether a line with a colon goes on with a long answer: what it seems to ask was asked before, or is never
        read."""
        waiting = self._at.open
        if waiting is None or not waiting.lines or not self._is_long(waiting.name):
            return False
        return all(name in {"-", waiting.name} or self._at.was_asked(name) for name, _, _ in pairs)

    def _is_long(self, name: str) -> bool:
        known = self._at.definition.fields.get(name.partition(":")[0])
        return known is not None and known.type in ("text", "passage")

    def _settle_short(self) -> None:
        """An answer that began on its label's own line goes on below only where it is long text."""
        if self._at.open is None:
            return
        if is_guidance(self._at.open.lines[0]):
            return
        if not self._is_long(self._at.open.name) or len(self._at.open.lines[0].text) < 60:
            self._at.close()

    def _aside(self, block: Paragraph) -> None:
        """Page headers, footers and text boxes hold the reference and the child, never an answer or a section."""
        kept = self._at.section, self._at.before, self._at.ignored
        self._at.ignored = None
        pairs = [one for one in self._at.pairs(block.line) if one[0] in _IN_MARGINS]
        for name, label, line in pairs:
            gap = _GAP.search(line.text.rstrip())
            # Behind a gap stands a marking or a page number.
            self._at.record(name, label, (line.between(0, gap.start()) if gap else line,), block.place)
        reference = "" if any(name == "case_ref" for name, _, _ in pairs) else self._reference(block.text)
        if reference:
            self._at.record("case_ref", block.text, (Line.of(reference),), block.place)
        self._at.section, self._at.before, self._at.ignored = kept

    def _reference(self, text: str) -> str:
        """`Case SCP/2025/041`: a reference behind its label without a colon."""
        match = _REFERENCE.search(text)
        if match is None or "case_ref" not in self._at.definition.fields:
            return ""
        words = text[: match.start()].split()[-LONGEST:]
        return match[0] if any(self._at.target(" ".join(words[i:])) == "case_ref" for i in range(len(words))) else ""

    def controls(self, controls: list[Control]) -> None:
        """Each form field by its name, if that is the field's own, by its tool tip, or by its name as words."""
        for question in questions_of(controls, self._at.definition.fields, self._at.target):
            if question.name:
                self._at.record(question.name, question.label, (question.answer,), question.place)
        self._at.before = ""


def _starts_with_box(line: Line) -> bool:
    return next((run.tick is not None for run in line.runs if run.shown.strip()), False)


def _are_printed(options: Line) -> bool:
    """Whether there are options to choose from, as no answer has them that somebody wrote."""
    return any(run.tick is not None for run in options.runs) or len(_OPTION.findall(options.text)) > 1
