"""What our letters say, and that nothing in a referral can change how they look."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mailbot.documents.letters import FACTS, Letters
from mailbot.errors import ConfigProblems

SHIPPED = Path(__file__).parents[2] / "templates"
PARTNERSHIP = {
    "name": "Wychmoor Safeguarding Children Partnership",
    "address": "rapidreview@wychmoor-scp.example",
    "telephone": "01632 960 123",
    "contact": "Ada Finch",
    "marking": "OFFICIAL-SENSITIVE",
    "legal_basis": "section 16H of the Children Act 2004",
}
COMMON: dict[str, Any] = {
    "ref": "RR-2026-001",
    "initials": "T.S-J.",
    "today": "Monday 1 June 2026",
    "agency_name": "Moss Lane Surgery",
    "partnership": PARTNERSHIP,
}
DUE: dict[str, Any] = {
    "due": "5 pm on Wednesday 10 June 2026",
    "due_short": "Wednesday 10 June",
    "sent_on": "Monday 1 June 2026",
    "outstanding": ["the scoping form", "the chronology"],
}
MEETING = "10 am on Friday 12 June 2026"
LEARNING: dict[str, Any] = {
    "agreed": True,
    "activity": "An audit of how bruising is recorded",
    "lead": "Audit Group",
    "reason": "It is the third time.",
    "criteria": ["Recurring theme"],
    "due": "Friday 4 September 2026",
}
OWN: dict[str, dict[str, Any]] = {
    "acknowledgement": {"what": "referral", "received": "4.10 pm on Friday 29 May 2026"},
    "scoping": {
        "outline": "A child was taken to hospital with an injury that nobody could explain.",
        "referred_by": "Wychmoor Council",
        "received": "Friday 29 May 2026",
        "due": "5 pm on Wednesday 10 June 2026",
        "due_short": "Wednesday 10 June",
        "return_days": 7,
        "meeting": MEETING,
        "asked": ["Moss Lane Surgery", "Wychmoor Police"],
        "because": "the referral names it as the child's GP",
    },
    "reminder": DUE,
    "chase": {**DUE, "due_today": False, "days_late": 1},
    "escalation": {
        "in_part": False,
        "met": "",
        **DUE,
        "days_late": 2,
        "spoc": "reception@mosslane.example",
        "chased_on": ["9 June", "11 June"],
    },
    "thanks": {"received": ["the scoping form"], "nil": False},
    "reask": {"received": ["the scoping form"], "missing": ["the chronology"], "choices": [], "unclear": ""},
    "extension": {
        "granted": True,
        "due": "5 pm on Friday 12 June 2026",
        "due_short": "Friday 12 June",
        "why": "the meeting is on Monday",
    },
    "la_enquiry": {
        "wants": "decision",
        "referred_by": "Wychmoor Police",
        "received": "Friday 29 May 2026",
        "definition": "Serious Harm includes (but is not limited to) serious and / or long-term impairment.",
        "attached": True,
        "answer_days": 2,
        "form_days": 5,
        "due": "5 pm on Wednesday 10 June 2026",
        "due_short": "Wednesday 10 June",
        "late": False,
        "again": False,
        "higher": False,
        "asked": "hos@wychmoor.example",
        "asked_on": "",
    },
    "partner_enquiry": {
        "topic": "threshold",
        "threshold": {
            "referred_by": "Wychmoor Police",
            "received": "Friday 29 May 2026",
            "la_name": "Wychmoor Council",
            "decided_on": "Tuesday 2 June 2026",
            "reason": "The injury has healed.",
            "definition": "Serious Harm includes (but is not limited to) serious and / or long-term impairment.",
            "answer_days": 2,
        },
        "due": "5 pm on Wednesday 10 June 2026",
        "again": False,
    },
    "notice": {
        "news": "incident",
        "referred_by": "Wychmoor Police",
        "received": "Friday 29 May 2026",
        "la_name": "Wychmoor Council",
        "reason": "",
        "meeting": MEETING,
        "venue": "",
        "challenges": ["Omar Reid: the scan of 4 June"],
        "due": "5 pm on Wednesday 10 June 2026",
    },
    "threshold_decision": {
        "accepted": False,
        "received": "Friday 29 May 2026",
        "la_name": "Wychmoor Council",
        "reason": "The injury has healed.",
    },
    "case_news": {
        "news": "withdrawn",
        "area": "",
        "answered": False,
        "due": "",
        "to_referrer": False,
    },
    "invitation": {
        "meeting": MEETING,
        "venue": "Room 2, Civic Offices",
        "how": "in person",
        "extraordinary": True,
        "moved": False,
        "cancelled": False,
        "contents": ["the referral"],
    },
    "pack": {
        "meeting": MEETING,
        "contents": ["the referral"],
        "absent": ["Northvale NHS Trust"],
        "version": 2,
        "changes": ["New: Wychmoor Homes, return."],
    },
    "submission": {
        "la_name": "Wychmoor Council",
        "sin_ref": "SIN-4471",
        "notified": "Friday 29 May 2026",
        "received": "Friday 29 May 2026",
        "meeting": MEETING,
        "outline": "A child has been seriously harmed.",
        "decision": "to carry out a local child safeguarding practice review",
        "reason": "Agencies did not share what they knew.",
        "partners": [{"name": "Omar Reid", "role": "Superintendent", "partner": "police"}],
        "quorate": True,
        "endorsed": "Monday 15 June 2026",
        "criteria": [{"text": "Themes that recur", "met": True, "reason": "Seen twice this year."}],
        "signed": [{"name": "Omar Reid", "role": "Superintendent", "date": "Tuesday 16 June 2026"}],
        "late": "",
    },
    "outcome": {
        "answered": True,
        "meeting": MEETING,
        "decision": "that no review is needed",
        "to_referrer": True,
        "national": False,
        "learning": ["Ask who lives in the home."],
    },
    "panel_decision": {"answer": "national_review", "asked_for": False, "to_referrer": False, "answered": True},
    "learning_decision": {"learning": LEARNING},
    "subgroup_request": {"learning": LEARNING},
    "approval_request": {
        "title": "Scoping round 1, 2 letters",
        "items": [
            {
                "n": n,
                "kind": "scoping",
                "agency": f"Agency {n}",
                "to": ["spoc@agency.example"],
                "subject": f"[RR-2026-001] Letter {n}",
                "attachments": ["Form.docx"],
            }
            for n in (1, 2)
        ],
        "go_by": "5 pm on Tuesday 2 June 2026",
        "expires": "5 pm on Monday 8 June 2026",
        "code": "K7QX-42MD",
        "grace": 5,
        "command": "mailbot approve RR-2026-001/scoping-1 --as manager@partnership.example",
        "warnings": ["Agency 2 has no secure route."],
        "sample": "Dear colleague\n\n1. Secure *all* records\n2. Reply\n",
        "unauthenticated": False,
    },
    "question": {
        "title": "Which day?",
        "paragraphs": ["Please choose."],
        "commands": ["mailbot record X meeting Y"],
        "replies": ["meeting Y"],
    },
    "digest": {
        "title": "Monday 8 June: 1 due",
        "sections": [
            {"title": "Due by Tuesday 9 June", "lines": ["RR-2026-001 (W.A.): the scoping letters, by 5 pm"]}
        ],
        "commands": ["mailbot cases"],
    },
    "warning": {
        "title": "A letter came back",
        "paragraphs": ["The address was refused."],
        "commands": [],
        "replies": [],
    },
}
UGLY = "Smith & Jones <GP> *not* _bold_ [link](http://x.example) ![p](q) `code` # 1. <b>x</b> &amp; \\ | ~~s~~"


class Words(HTMLParser):
    """The words of a page, and every tag and attribute that could fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture
def letters() -> Letters:
    return Letters((SHIPPED,))


def facts(kind: str, **changes: Any) -> dict[str, Any]:
    return {**COMMON, **OWN[kind], **changes}


def test_every_template_is_in_order(letters: Letters) -> None:
    assert letters.check() == []
    assert set(OWN) == set(FACTS)


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_letter_carries_its_reference_and_is_signed(letters: Letters, kind: str) -> None:
    letter = letters.render(kind, facts(kind))
    assert "RR-2026-001" in letter.subject
    assert "RR-2026-001" in letter.text
    assert "Wychmoor Safeguarding Children Partnership" in letter.text
    assert "OFFICIAL-SENSITIVE" in letter.text
    assert "**" not in letter.text
    assert "\n\n\n" not in letter.text
    assert "{" not in letter.text + letter.html


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_text_and_html_say_the_same(letters: Letters, kind: str) -> None:
    letter = letters.render(kind, facts(kind))
    shown = Words(letter.html).text
    for line in letter.text.splitlines():
        words = " ".join(line.split()).removeprefix("- ").lstrip("0123456789. ")
        if words.strip("-"):
            assert words in shown


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_nothing_remote_is_in_a_letter(letters: Letters, kind: str) -> None:
    page = Words(letters.render(kind, facts(kind)).html)
    assert not page.tags & {"img", "link", "script", "a", "iframe", "object"}
    assert not page.attributes & {"src", "href", "background"}


def test_a_name_with_markup_in_it_stands_as_it_was_written(letters: Letters) -> None:
    letter = letters.render("scoping", facts("scoping", agency_name=UGLY, asked=[UGLY], outline=UGLY, because=UGLY))
    assert letter.text.count(UGLY) == 5
    page = Words(letter.html)
    assert page.text.count(UGLY) == 5
    assert not page.tags & {"a", "img", "b", "em", "s"}


@pytest.mark.parametrize("start", ["# a", "> a", "- a", "1. a", "    a", "```", "***", "| a |", "<!-- a"])
def test_a_fact_that_begins_like_markup_is_a_paragraph(letters: Letters, start: str) -> None:
    letter = letters.render("question", facts("question", paragraphs=[start], commands=[], replies=[]))
    assert start.strip() in letter.text
    assert not Words(letter.html).tags & {"h1", "ul", "ol", "blockquote", "code", "hr"}


@pytest.mark.parametrize("name", ["محمد علي", "Дарья Ω", "李小龍", "Zoë Ó Súilleabháin", "👩‍👧"])
def test_names_in_any_script(letters: Letters, name: str) -> None:
    letter = letters.render("thanks", facts("thanks", agency_name=name))
    assert name in letter.text
    assert name in letter.html


def test_a_subject_is_one_line(letters: Letters) -> None:
    letter = letters.render("question", facts("question", title="Which day?\r\nBcc: all@agency.example\x00"))
    assert letter.subject == "[RR-2026-001] T.S-J.: Which day? Bcc: all@agency.example"


def test_the_scoping_letter_says_what_document_3_must(letters: Letters) -> None:
    letter = letters.render("scoping", facts("scoping"))
    assert letter.subject == "[RR-2026-001] T.S-J.: Scoping request, please reply by Wednesday 10 June"
    for must in (
        "A child was taken to hospital",
        "basic facts and the extent of your involvement",
        "Secure all your records now",
        "only through a nominated representative",
        "return them by 5 pm on Wednesday 10 June 2026",
        "attached form and chronology",
        "Name your representative",
        "RR-2026-001: nil return.",
        "- Wychmoor Police",
        "missing from this list, please tell us",
        "in any format",
        "ring Ada Finch on 01632 960 123",
    ):
        assert must in letter.text


def test_the_date_that_matters_comes_first(letters: Letters) -> None:
    for kind in ("scoping", "reminder", "chase", "escalation"):
        top = letters.render(kind, facts(kind)).text[:250]
        assert "5 pm on Wednesday 10 June 2026" in top


def test_a_chase_on_the_day_and_a_chase_after_it(letters: Letters) -> None:
    today = letters.render("chase", facts("chase", due_today=True, days_late=0))
    later = letters.render("chase", facts("chase", days_late=2))
    assert today.subject == "[RR-2026-001] T.S-J.: Reply due today, Wednesday 10 June"
    assert later.subject == "[RR-2026-001] T.S-J.: Reply overdue since Wednesday 10 June"
    assert "late" not in today.text
    assert "2 working days late" in later.text


def test_an_acknowledgement_gives_nothing_away(letters: Letters) -> None:
    letter = letters.render("acknowledgement", facts("acknowledgement"))
    assert "T.S-J." not in letter.subject + letter.text + letter.html


def test_a_nil_return_is_thanked_for(letters: Letters) -> None:
    assert "nil return" in letters.render("thanks", facts("thanks", nil=True)).text


def test_the_approval_email_shows_the_answers_and_the_first_letter(letters: Letters) -> None:
    letter = letters.render("approval_request", facts("approval_request"))
    assert letter.subject == "[RR-2026-001 K7QX-42MD] Approve: Scoping round 1, 2 letters"
    for must in ("APPROVE 1, 3-4", "REJECT and your reason", "HOLD", "mailbot approve", "2. Agency 2", "Form.docx"):
        assert must in letter.text
    assert "    1. Secure *all* records\n    2. Reply" in letter.text
    assert "not authenticated" not in letter.text
    warned = letters.render("approval_request", facts("approval_request", unauthenticated=True))
    assert "replies are not authenticated here" in warned.text


def test_items_keep_their_numbers_whatever_is_left_of_the_round(letters: Letters) -> None:
    left = [{**item, "n": n} for item, n in zip(OWN["approval_request"]["items"], (3, 7), strict=True)]
    letter = letters.render("approval_request", facts("approval_request", items=left))
    for must in ("3. Agency 1", "7. Agency 2"):
        assert f"\n\n{must}" in letter.text
        assert must in Words(letter.html).text


def test_a_command_is_shown_as_it_is_typed(letters: Letters) -> None:
    command = "mailbot record RR-2026-001 action 'see `sibling`' --as a@b.example"
    letter = letters.render("question", facts("question", commands=[command]))
    assert f"- {command}" in letter.text
    assert "<code" in letter.html


def test_a_letter_about_no_case_has_no_empty_reference(letters: Letters) -> None:
    letter = letters.render("warning", facts("warning", ref="", initials=""))
    assert letter.subject == "Warning: A letter came back"
    assert "Reference" not in letter.text


def test_a_missing_fact_stops_the_letter(letters: Letters) -> None:
    known = facts("reminder")
    del known["due"]
    with pytest.raises(ConfigProblems, match=r"letters/reminder\.md: 'due' is undefined"):
        letters.render("reminder", known)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An office's own templates folder for letters."""
    folder = tmp_path / "letters"
    folder.mkdir()
    return folder


def test_an_office_writes_its_own_thanks(own: Path) -> None:
    (own / "thanks.md").write_text('Subject: [{{ ref }}] Ta\n\nTa, {{ agency_name }}.\n\n{% include "_end.md" %}\n')
    letters = Letters((own.parent, SHIPPED))
    assert letters.check() == []
    assert letters.render("thanks", facts("thanks")).text.startswith(
        "Ta, Moss Lane Surgery.\n\nIf anything is unclear"
    )


def test_what_is_wrong_with_an_offices_own_letters_is_said(own: Path) -> None:
    (own / "thanks.md").write_text("Subject: [{{ ref }}]\n\nTa, {{ agency_nam }}.\n")
    (own / "chase.md").write_text("Dear all\n")
    (own / "pack.md").write_text("Subject: x\n\n{% if %}\n")
    (own / "chaser.md").write_text("Subject: x\n\nx\n")
    problems = "\n".join(Letters((own.parent, SHIPPED)).check())
    assert "letters/thanks.md: there is no fact `agency_nam`" in problems
    assert "letters/chase.md: the first line must be" in problems
    assert "letters/pack.md: Expected an expression" in problems
    assert "letters/chaser.md: there is no such kind of letter" in problems


def test_a_template_cannot_reach_the_machine(own: Path) -> None:
    (own / "thanks.md").write_text("Subject: x\n\n{{ ref.__class__.__mro__ }}\n")
    with pytest.raises(ConfigProblems):
        Letters((own.parent, SHIPPED)).render("thanks", facts("thanks"))


@pytest.mark.parametrize("news", ["incident", "accepted", "refused", "meeting", "upheld", "overturned", "more_time"])
def test_a_notice_says_its_news_and_nothing_of_another(letters: Letters, news: str) -> None:
    words = {
        "incident": "We have asked Wychmoor Council",
        "accepted": "accepts that this is serious harm",
        "refused": "has decided that this is not serious harm",
        "meeting": "Virtual meeting: 10 am on Friday 12 June 2026",
        "upheld": "The decision that this is not serious harm stands",
        "overturned": "this is treated as serious harm",
        "more_time": "your decision by 5 pm on Wednesday 10 June 2026",
    }
    text = letters.render("notice", facts("notice", news=news)).text
    assert [other for other, said in words.items() if said in text] == [news]


def test_the_question_to_the_local_authority_says_how_to_answer_and_by_when(letters: Letters) -> None:
    first = letters.render("la_enquiry", facts("la_enquiry", due="", due_short=""))
    assert first.subject == "[RR-2026-001] T.S-J.: Serious harm or not"
    for must in (
        "within 2 working days",
        "- SERIOUS HARM:",
        "- NO SERIOUS HARM:",
        "- MORE TIME:",
        "long-term impairment",
    ):
        assert must in first.text
    late = letters.render("la_enquiry", facts("la_enquiry", late=True, again=True, asked_on="Monday 1 June 2026"))
    assert late.subject == "[RR-2026-001] T.S-J.: Serious harm or not, was due Wednesday 10 June"
    assert "We wrote to you about this on Monday 1 June 2026" in late.text
    higher = letters.render("la_enquiry", facts("la_enquiry", higher=True, again=True))
    assert "We wrote to hos@wychmoor.example" in higher.text


def test_the_form_is_asked_for_without_the_question(letters: Letters) -> None:
    letter = letters.render("la_enquiry", facts("la_enquiry", wants="form", initials=""))
    assert letter.subject == "[RR-2026-001] JCR referral form, please answer by Wednesday 10 June"
    assert "SERIOUS HARM" not in letter.text
    assert "within 5 working days" in letter.text


def test_the_referring_agency_hears_of_both_ends(letters: Letters) -> None:
    upheld = letters.render("threshold_decision", facts("threshold_decision")).text
    accepted = letters.render("threshold_decision", facts("threshold_decision", accepted=True)).text
    assert "not serious harm" in upheld
    assert "goes on to a Rapid Review" in accepted
    assert "not serious harm" not in accepted


def test_a_lead_who_is_asked_to_sign_off_reads_the_decision_and_the_word_to_answer_with(letters: Letters) -> None:
    sign_off = {"meeting": MEETING, "decision": "that no review is needed", "reason": "Nothing more to learn."}
    asked = letters.render("partner_enquiry", facts("partner_enquiry", topic="sign_off", sign_off=sign_off))
    assert "Please sign off the Rapid Review Template" in asked.subject
    assert "that no review is needed" in asked.text
    assert "SIGNED" in asked.text
    assert "serious harm" not in asked.text.casefold()


def test_who_was_invited_before_reads_that_the_date_moved(letters: Letters) -> None:
    moved = letters.render("invitation", facts("invitation", moved=True))
    assert "New date of the Rapid Review meeting" in moved.subject
    assert "in place of the one that we sent you before" in moved.text


def test_a_meeting_called_off_asks_for_no_answer(letters: Letters) -> None:
    off = letters.render("invitation", facts("invitation", cancelled=True, contents=[]))
    assert "Called off: the Rapid Review meeting" in off.subject
    assert "will not be held" in off.text
    assert "accept or decline" not in off.text


@pytest.mark.parametrize(
    ("answer", "asked_for", "words"),
    [
        ("national_review", False, "takes the place of the decision that we told you of before"),
        ("national_review", True, "There will be a national"),
        ("agrees", True, "agrees with the safeguarding partners' recommendation"),
        ("comments", True, "has sent comments"),
    ],
)
def test_agencies_read_what_the_panel_replied(letters: Letters, answer: str, asked_for: bool, words: str) -> None:
    told = letters.render("panel_decision", facts("panel_decision", answer=answer, asked_for=asked_for))
    assert words in " ".join(told.text.split())


def test_a_letter_that_reckons_wrongly_is_told_of_as_its_templates_fault(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    whole = (SHIPPED / "letters" / "thanks.md").read_text("utf-8")
    (tmp_path / "letters" / "thanks.md").write_text(whole + "{{ 1 / 0 }}{{ ref + 1 }}", "utf-8")
    with pytest.raises(ConfigProblems, match=r"templates/letters/thanks\.md: .* \(ZeroDivisionError\)"):
        Letters((tmp_path, SHIPPED)).render("thanks", facts("thanks"))
