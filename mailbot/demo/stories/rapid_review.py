"""One Rapid Review as a story: who sends what and when, whatever the mailbox and the procedure.

Only the first day is fixed. Every other day is counted by the case's own clocks, so that the same people write the
same mails under every procedure. All names, places and numbers are invented.
"""

from __future__ import annotations

from datetime import date

from mailbot.cases.wording import say_day
from mailbot.demo.acting import CHAIR, LEADS, REFERRER, Act, agency_answers, approve, shipped
from mailbot.demo.filling import FORMS, Answers, answers_of, fill_chronology, fill_return, finish_template
from mailbot.demo.mails import Arriving, File, answer_subject
from mailbot.demo.telling import MANAGER, REF, Kept, Scene, Story, Telling, after_due, after_meeting, nothing, on_day

SILENT = "probation"
"""The agency that never answers."""
LATE = "education"
"""The agency that answers when the pack has been made."""
MEETING_AT = "14:00"


def other_mail(telling: Telling) -> None:
    """A newsletter and a stranger."""
    telling.arrives(
        Arriving(
            "Safer Schools Weekly <news@safer-schools.example>",
            "Your June briefing: five things to read this week",
            "Good morning. In this issue: online safety week, a new reading list, and two free webinars.",
            headers=(("List-Unsubscribe", "<mailto:leave@safer-schools.example>"), ("Precedence", "bulk")),
        )
    )
    telling.arrives(
        Arriving(
            "Priya Deacon <priya@deacon-interiors.example>",
            "Quotation for office chairs",
            "Dear Sir or Madam\n\nThank you for your telephone call. We can offer twelve chairs.\n\nPriya Deacon",
        )
    )


def referral(telling: Telling) -> None:
    """The local authority refers, in Word."""
    telling.arrives(
        Arriving(
            REFERRER,
            "JCR referral - secure",
            "Dear colleagues\n\nPlease find attached a referral for consideration of a Rapid Review. The "
            "notification to the Panel will follow tomorrow. Please ring me if anything is unclear.\n\n"
            "Jo Penrose\nService Manager\n01632 960114",
            files=[shipped("referral.docx", "JCR Referral Form.docx")],
        )
    )


def damaged_file(telling: Telling) -> None:
    """A mail that nobody can understand: a file that was cut off on its way."""
    content = (FORMS / "referral.docx").read_bytes()[:9000]
    telling.arrives(
        Arriving(
            "Legal Services <legal.services@westmarch-general.example>",
            "Scan from WGH-MFD-07",
            "Please see the attached.",
            files=[("scan_20260601_0931.docx", content)],
        )
    )


def became_aware(telling: Telling) -> None:
    """The office records when the local authority became aware: the Friday before the referral."""
    friday = telling.stage.practice.calendar.add(telling.first_day, -1)
    telling.records("aware", f"{friday.isoformat()}T10:20", why="Jo Penrose told the business unit on the telephone")


def notified(telling: Telling) -> None:
    """The office records when the notification went to the Panel."""
    day = on_day(1)(telling)
    telling.records("notified", f"{day.isoformat()}T09:40", why="the time on the Panel's receipt")


def police_acknowledge(telling: Telling) -> None:
    """The police say that they have the letter."""
    agency_answers(
        telling,
        "police",
        "Review Team",
        "Thank you, received. We will return the form by the date given.\n\nReview Team\nWestmarch Police",
    )


def school_is_out(telling: Telling) -> None:
    """An out-of-office reply."""
    asked = telling.request(LATE)
    telling.arrives(
        Arriving(
            f"Education Safeguarding <{telling.spoc(LATE)}>",
            f"Automatic reply: {asked.subject}",
            "The team is in school this week and reads this mailbox once a day.",
            answers=asked,
            headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
        )
    )


def notification(telling: Telling) -> None:
    """The local authority's own notification, in Word."""
    telling.arrives(
        Arriving(
            REFERRER,
            f"{REF}: copy of our notification",
            "Dear colleagues\n\nAs promised, a copy of the notification that went to the Panel this morning.\n\n"
            "Jo Penrose",
            files=[shipped("notification.docx", "Serious incident notification.docx")],
        )
    )


def housing_has_nothing(telling: Telling) -> None:
    """A nil return of one line."""
    text = "Nil return: this family is not known to us.\n\nWestmarch Homes"
    agency_answers(telling, "housing", "Safeguarding", text)


def meeting_is_set(telling: Telling) -> None:
    """A person records the meeting: the first day proposed on which every return should be in, else the last."""
    case, due = telling.case, after_due(0)(telling)
    if case is None or due is None or not case.meeting_days:
        raise RuntimeError("the story expects days for the meeting to be proposed once the scoping letters have gone")
    day = next((d for d in case.meeting_days if d > due), case.meeting_days[-1])
    telling.records("meeting", f"{day.isoformat()}T{MEETING_AT}", why="agreed with the three partner leads")


def community_health_returns(telling: Telling) -> None:
    """Word and Excel."""
    answers = answers_of("community-health")
    files = [_scoping_return(telling, "community-health", answers), shipped("chronology.xlsx")]
    text = "Please find our return and chronology attached."
    agency_answers(telling, "community-health", "Safeguarding", text, files)


def icb_returns_in_part(telling: Telling) -> None:
    """The form, not signed off, and no chronology."""
    answers = answers_of("icb").without("signed_off_by", "nominated_representative", "chronology_attached")
    text = "Please find our form attached. The chronology is still being typed."
    agency_answers(telling, "icb", "Designated Nurse", text, [_scoping_return(telling, "icb", answers)])


def icb_sends_the_rest(telling: Telling) -> None:
    """The form again, complete, and the chronology."""
    text = "With apologies: the form signed off, and the chronology."
    agency_answers(telling, "icb", "Designated Nurse", text, _both(telling, "icb"))


def hospital_returns(telling: Telling) -> None:
    """Two PDFs of its own making."""
    files = [shipped("hospital-return.pdf"), shipped("hospital-chronology.pdf")]
    agency_answers(telling, "hospital", "Named Nurse", "Our return and chronology are attached as PDF.", files)


def returns_in_word(agency: str, sender: str, text: str) -> Act:
    """An agency sends the two templates back, filled in."""
    return lambda telling: agency_answers(telling, agency, sender, text, _both(telling, agency))


WEIGHED = (
    ("serious_incident", "met", "Abuse is suspected, and the child was seriously harmed."),
    ("improvements", "met", "None of five services knew who was caring for the children."),
    ("recurrent_themes", "met", "Adults who join a household were a theme of two reviews here in three years."),
    ("working_together", "met", "What each service knew of the household was not put together."),
    ("national_importance", "not-met", "Nothing in the case is new to the country."),
    ("law_or_guidance", "not-met", "The guidance is clear; it was not followed."),
)
"""What the meeting found of each criterion, and why."""


def record_the_meeting(telling: Telling) -> None:
    """Attendance, an action, the decision with its reason."""
    telling.records("attendance", *LEADS, CHAIR)
    telling.records(
        "action",
        "Every agency checks by Friday who is recorded as living in the household of each child under one "
        "on a bruising protocol in the last year.",
        "owner=the agencies' nominated representatives",
    )
    telling.records("learning-point", "Ask at every visit who lives in the home, and write down the answer.")
    for criterion, found, why in WEIGHED:
        telling.records("criterion", criterion, found, why=why)
    telling.records(
        "outcome",
        "local_review",
        by=CHAIR,
        why="The criteria are met: abuse is suspected and the child was seriously harmed. Five services saw this "
        "household in two months and none knew who was caring for the children. How information about adults who "
        "join a household is asked for, recorded and shared is a matter for all agencies here, and is not answered "
        "by this Rapid Review alone. No feature of national importance was found.",
    )


def signing(telling: Telling) -> None:
    """The three partners sign; under a procedure that asks for it the independent chair endorses first."""
    practice = telling.stage.practice
    if practice.procedures[practice.procedure].chair_endorses:
        day = practice.calendar.day_of(telling.now)
        telling.records("endorsed", day.isoformat(), why="the independent chair's email of this morning")
    telling.records("signed-off", *LEADS)


def what_the_panel_asks(telling: Telling) -> None:
    """The office says what no form says: the child's disability, and why an agency made no return."""
    telling.records("child", "disability=none known to any service", why="the meeting asked each agency")
    telling.records("no-return", SILENT, why="its regional office has not found the case file; a director was told")


def finished_in_word(telling: Telling) -> None:
    """The manager writes what only people can, in the file that came with the request, and sends it back."""
    asked = telling.letter(telling.stage.practice.approvers[0], "Approve: the submission")
    template = next(a for a in asked.attachments if "Rapid Review Template" in a.name)
    calendar = telling.stage.practice.calendar
    finished = finish_template(template.content, due=say_day(calendar.add(calendar.day_of(telling.now), 3)))
    text = "The template, finished with the three leads.\n\nHelen"
    mail = Arriving(MANAGER, answer_subject(asked), text, [(template.name, finished)], answers=asked)
    telling.arrives(mail)


def closed(telling: Telling) -> None:
    """The business unit closes the case."""
    telling.records("closed", why="the outcome has been told; the local review has its own file")


SCENES: tuple[Scene, ...] = (
    Scene(on_day(0), "08:41", other_mail),
    Scene(on_day(0), "09:12", referral),
    Scene(on_day(0), "09:47", damaged_file),
    Scene(on_day(0), "10:20", approve("scoping letters")),
    Scene(on_day(0), "10:52", police_acknowledge),
    Scene(on_day(0), "10:53", school_is_out),
    Scene(on_day(0), "14:30", became_aware),
    Scene(on_day(1), "10:05", notification),
    Scene(on_day(1), "10:30", notified),
    Scene(on_day(1), "11:45", housing_has_nothing),
    Scene(on_day(1), "15:20", meeting_is_set),
    Scene(on_day(1), "15:50", approve("invitations to the Rapid Review meeting")),
    Scene(on_day(2), "11:20", community_health_returns),
    Scene(on_day(2), "16:05", icb_returns_in_part),
    Scene(on_day(3), "09:50", hospital_returns),
    Scene(on_day(3), "13:30", icb_sends_the_rest),
    Scene(on_day(3), "15:10", returns_in_word("police", "Review Team", "Please find our return and chronology.")),
    Scene(
        on_day(4),
        "10:40",
        returns_in_word("childrens-services", "Safeguarding Reviews", "Our return and chronology are attached."),
    ),
    Scene(after_due(2), "09:15", approve("escalation of")),
    Scene(after_meeting(-1), "16:00", nothing),
    Scene(after_meeting(-1), "16:25", approve("the meeting pack")),
    Scene(
        after_meeting(0),
        "10:20",
        returns_in_word(LATE, "Education Safeguarding", "With apologies for the delay: our return and chronology."),
    ),
    Scene(after_meeting(0), "11:05", approve("the meeting pack")),
    Scene(after_meeting(0), "16:00", nothing),
    Scene(after_meeting(0), "16:20", record_the_meeting),
    Scene(after_meeting(1), "09:20", approve("sign the Rapid Review Template off")),
    Scene(after_meeting(1), "11:15", signing),
    Scene(after_meeting(2), "09:05", what_the_panel_asks),
    Scene(after_meeting(2), "09:20", finished_in_word),
    Scene(after_meeting(2), "09:40", approve("the submission")),
    Scene(after_meeting(2), "11:30", approve("telling the outcome")),
    Scene(after_meeting(2), "15:00", closed),
)


def _both(telling: Telling, agency: str) -> list[File]:
    """The two templates that came with the agency's letter, filled in."""
    answers = answers_of(agency)
    name, template = _template(telling, agency, "chronology template")
    return [_scoping_return(telling, agency, answers), (name, fill_chronology(template, answers.chronology))]


def _scoping_return(telling: Telling, agency: str, answers: Answers) -> File:
    name, template = _template(telling, agency, "scoping and information sharing template")
    return name, fill_return(template, answers.on(telling.today))


def _template(telling: Telling, agency: str, words: str) -> File:
    """A template that came with the agency's letter, under the name that the agency gives it."""
    found = next(a for a in telling.request(agency).attachments if words in a.name)
    return found.name.replace("template", "completed"), found.content


STORY = Story(
    about="A whole Rapid Review: the local authority refers, eight agencies are asked, the Panel hears of it.",
    first_day=date(2026, 6, 1),
    scenes=SCENES,
    over=lambda case: case.stage == "closed",
    ending="The case is closed.",
    keeps=(
        Kept("approval_request", "what the approver was asked before anything went"),
        Kept("scoping", "a scoping letter, with the forms that its agency is asked to fill in", to="police"),
        Kept("chase", "a chaser to an agency whose return is late", to=SILENT),
        Kept("submission", "the letter to the national Panel"),
        Kept("outcome", "what the agencies heard in the end", to="police"),
    ),
    commands=(f"explain {REF}", f"plan {REF}", "ledger"),
)
