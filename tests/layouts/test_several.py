"""Row 19 of the layouts: one mail with several agencies' files, one agency with several, the same one again."""

from __future__ import annotations

from tests.documents.word_files import paragraph, run, table, word_file
from tests.intake.office import REF, Office
from tests.intake.test_returns import completed
from tests.layouts.forms import BOLD
from tests.layouts.mails import comes, mail, status
from tests.locking import plain_zip

ICB = "designated.nurse@westmarch-icb.example"
LATER = "Wed 3 Jun 2026 9:00"


def form(office: Office, agency: str, summary: str = "Seen once.", child: str = "", born: str = "") -> bytes:
    """A short return of this agency about the case's child, or another."""
    return word_file(
        paragraph(run("Initial scoping return", BOLD))
        + table(
            ["Agency", agency],
            ["Name of child", child or office.case.child.name],
            ["Date of birth", born],
            ["Has your agency had any involvement?", "Yes"],
            ["Summary of involvement", summary],
        )
    )


def test_layout_19_one_mail_brings_several_agencies_returns(scoped: Office) -> None:
    """Row 19: the ICB sends its own file and the hospital's: each counts for the agency that it names."""
    files = [
        ("ICB.docx", form(scoped, "Westmarch Integrated Care Board", "GP consultations.")),
        ("Hospital.docx", form(scoped, "Westmarch General Hospital", "One admission.")),
    ]
    comes(scoped, mail(ICB, f"Re: {REF}", "Both attached.", files=files))

    assert scoped.last.state == "handled"
    summaries = {name: scoped.case.requests[name].fields.get("involvement_summary") for name in ("icb", "hospital")}
    assert summaries == {"icb": "GP consultations.", "hospital": "One admission."}
    assert status(scoped, "police") == "sent"


def test_layout_19_form_chronology_and_genogram_of_one_agency(scoped: Office) -> None:
    """Row 19: three files of one agency are one return; the one that is no form is kept as its paper."""
    genogram = word_file(paragraph("Genogram") + paragraph("A drawing of the family."))
    files = [*completed(scoped, "icb"), ("Genogram.docx", genogram)]
    comes(scoped, mail(ICB, f"Re: {REF}", "All attached.", files=files))

    assert (scoped.last.state, status(scoped, "icb")) == ("handled", "returned")
    assert scoped.case.requests["icb"].rows
    assert "Genogram.docx" in {paper.name for paper in scoped.case.requests["icb"].papers}


def test_layout_19_both_agencies_files_in_one_zip(scoped: Office) -> None:
    """Row 19: the ICB packs its own return and the hospital's into one zip: it is a paper of both."""
    files = [
        ("ICB.docx", form(scoped, "Westmarch Integrated Care Board", "GP consultations.")),
        ("Hospital.docx", form(scoped, "Westmarch General Hospital", "One admission.")),
    ]
    comes(scoped, mail(ICB, f"Re: {REF}", "Zipped.", files=[("Returns.zip", plain_zip(*files))]))

    for agency, summary in (("icb", "GP consultations."), ("hospital", "One admission.")):
        request = scoped.case.requests[agency]
        assert request.fields["involvement_summary"] == summary
        assert [paper.name for paper in request.papers] == ["Returns.zip"]


def test_layout_19_two_returns_for_one_agency_are_told(scoped: Office) -> None:
    """Row 19: two surgeries answer through their health board: the first one's answers count, a person compares."""
    icb = "Westmarch Integrated Care Board"
    files = [("Mill Lane.docx", form(scoped, icb, "Ten visits.")), ("Quay.docx", form(scoped, icb, "No visits."))]
    comes(scoped, mail(ICB, f"Re: {REF}", "Both attached.", files=files))

    request = scoped.case.requests["icb"]
    assert request.fields["involvement_summary"] == "Ten visits."
    assert {paper.name for paper in request.papers} == {"Mill Lane.docx", "Quay.docx"}
    told = [scoped.opened(letter).subject for letter in scoped.letters("question")]
    assert [subject for subject in told if "Several returns of one agency" in subject]


def test_layout_19_a_genogram_beside_a_chronology_is_kept(scoped: Office) -> None:
    """Row 19: no form, only a chronology and a drawing: the drawing is a paper of the case all the same."""
    genogram = word_file(paragraph("Genogram") + paragraph("A drawing of the family."))
    files = [completed(scoped, "icb")[1], ("Genogram.docx", genogram)]
    comes(scoped, mail(ICB, f"Re: {REF}", "The form follows.", files=files))

    events = [stored.event for stored in scoped.parts.casebook.events(REF) if stored.event.mail == scoped.last.id]
    assert "Genogram.docx" in {paper.name for event in events for paper in getattr(event, "papers", ())}


def test_layout_19_a_second_version_takes_the_place_of_the_first(scoped: Office) -> None:
    """Row 19: the form comes again with another summary: the newer words count, the older file is kept."""
    icb = "Westmarch Integrated Care Board"
    comes(scoped, mail(ICB, f"Re: {REF}", "Attached.", files=[("Return.docx", form(scoped, icb, "First draft."))]))
    comes(
        scoped,
        mail(ICB, f"Re: {REF} v2", "Please use this one.", files=[("Return v2.docx", form(scoped, icb, "Second."))]),
        LATER,
    )

    assert scoped.case.requests["icb"].fields["involvement_summary"] == "Second."
    assert scoped.parts.mailbag.ledger().balanced


def test_layout_19_the_same_mail_again_changes_nothing(scoped: Office) -> None:
    """Row 19: the same mail twice in the mailbox, byte for byte: one return, one letter of thanks."""
    again = mail(ICB, f"Re: {REF}", "All attached.", files=completed(scoped, "icb"))
    comes(scoped, again)
    rows = scoped.case.requests["icb"].rows
    comes(scoped, again, LATER)

    assert scoped.case.requests["icb"].rows == rows
    assert status(scoped, "icb") == "returned"
    assert len(scoped.letters("thanks")) == 1


def test_layout_19_the_form_of_another_child_is_held(scoped: Office) -> None:
    """Row 19: the file in a mail about this case is about another child: held, and a person is told."""
    other = form(scoped, "Westmarch Integrated Care Board", child="Wilfred Oakhanger", born="03/04/2014")
    comes(scoped, mail(ICB, f"Re: {REF}", "Attached.", files=[("Return.docx", other)]))

    assert (scoped.last.state, status(scoped, "icb")) == ("held", "sent")
    assert "another child" in scoped.last.reason
    assert "Oakhanger" not in scoped.last.reason
    assert scoped.letters("warning")
