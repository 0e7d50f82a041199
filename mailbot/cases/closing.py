"""After the submission: the Panel's reply and who is told of it, what is still to do, when closing is asked for."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import letters, rounds
from mailbot.cases.attending import partner_leads
from mailbot.cases.case import Case
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision
from mailbot.cases.events import OUTCOME_NAMES
from mailbot.cases.meeting import open_actions
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_list

ANSWERS = {
    "agrees": "The national Panel agrees with the decision.",
    "comments": "The national Panel has comments on the decision.",
    "national_review": "The national Panel has decided that there will be a national review.",
}


def after_the_panels_reply(case: Case, now: datetime, practice: Practice) -> Decision:
    """The office tells the partners, and hears what the reply changes; agencies are told where they wait for it."""
    reply = case.panel_reply
    if reply is None or case.outcome is None:
        return Decision()
    leads = say_list([f"{p.name} ({p.email})" for p in partner_leads(case, practice)])
    paragraphs = [ANSWERS[reply.answer], f"Please tell the safeguarding partners: {leads}."]
    changed = reply.answer == "national_review" and case.outcome != "national_review"
    if changed:
        paragraphs += [
            f"The Rapid Review had decided {OUTCOME_NAMES[case.outcome]}. That does not go on beside a national "
            "review unless the Panel says so: agree with the partners what stops, and tell whoever was to lead it.",
            "Letters to the agencies and the referrer wait for your release.",
        ]
    if reply.answer == "comments":
        paragraphs.append("What follows from the comments is for the partners to say. Record it as an action.")
    commands = [f'mailbot record {case.ref} action "TEXT" owner=NAME due=YYYY-MM-DD --as YOU']
    told = tell_office(
        case,
        now,
        practice,
        f"panel-reply/{reply.at.isoformat(timespec='minutes')}",
        "The national Panel has replied",
        paragraphs,
        commands,
    )
    told_otherwise = any(key.startswith(f"{case.ref}/panel-reply") for key in case.letters_sent)
    waited_for = changed or case.outcome == "national_review" or told_otherwise
    drafted = len(rounds.beginning(case, "panel-reply-")) > reply.rounds_before
    if not waited_for or drafted or case.outcome_told_at is None:
        return told
    return told.and_then(tell_the_panels_reply(case, now, practice))


def tell_the_panels_reply(case: Case, now: datetime, practice: Practice) -> Decision:
    """The letters telling what the Panel replied, for release; drafted again, to those who have not been told."""
    number = len(rounds.beginning(case, "panel-reply-")) + 1
    drafts = letters.panel_decisions(case, practice, now, number)
    if not drafts:
        return Decision()
    title = f"{count(len(drafts), 'letter')} telling what the national Panel replied"
    because = "agencies were told that they would hear"
    return rounds.ask(case, f"panel-reply-{number}", drafts, title, practice, now, because)


def still_to_do(case: Case) -> list[str]:
    """What the procedure still asks for before a case is closed, each in a sentence without its full stop.

    The Panel's reply is not among them: a person may close a case that the Panel never answered.
    """
    left = [f"letters of {r.id} still wait for an answer" for r in case.rounds.values() if r.waiting]
    if case.outcome is not None and case.submitted_at is None:
        left.append("the submission has not gone to the national Panel")
    if case.submitted_at is not None and case.outcome_told_at is None:
        left.append("the agencies and the referrer have not been told the outcome")
    if actions := open_actions(case):
        numbers = say_list([str(number) for number, _ in actions])
        left.append(f"immediate {'action' if len(actions) == 1 else 'actions'} {numbers} not recorded as done")
    return left


def ask_to_close(case: Case, now: datetime, practice: Practice) -> Decision:
    """When all is told and the Panel has replied, or has had its time to: shall the case be closed?

    A review that decided for alternative learning goes on there (learning.py), unless the procedure ends it here.
    """
    goes_on = case.outcome == "alternative_learning" and practice.procedure_of(case).learning.after_rapid_review
    if case.stage != "submitted" or case.submitted_at is None or goes_on:
        return Decision()
    reply = clock_of(case, "panel_reply", practice.procedure_of(case), practice.calendar)
    waits = case.panel_reply is None and reply is not None and reply.due is not None and now <= reply.due
    if waits or still_to_do(case):
        return Decision()
    silent = (
        [] if case.panel_reply else ["The Panel has not replied in its time. Ring it, or close without its reply."]
    )
    commands = (
        []
        if case.panel_reply
        else [f"mailbot record {case.ref} panel-reply agrees|comments|national_review --as YOU"]
    )
    return tell_office(
        case,
        now,
        practice,
        "may-be-closed" if case.panel_reply else "may-be-closed-without-a-reply",
        "May the case be closed?",
        ["Everything that the procedure asks for is done: the outcome is told, and no action is open.", *silent],
        [*commands, f'mailbot record {case.ref} closed --why "REASON" --as YOU'],
    )
