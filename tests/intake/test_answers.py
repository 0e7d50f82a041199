"""Answers by mail: of the local authority, of partners, of the Panel, and the office's own word.

The police refer on Mon 1 Jun 2026; the council's decision maker is Ruth Ames. All mail comes through the real intake.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.demo.mails import Arriving, answer_subject, quoted
from mailbot.intake.mails import work_through
from mailbot.intake.opening import open_mail
from mailbot.store.outbox import Letter
from tests.builders import at
from tests.intake.office import MANAGER, REF, REFERRAL, Office, make_home, office_at

POLICE = "DI Sam Hart <sam.hart@westmarch-police.example>"
DECIDER = "ruth.ames@westmarch-council.example"
COLLEAGUE = "duty@westmarch-council.example"
LEADS = (
    "anita.rao@westmarch-council.example",
    "colin.frith@westmarch-police.example",
    "miriam.oyelaran@westmarch-icb.example",
)
PANEL = "panel@national-panel.example"
TUESDAY = "Tue 2 Jun 2026 10:00"
RUTH = f"""
[[person]]
name = "Ruth Ames"
email = "{DECIDER}"
role = "la_decision_maker"
title = "Head of Service"
partner = "local_authority"
"""


def approve_all(office: Office, when: str, later: str) -> None:
    office.answer(when, "APPROVE")
    office.pass_(later)


@pytest.fixture(scope="session")
def asked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("asked") / "home")
    people = home / "config" / "people.toml"
    people.write_text(people.read_text("utf-8") + RUTH, "utf-8")
    with office_at(home) as opened:
        opened.arrives("Mon 1 Jun 2026 9:00", Arriving(POLICE, "Referral", "A referral is attached.", [REFERRAL]))
        opened.pass_("Mon 1 Jun 2026 9:01")
        approve_all(opened, "Mon 1 Jun 2026 9:30", "Mon 1 Jun 2026 9:36")
        assert opened.letters("la_enquiry", status="sent")
    return home


@pytest.fixture
def asked(asked_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The council has been asked whether it is serious harm."""
    with office_at(shutil.copytree(asked_home, tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def discussed_home(asked_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = shutil.copytree(asked_home, tmp_path_factory.mktemp("discussed") / "home")
    with office_at(home) as opened:
        reply(opened, "Mon 1 Jun 2026 14:00", enquiry(opened), "NO SERIOUS HARM\n\nThe bruise has healed.", DECIDER)
        approve_all(opened, "Mon 1 Jun 2026 14:30", "Mon 1 Jun 2026 14:36")
        assert opened.letters("partner_enquiry", status="sent")
    return home


@pytest.fixture
def discussed(discussed_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The council said no, and the partners and the manager have been asked."""
    with office_at(shutil.copytree(discussed_home, tmp_path / "home")) as opened:
        yield opened


def enquiry(office: Office) -> Letter:
    return office.letters("la_enquiry", status="sent")[0]


def to_partner(office: Office, address: str) -> Letter:
    return next(a for a in office.letters("partner_enquiry", status="sent") if address in a.to)


def question(office: Office, words: str) -> Letter:
    """The latest question or warning to the office with these words in it."""
    found = [a for a in office.letters("question", "warning") if words in office.opened(a).text]
    return found[-1]


def reply(
    office: Office,
    when: str,
    letter: Letter,
    text: str,
    sender: str,
    headers: tuple[tuple[str, str], ...] = (),
    below: bool = True,
) -> str:
    """An answer to a letter of ours, with our letter quoted below it; gives what became of the mail."""
    ours = office.opened(letter)
    body = f"{text}\n\n{quoted(ours)}\n" if below else text
    office.arrives(when, Arriving(sender, answer_subject(ours), body, answers=ours, headers=headers))
    office.pass_(when)
    return office.last.state


def told(office: Office, words: str) -> list[str]:
    texts = [office.opened(a).text for a in office.letters("question", "warning")]
    return [text for text in texts if words in " ".join(text.split())]


def kind_of(office: Office) -> str:
    return open_mail(office.last, office.parts).read.kind


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("SERIOUS HARM\n\nThe injuries are life-changing.", True),
        ("Dear Helen\n\nWe agree that the threshold for serious harm is met.\n\nKind regards\nRuth", True),
        ("No serious harm. The bruise has healed.", False),
        ("This does not meet the criteria for serious harm.\n\nSent from my iPhone", False),
    ],
)
def test_the_decision_makers_answer_is_recorded_with_who_when_why(asked: Office, text: str, accepted: bool) -> None:
    assert reply(asked, TUESDAY, enquiry(asked), text, DECIDER) == "handled"
    assert asked.case.serious_harm is accepted
    assert asked.case.serious_harm_at == at(TUESDAY)
    assert asked.case.stage == ("scoping" if accepted else "partner_discussion")
    (event,) = [e.event for e in asked.parts.casebook.events(REF) if e.event.type == "serious_harm_decided"]
    assert (event.by, event.mail) == (DECIDER, asked.last.id)
    assert kind_of(asked) == "la_decision"


def test_the_decision_maker_hears_once_that_the_answer_came(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "SERIOUS HARM", DECIDER)
    reply(asked, "Tue 2 Jun 2026 10:30", enquiry(asked), "SERIOUS HARM", DECIDER)
    assert len([a for a in asked.letters("acknowledgement") if DECIDER in a.to]) == 1
    assert "said so before" in asked.last.reason


def test_more_time_is_noted_and_the_office_gives_the_day_by_reply(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "MORE TIME until Friday, please", DECIDER)
    assert asked.case.la_more_time
    assert asked.case.stage == "la_deciding"
    asking = question(asked, "more-time YYYY-MM-DD")
    assert reply(asked, "Tue 2 Jun 2026 11:00", asking, "more time Friday 5 June", MANAGER) == "handled"
    assert str(asked.case.la_more_time_until) == "2026-06-05"


@pytest.mark.parametrize(
    "text",
    ["SERIOUS HARM but only if the scan confirms it", "Probably not.", "We will let you know whether it is met."],
)
def test_an_unclear_answer_is_asked_again_once_politely_and_then_held(asked: Office, text: str) -> None:
    assert reply(asked, TUESDAY, enquiry(asked), text, DECIDER) == "handled"
    (letter,) = asked.letters("reask")
    assert letter.to == (DECIDER,)
    assert "NO SERIOUS HARM" in asked.opened(letter).text
    assert len(told(asked, "An answer was not clear")) == 1
    assert reply(asked, "Tue 2 Jun 2026 11:00", enquiry(asked), text, DECIDER) == "held"
    assert len(asked.letters("reask")) == 1
    assert asked.case.serious_harm is None


def test_a_colleagues_answer_is_confirmed_by_the_office(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "SERIOUS HARM", COLLEAGUE)
    assert asked.case.serious_harm is None
    asking = question(asked, "says SERIOUS HARM")
    assert f"mailbot record {REF} serious-harm yes --as YOU" in asked.opened(asking).text
    reply(asked, "Tue 2 Jun 2026 11:00", asking, "serious harm yes\nbecause the Head of Service says so", MANAGER)
    assert asked.case.serious_harm is True
    assert asked.case.serious_harm_reason == "the Head of Service says so"


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (POLICE, ()),
        ("ruth.ames@westmarch-counci1.example", ()),
        (DECIDER, (("Sender", "assistant@westmarch-council.example"),)),
    ],
)
def test_nobody_decides_in_the_authoritys_name(
    asked: Office, sender: str, headers: tuple[tuple[str, str], ...]
) -> None:
    assert reply(asked, TUESDAY, enquiry(asked), "NO SERIOUS HARM", sender, headers) == "held"
    assert asked.case.serious_harm is None


def test_a_plus_tagged_address_only_belongs_to_the_authority(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "NO SERIOUS HARM", "ruth.ames+x@westmarch-council.example")
    assert asked.case.serious_harm is None
    assert told(asked, "Please confirm the local authority's answer")


def test_a_spoofed_decision_is_held_and_assigning_it_does_not_make_it_true(asked: Office) -> None:
    ours = asked.opened(enquiry(asked))
    raw = asked.arrives(TUESDAY, Arriving(DECIDER, answer_subject(ours), "NO SERIOUS HARM", answers=ours))
    path = asked.mailbox / "inbox" / f"{asked.delivered:03}.eml"
    path.write_bytes(raw.replace(b"dmarc=pass", b"dmarc=fail", 1))
    asked.pass_(TUESDAY)
    assert "cannot be believed" in asked.last.reason
    asked.parts.mailbag.release(asked.last.id, REF)
    work_through(asked.last, asked.parts, at(TUESDAY))
    assert asked.last.state == "held"
    assert asked.case.serious_harm is None


def test_a_forwarded_answer_says_nothing(asked: Office) -> None:
    text = f"---------- Forwarded message ---------\nFrom: {COLLEAGUE}\nTo: x\n\nSERIOUS HARM"
    reply(asked, TUESDAY, enquiry(asked), text, DECIDER, below=False)
    assert asked.case.serious_harm is None


def test_an_old_answer_quoted_below_says_nothing(asked: Office) -> None:
    text = "Probably as before.\n\nOn 1 Jun 2026, Ruth Ames wrote:\n> SERIOUS HARM\n> because of the scan"
    reply(asked, TUESDAY, enquiry(asked), text, DECIDER, below=False)
    assert asked.case.serious_harm is None


def test_a_reply_in_html_only_counts_as_well(asked: Office) -> None:
    ours = asked.opened(enquiry(asked))
    raw = asked.arrives(TUESDAY, Arriving(DECIDER, answer_subject(ours), "PLACE", answers=ours))
    page = b"<html><body><p><b>NO SERIOUS HARM</b></p><p>The bruise has healed.</p></body></html>"
    raw = raw.replace(b"text/plain", b"text/html", 1).replace(b"PLACE", page, 1)
    (asked.mailbox / "inbox" / f"{asked.delivered:03}.eml").write_bytes(raw)
    asked.pass_(TUESDAY)
    assert asked.case.serious_harm is False
    assert asked.case.serious_harm_reason == "The bruise has healed."


def test_an_automatic_reply_is_neither_an_answer_nor_answered(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "SERIOUS HARM", DECIDER, (("Auto-Submitted", "auto-replied"),))
    assert asked.case.serious_harm is None
    assert not [a for a in asked.letters() if a.to == (DECIDER,) and a.kind != "la_enquiry"]


def test_an_answer_in_principle_is_not_lost_among_thanks(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "We accept it in principle. Thank you.", DECIDER)
    assert asked.case.serious_harm is None
    assert len(asked.letters("reask")) == 1


def test_thanks_and_questions_of_the_authority_are_no_decision(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "Thank you, received.", DECIDER)
    assert kind_of(asked) == "acknowledgement"
    reply(asked, "Tue 2 Jun 2026 11:00", enquiry(asked), "Which scan do you mean?", DECIDER)
    assert kind_of(asked) == "question"
    assert asked.letters("reask") == []


def test_a_changed_mind_is_put_before_the_office(asked: Office) -> None:
    reply(asked, TUESDAY, enquiry(asked), "SERIOUS HARM", DECIDER)
    reply(asked, "Wed 3 Jun 2026 10:00", enquiry(asked), "NO SERIOUS HARM\n\nThe scan is clear.", DECIDER)
    assert asked.case.serious_harm is True
    assert told(asked, "The case has gone on since it was asked")


def test_the_reference_and_the_word_are_enough_where_the_thread_is_lost(asked: Office) -> None:
    asked.arrives(TUESDAY, Arriving(DECIDER, f"{REF} our decision", "SERIOUS HARM"))
    asked.pass_(TUESDAY)
    assert asked.case.serious_harm is True


def test_partners_agree_and_challenge_in_their_own_words(discussed: Office) -> None:
    rao, frith, oyelaran = LEADS
    reply(discussed, TUESDAY, to_partner(discussed, rao), "AGREE", rao)
    reply(discussed, TUESDAY, to_partner(discussed, frith), "CHALLENGE\n\nThe burns will scar.\n\nColin Frith", frith)
    reply(discussed, TUESDAY, to_partner(discussed, oyelaran), "I agree with the decision.\n\nMiriam", oyelaran)
    reply(discussed, TUESDAY, to_partner(discussed, MANAGER), "Agreed.", MANAGER)
    said = {a.who.email: (a.answer, a.reason) for a in discussed.case.partner_answers}
    assert said[frith] == ("challenge", "The burns will scar.")
    assert {who for who, (answer, _) in said.items() if answer == "agree"} == {rao, oyelaran, MANAGER}


@pytest.mark.parametrize(
    ("text", "wants"),
    [("AGREE but I should like to see the scan", "AGREE"), ("CHALLENGE", "a challenge needs its reason")],
)
def test_half_an_answer_of_a_partner_is_asked_again(discussed: Office, text: str, wants: str) -> None:
    frith = LEADS[1]
    reply(discussed, TUESDAY, to_partner(discussed, frith), text, frith)
    assert discussed.case.partner_answers == ()
    (letter,) = discussed.letters("reask")
    assert letter.to == (frith,)
    assert wants in discussed.opened(letter).text


@pytest.mark.parametrize("sender", [LEADS[0], "assistant@westmarch-police.example", f"x{LEADS[1]}"])
def test_nobody_answers_for_another_partner(discussed: Office, sender: str) -> None:
    assert reply(discussed, TUESDAY, to_partner(discussed, LEADS[1]), "AGREE", sender) == "held"
    assert discussed.case.partner_answers == ()


def test_an_answer_after_the_end_of_the_discussion_is_shown_to_the_office(discussed: Office) -> None:
    discussed.record(TUESDAY, "threshold", "upheld", why="all agree by telephone")
    discussed.pass_("Tue 2 Jun 2026 10:10")
    reply(discussed, "Tue 2 Jun 2026 11:00", to_partner(discussed, LEADS[1]), "CHALLENGE the burns", LEADS[1])
    assert discussed.case.partner_answers == ()
    assert told(discussed, "A partner answered after the discussion had ended")


def test_several_facts_in_one_reply_are_all_recorded_and_said_back(scoped: Office) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    text = "aware 29 May 2026\nnotified Monday 1 June\n\nMany thanks\nHelen"
    assert reply(scoped, TUESDAY, asking, text, MANAGER) == "handled"
    assert scoped.case.aware_at is not None
    assert scoped.case.notified_at is not None
    events = [e.event for e in scoped.parts.casebook.events(REF) if e.event.mail == scoped.last.id]
    assert {event.by for event in events} == {MANAGER}
    (said,) = told(scoped, "This is recorded, as you wrote it")
    assert "The Panel was notified: Monday 1 June 2026" in said


def test_one_line_that_is_not_understood_and_nothing_is_recorded(scoped: Office) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    reply(scoped, TUESDAY, asking, "aware 29 May 2026\nnotifed 1 June", MANAGER)
    assert scoped.case.aware_at is None
    (said,) = told(scoped, "Nothing of your reply was recorded")
    assert "“notifed 1 June” does not begin with a fact" in said
    assert "aware YYYY-MM-DD" in said


def test_what_the_record_refuses_refuses_the_whole_reply(scoped: Office) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    reply(scoped, TUESDAY, asking, "aware 29 May 2026\noutcome none\nbecause nothing", MANAGER)
    assert scoped.case.aware_at is None
    assert told(scoped, "Nothing of your reply was recorded")


def test_a_reply_to_the_answer_works_as_well(scoped: Office) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    reply(scoped, TUESDAY, asking, "aware 31 June", MANAGER)
    reply(scoped, "Tue 2 Jun 2026 10:20", question(scoped, "Nothing of your reply"), "aware 29 May", MANAGER)
    assert scoped.case.aware_at is not None


def test_the_question_says_how_to_answer_by_reply_only_where_replies_count(scoped: Office) -> None:
    text = scoped.opened(question(scoped, f"mailbot record {REF} aware")).text
    assert "Or reply to this email" in text
    assert "\n- aware YYYY-MM-DD\n" in text


def test_where_nobody_vouches_for_senders_no_reply_is_offered(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    path = home / "config" / "mailbot.toml"
    path.write_text("\n".join(x for x in path.read_text("utf-8").splitlines() if not x.startswith("authserv_id")))
    with office_at(home) as office:
        office.arrives("Mon 1 Jun 2026 9:00", Arriving(POLICE, "Referral", "Attached.", [REFERRAL]))
        office.pass_("Mon 1 Jun 2026 9:01")
        office.parts.mailbag.release(1, "NEW")
        work_through(office.last, office.parts, at("Mon 1 Jun 2026 9:02"))
        office.pass_("Mon 1 Jun 2026 9:03")
        assert office.letters("question")
        assert not told(office, "Or reply to this email")


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (POLICE, ()),
        ("manager+x@westmarchscp.example", ()),
        (MANAGER, (("Sender", "temp@westmarchscp.example"),)),
    ],
)
def test_only_the_office_itself_records_by_reply(
    scoped: Office, sender: str, headers: tuple[tuple[str, str], ...]
) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    reply(scoped, TUESDAY, asking, "aware 29 May 2026", sender, headers)
    assert scoped.case.aware_at is None


def test_thanks_of_the_office_are_left_alone(scoped: Office) -> None:
    asking = question(scoped, f"mailbot record {REF} aware")
    assert reply(scoped, TUESDAY, asking, "Thank you, noted.", MANAGER) == "handled"
    assert not [a for a in scoped.letters() if "/answered/" in a.key]


def test_more_time_is_given_by_reply_and_the_agency_hears_the_new_day(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "We need more time: our officer is on leave.")
    asking = question(scoped, "extension police")
    reply(scoped, "Tue 2 Jun 2026 11:00", asking, "extension police Friday 12 June", MANAGER)
    assert str(scoped.case.requests["police"].extended_to) == "2026-06-12"
    (letter,) = scoped.letters("extension", status="sent")
    assert letter.agency == "police"
    assert "5 pm on Friday 12 June 2026" in scoped.opened(letter).text


def test_more_time_is_refused_by_reply_and_the_agency_hears_why(scoped: Office) -> None:
    scoped.agency_answers(TUESDAY, "police", "We need more time: our officer is on leave.")
    asking = question(scoped, "extension-refused police")
    text = "extension refused police\nbecause the meeting is on Thursday"
    reply(scoped, "Tue 2 Jun 2026 11:00", asking, text, MANAGER)
    assert scoped.case.requests["police"].extension_refused
    (letter,) = scoped.letters("extension", status="sent")
    shown = " ".join(scoped.opened(letter).text.split())
    assert "The date stays: 5 pm on Wednesday 10 June 2026" in shown
    assert "the meeting is on Thursday" in shown


def test_the_panels_mail_is_kept_and_read_by_a_person(scoped: Office) -> None:
    mail = Arriving(PANEL, f"RE: [{REF}] Rapid Review submission", "The Panel agrees with your decision.")
    scoped.arrives(TUESDAY, mail)
    scoped.pass_(TUESDAY)
    assert kind_of(scoped) == "panel_reply"
    assert scoped.last.state == "handled"
    assert scoped.case.panel_reply is None
    assert scoped.case.papers[-1].name.startswith("Email of the Panel")
    (asking,) = told(scoped, "The national Panel has written")
    assert asking.index("panel-reply agrees") < asking.index("panel-reply comments")


def test_somebody_who_writes_like_the_panel_is_not_the_panel(scoped: Office) -> None:
    scoped.arrives(TUESDAY, Arriving("panel@nationa1-panel.example", f"RE: [{REF}]", "The Panel agrees."))
    scoped.pass_(TUESDAY)
    assert kind_of(scoped) != "panel_reply"
    assert scoped.last.state == "held"


@pytest.fixture(scope="session")
def to_sign_home(scoped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = shutil.copytree(scoped_home, tmp_path_factory.mktemp("to-sign") / "home")
    with office_at(home) as opened:
        opened.record(TUESDAY, "meeting", "2026-06-11T10:00")
        opened.record("Thu 11 Jun 2026 14:00", "attendance", *LEADS)
        opened.record("Thu 11 Jun 2026 14:10", "outcome", "none", why="Nothing more to learn.")
        opened.pass_("Thu 11 Jun 2026 14:20")
        for asked in opened.letters("approval_request"):
            if "sign" in asked.subject.casefold():
                ours = opened.opened(asked)
                mail = Arriving(MANAGER, answer_subject(ours), "APPROVE", answers=ours)
                opened.arrives("Thu 11 Jun 2026 14:30", mail)
        opened.pass_("Thu 11 Jun 2026 14:30")
        opened.pass_("Thu 11 Jun 2026 14:36")
        assert len(opened.letters("partner_enquiry", status="sent")) == 3
    return home


@pytest.fixture
def to_sign(to_sign_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The three leads have been asked to sign the Rapid Review Template."""
    with office_at(shutil.copytree(to_sign_home, tmp_path / "home")) as opened:
        yield opened


def test_each_partner_signs_for_themselves_one_after_the_other(to_sign: Office) -> None:
    for minute, lead in enumerate(LEADS):
        reply(to_sign, f"Thu 11 Jun 2026 15:0{minute}", to_partner(to_sign, lead), "SIGNED\n\nKind regards", lead)
    assert [person.email for person in to_sign.case.signed_off] == list(LEADS)


@pytest.mark.parametrize("text", ["Signed, with one change to page 3", "Agreed", "I cannot sign this.", "?"])
def test_anything_else_than_a_signature_goes_to_the_office(to_sign: Office, text: str) -> None:
    reply(to_sign, "Thu 11 Jun 2026 15:00", to_partner(to_sign, LEADS[0]), text, LEADS[0])
    assert to_sign.case.signed_off == ()
    assert to_sign.letters("reask") == []
    assert told(to_sign, "did not sign") or told(to_sign, "An agency asks something")


def test_a_signature_under_a_former_decision_is_none(to_sign: Office) -> None:
    to_sign.record("Thu 11 Jun 2026 15:00", "outcome", "local_review", why="The scan was not seen.")
    to_sign.pass_("Thu 11 Jun 2026 15:10")
    reply(to_sign, "Thu 11 Jun 2026 15:20", to_partner(to_sign, LEADS[0]), "SIGNED", LEADS[0])
    assert to_sign.case.signed_off == ()
    assert told(to_sign, "the meeting has decided anew")


def test_the_authoritys_no_during_a_suspension_is_recorded_and_discussed_when_the_case_goes_on(asked: Office) -> None:
    asked.record("Mon 1 Jun 2026 10:00", "suspended", why="the police ask to wait")
    state = reply(asked, "Mon 1 Jun 2026 14:00", enquiry(asked), "NO SERIOUS HARM\n\nIt has healed.", DECIDER)
    assert (state, asked.case.stage, asked.case.serious_harm) == ("handled", "suspended", False)
    asked.record("Tue 2 Jun 2026 10:00", "resumed")
    asked.pass_("Tue 2 Jun 2026 10:01")
    assert asked.case.stage == "partner_discussion"
    assert asked.case.rounds["partners-threshold-1"].waiting


def test_a_partners_answer_during_a_suspension_counts(discussed: Office) -> None:
    lead = discussed.letters("partner_enquiry", status="sent")[0].to[0]
    discussed.record("Mon 1 Jun 2026 15:00", "suspended", why="the police ask to wait")
    reply(discussed, "Mon 1 Jun 2026 16:00", to_partner(discussed, lead), "AGREE", lead)
    assert [answer.who.email for answer in discussed.case.partner_answers] == [lead]
