"""Rows 14, 15 and 20 of the layouts: answers in the mail itself, markings in its subject, unknown mailboxes."""

from __future__ import annotations

import pytest

from mailbot.demo.mails import quoted
from tests.documents.word_files import paragraph, run, table, word_file
from tests.intake.office import REF, Office
from tests.intake.test_returns import completed
from tests.layouts.forms import BOLD, REFERRAL, read_word, values
from tests.layouts.mails import asked, comes, mail, status

POLICE = "Ros Tate <review.team@westmarch-police.example>"
HOUSING = "Ana Bell <safeguarding@westmarch-homes.example>"
QUESTIONS = (
    ("Agency", "Westmarch Homes"),
    ("Name of person completing this form", "Ana Bell"),
    ("Has your agency had any involvement?", "Yes"),
    ("Summary of involvement", "Two visits about damp in 2025."),
    ("Key issues", ""),
)


@pytest.mark.parametrize(
    "text",
    [
        "Nil return: this family is not known to us.",
        "Good morning,\n\nNo trace on any of our systems.\n\nKind regards\nAna",
        "We have had no involvement with this child or family.",
    ],
)
def test_layout_14_one_line_of_mail_is_a_nil_return(scoped: Office, text: str) -> None:
    """Row 14: nil return, no involvement, no trace: in the body, without an attachment."""
    comes(scoped, mail(HOUSING, "Re: your letter", text, answers=asked(scoped, "housing")))

    assert (scoped.last.state, status(scoped, "housing")) == ("handled", "nil")


@pytest.mark.parametrize(
    "text",
    [
        "The child is not known to us under that name.",
        "No involvement since 2019.",
        "We have no involvement, but the mother was a tenant until May.",
        "Not known to us? We are still checking.",
    ],
)
def test_layout_14_a_qualified_nil_return_goes_to_a_person(scoped: Office, text: str) -> None:
    """Row 14: `not known to us under that name` is a candidate only: not recorded, and the office is asked."""
    comes(scoped, mail(HOUSING, "Re: your letter", text, answers=asked(scoped, "housing")))

    assert status(scoped, "housing") == "sent"
    assert scoped.letters("question", "warning")


def test_layout_14_our_own_words_quoted_below_are_not_the_agencys(scoped: Office) -> None:
    """Row 14: our letter, quoted whole, says `nil return. We have had no involvement`: that is our example."""
    letter = asked(scoped, "housing")
    below = "\n".join(f"> {line}" for line in letter.text.splitlines())
    comes(
        scoped, mail(HOUSING, "Re: your letter", f"Thank you, received.\n\n{quoted(letter)}\n{below}", answers=letter)
    )

    assert "no involvement" in below
    assert status(scoped, "housing") == "acknowledged"


def test_layout_14_an_answer_typed_between_the_quoted_lines(scoped: Office) -> None:
    """Row 14: the agency answers in the middle of our letter."""
    letter = asked(scoped, "housing")
    text = (
        f"On 1 Jun 2026, {letter.sender.email} wrote:\n> Please reply by Monday.\n> If you have had no involvement,\n"
        "We have had no involvement with this child or family.\n> a reply of one line is welcome:\n"
    )
    comes(scoped, mail(HOUSING, "Re: your letter", text, answers=letter))

    assert status(scoped, "housing") == "nil"


def test_layout_14_see_below_with_nothing_below_goes_to_a_person(scoped: Office) -> None:
    """Row 14: `Please see below`, and what stands below is our own letter: no return."""
    letter = asked(scoped, "housing")
    comes(scoped, mail(HOUSING, "Re: your letter", f"Please see below.\n\n{quoted(letter)}", answers=letter))

    assert status(scoped, "housing") == "sent"
    assert scoped.letters("question")


def test_layout_14_a_return_pasted_into_the_mail_as_a_table(scoped: Office) -> None:
    """Row 14: the form's table pasted into the body (HTML): read like a file, and what it lacks is asked for."""
    rows = "".join(f"<tr><td><b>{label}</b></td><td>{answer}</td></tr>" for label, answer in QUESTIONS)
    page = f"<p>Our answers:</p><p><b>Initial scoping return</b></p><table>{rows}</table><p>Ana</p>"
    comes(scoped, mail(HOUSING, "Re: your letter", "", page, answers=asked(scoped, "housing")))

    request = scoped.case.requests["housing"]
    assert scoped.last.state == "handled"
    assert request.fields == {
        "agency_name": "Westmarch Homes",
        "author_name": "Ana Bell",
        "had_involvement": "yes",
        "involvement_summary": "Two visits about damp in 2025.",
    }
    assert status(scoped, "housing") == "part"
    assert scoped.letters("reask")


def test_layout_14_our_letter_below_in_html_is_no_return(scoped: Office) -> None:
    """Row 14: a thank-you in HTML with our letter and its table quoted below: nothing of ours is read as theirs."""
    letter = asked(scoped, "housing")
    rows = "".join(f"<tr><td><b>{label}</b></td><td>{answer}</td></tr>" for label, answer in QUESTIONS)
    page = (
        f"<div>Thank you, received.</div><div>On 1 Jun 2026, {letter.sender.email} wrote:</div>"
        f"<blockquote><p><b>Initial scoping return</b></p><table>{rows}</table></blockquote>"
    )
    text = f"Thank you, received.\n\n{quoted(letter)}"
    comes(scoped, mail(HOUSING, "Re: your letter", text, page, answers=letter))

    assert status(scoped, "housing") == "acknowledged"
    assert scoped.case.requests["housing"].fields == {}


@pytest.mark.parametrize(
    "subject",
    [
        f"OFFICIAL-SENSITIVE: Re: {REF} scoping",
        f"RESTRICTED - FW: [{REF}] return",
        f"[secure] OFFICIAL SENSITIVE Re: [{REF}]",
        "Official-Sensitive-Personal (once completed) rr/2026/001",
        f"CONFIDENTIAL WHEN COMPLETED {REF.replace('-', ' ')}",
    ],
)
def test_layout_15_a_marking_before_the_subject_hides_no_reference(scoped: Office, subject: str) -> None:
    """Row 15: protective markings of all generations stand first; the case is found, our answer has our marking."""
    comes(scoped, mail(POLICE, subject, "Our return is attached.", files=completed(scoped, "police")))

    assert (scoped.last.state, scoped.last.case) == ("handled", REF)
    (thanks,) = scoped.letters("thanks")
    assert "OFFICIAL-SENSITIVE" in scoped.opened(thanks).text


@pytest.mark.parametrize(
    "marking", ["RESTRICTED", "OFFICIAL-SENSITIVE (once completed)", "CONFIDENTIAL WHEN COMPLETED"]
)
def test_layout_15_a_marking_on_the_page_is_no_answer(marking: str) -> None:
    """Row 15: the marking is the first line, the page header and the footer of the form."""
    form = read_word(
        paragraph(run(marking, BOLD))
        + REFERRAL
        + table(["Referrer", "Jo Field"], ["School", ""])
        + paragraph(marking),
        header1=paragraph(marking),
        footer1=paragraph(f"{marking}          Page 1 of 4"),
    )

    assert form.kind == "referral"
    assert values(form) == {"referrer_name": "Jo Field"}
    assert form.blank == ("school_or_setting",)


def test_layout_20_a_mailbox_nobody_wrote_down_in_an_agencys_domain(scoped: Office) -> None:
    """Row 20: `office@` of a school, below the agency's domain: the return is that agency's."""
    sender = "office@ropewalk.westmarch-schools.example"
    comes(scoped, mail(sender, f"Re: {REF}", "Attached.", files=completed(scoped, "education")))

    assert scoped.last.state == "handled"
    assert status(scoped, "education") == "returned"


def test_layout_20_a_locums_own_mailbox_waits_for_a_persons_word(scoped: Office) -> None:
    """Row 20: a mailbox of no agency that we know, though it answers our letter: held, told, and then assigned."""
    sender = "Lee Moss <lee.moss@locum-mail.example>"
    files = completed(scoped, "icb")
    comes(scoped, mail(sender, f"Re: {REF}", "Attached.", files=files, answers=asked(scoped, "icb")))

    assert (scoped.last.state, status(scoped, "icb")) == ("held", "sent")
    assert "not in the directory" in scoped.last.reason
    assert scoped.letters("warning")

    scoped.parts.mailbag.release(scoped.last.id, REF)
    scoped.pass_("Tue 2 Jun 2026 11:00")
    assert status(scoped, "icb") == "returned"
    assert not scoped.letters("thanks"), "nobody writes to a mailbox that is not in the directory"


def test_layout_20_the_form_says_whose_return_it_is(scoped: Office) -> None:
    """Row 20: the ICB's mailbox sends the hospital's return: it counts for the agency that the form names."""
    form = word_file(
        paragraph(run("Initial scoping return", BOLD))
        + table(
            ["Agency", "Westmarch General Hospital"],
            ["Has your agency had any involvement?", "Yes"],
            ["Summary of involvement", "Seen once."],
            ["Name of child", scoped.case.child.name],
        )
    )
    sender = "designated.nurse@westmarch-icb.example"
    comes(scoped, mail(sender, f"Re: {REF}", "Attached.", files=[("return.docx", form)]))

    assert status(scoped, "hospital") == "part"
    assert status(scoped, "icb") == "sent"
