"""Alternative learning: considered, proposed, put to the partners, decided, given to a group, followed to its end.

Flow chart: "Consideration of Alternative Learning Activity or Action", its criteria, and every box below it. mailbot
asks, counts and reminds; what is proposed and what is decided are people's words (recording/learning.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailbot.cases import letters, rounds
from mailbot.cases.case import Case, Learning, PartnerAnswer
from mailbot.cases.deadlines import clock_of
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.directory import Person
from mailbot.cases.events import LearningOpened, LetterKind
from mailbot.cases.gate import refusal
from mailbot.cases.partners import answer_of, chase_partners, partners_to_ask
from mailbot.cases.practice import Practice
from mailbot.cases.questions import tell_office
from mailbot.cases.wording import count, say_day, say_list

ASKED, TOLD, RECOMMEND = "partners-learning-", "learning-decision-", "jcr-"
"""How the rounds of this part begin: to the partners, to the referring agencies, to the JCR Group."""


def open_learning(case: Case, now: datetime, practice: Practice) -> Decision:
    """Consideration begins when the threshold was upheld, or when a Rapid Review decided for it and that was told."""
    upheld = case.stage == "learning_considered" and case.learning is None
    if not upheld and not _decided_by_the_review(case, practice):
        return Decision()
    because = practice.procedure_of(case).sentence("learning") or "alternative learning is considered"
    return Decision(case=case.ref, events=(LearningOpened(at=now, because=because),), because=(because,))


def _decided_by_the_review(case: Case, practice: Practice) -> bool:
    if case.stage != "submitted" or case.outcome != "alternative_learning" or case.decided_at is None:
        return False
    told = case.rounds.get("outcome-1")
    new = case.learning is None or case.learning.opened_at < case.decided_at
    return practice.procedure_of(case).learning.after_rapid_review and new and told is not None and not told.waiting


def offer_learning(case: Case, now: datetime, practice: Practice) -> Decision:
    """The local authority's own incident is no serious harm: it may consider learning, or nothing more follows."""
    if case.stage != "harm_not_accepted" or case.serious_harm_at is None:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"no-further-action/{_stamp(case.serious_harm_at)}",
        "No serious harm: is learning to be considered?",
        [
            "The local authority does not take its own incident for serious harm. It may consider an alternative "
            "learning activity; otherwise the case can be closed.",
            practice.procedure_of(case).sentence("no_further_action"),
        ],
        [
            f'mailbot record {case.ref} learning-considered --why "REASON" --as YOU',
            f'mailbot record {case.ref} closed --why "REASON" --as YOU',
        ],
    )


def ask_for_proposal(case: Case, now: datetime, practice: Practice) -> Decision:
    """The business unit is asked what is proposed, which existing group would lead it, and by which criteria."""
    if case.stage != "learning_considered" or case.learning is None or case.learning.proposed_at:
        return Decision()
    procedure = practice.procedure_of(case)
    criteria = [f"{criterion.id}: {criterion.text}" for criterion in procedure.learning_criterion]
    return tell_office(
        case,
        now,
        practice,
        f"learning-proposal/{_stamp(case.learning.opened_at)}",
        "What alternative learning is proposed?",
        [
            "An alternative learning activity or action is to be considered: a form of audit, a review, or the "
            "Escalation Policy process. Which activity is proposed, and which existing group would lead it?",
            *([f"Name the criteria that speak for it. {'; '.join(criteria)}."] if criteria else []),
            procedure.sentence("learning"),
        ],
        [
            f'mailbot record {case.ref} learning-proposed "ACTIVITY" "LEADING GROUP" CRITERION... '
            '--why "REASON" --as YOU',
            f'mailbot record {case.ref} learning-decided none --why "REASON" --as YOU',
        ],
    )


def ask_partners(case: Case, now: datetime, practice: Practice) -> Decision:
    """The proposal to the three partners' leads and the Partnership Manager, one letter each, for release.

    `case` has the proposal; letters about an earlier one that have not gone are set aside.
    """
    number = len(rounds.beginning(case, ASKED)) + 1
    people = partners_to_ask(case, practice)
    drafts = [letters.learning_enquiry(case, person, practice, now, str(number)) for person in people]
    old = rounds.set_aside(case, (ASKED,), ("partner_enquiry",), now, "a new proposal takes its place")
    if not drafts:
        return old.and_then(
            tell_office(
                case,
                now,
                practice,
                f"nobody-to-ask-about-learning/{number}",
                "Nobody is written down to decide on learning",
                ["config/people.toml names no partner_lead and no partnership_manager. Write them there."],
            )
        )
    because = practice.procedure_of(case).sentence("learning_decision")
    title = f"{count(len(drafts), 'letter')} asking the partners about alternative learning"
    round_id = f"{ASKED}{number}"
    drafts = rounds.numbered(drafts, round_id)
    return old.and_then(rounds.ask(case, round_id, drafts, title, practice, now, because))


def chase_answers(case: Case, now: datetime, practice: Practice) -> Decision:
    """Those who were asked and have not answered are asked again, by the same ladder as about the threshold."""
    if case.stage != "learning_considered":
        return Decision()

    def again(person: Person, step: str, due: datetime) -> SendLetter:
        mark = f"{step}/{practice.calendar.day_of(due).isoformat()}"
        return letters.learning_enquiry(case, person, practice, now, mark, due)

    return chase_partners(case, "learning", _answers_due(case, practice), again, now, practice)


def ask_for_decision(case: Case, now: datetime, practice: Practice) -> Decision:
    """All have answered, or cannot be waited for longer: the business unit is asked to record what was decided."""
    asked = next(reversed(rounds.beginning(case, ASKED)), None)
    if case.stage != "learning_considered" or not case.learning or not case.learning.proposed_at or asked is None:
        return Decision()
    silent, due = not_yet_answered(case, practice), _answers_due(case, practice)
    said = [say_answer(p, answer_of(case, "learning", p)) for p in partners_to_ask(case, practice)]
    topic = f"learning-decision/{asked.id}"
    if asked.state == "rejected" and silent:
        said = [f"The letters to the partners were not released ({asked.why}). How is it to go on?"]
    elif silent and (due is None or now <= due):
        return Decision()
    elif silent:
        topic = f"learning-silent/{asked.id}"
    return tell_office(
        case,
        now,
        practice,
        topic,
        "Please record the decision about learning",
        [*said, "It may be to not undertake any action.", practice.procedure_of(case).sentence("learning_decision")],
        [
            f'mailbot record {case.ref} learning-decided yes due=YYYY-MM-DD --why "REASON" --as YOU',
            f'mailbot record {case.ref} learning-decided none --why "REASON" --as YOU',
            f'mailbot record {case.ref} learning-proposed "ACTIVITY" "LEADING GROUP" CRITERION... --as YOU',
        ],
    )


def _answers_due(case: Case, practice: Practice) -> datetime | None:
    clock = clock_of(case, "learning_answers", practice.procedure_of(case), practice.calendar)
    return clock.due if clock else None


def say_answer(person: Person, answer: PartnerAnswer | None) -> str:
    """What one of them said, in a sentence."""
    if answer is None:
        return f"{person.name} has not answered."
    said = f"{person.name} {'agrees' if answer.answer == 'agree' else 'does not agree'}"
    # Without a reason of their own, the record's reason says the same.
    return said if answer.reason in ("", said) else f"{said}: {answer.reason}"


def not_yet_answered(case: Case, practice: Practice) -> list[str]:
    """The names of those whose answer about the proposal is still to come."""
    return [p.name for p in partners_to_ask(case, practice) if answer_of(case, "learning", p) is None]


def tell_decision(case: Case, now: datetime, practice: Practice) -> Decision:
    """The decision to every referring agency, and where there is an activity the question to the JCR Group.

    `case` has the decision. A decision that is recorded again is told again.
    """
    why = "the decision was recorded anew"
    decision = rounds.set_aside(case, (ASKED,), ("partner_enquiry",), now, "the decision is recorded")
    decision = decision.and_then(rounds.set_aside(case, (TOLD,), ("learning_decision",), now, why))
    kinds: tuple[LetterKind, ...] = ("subgroup_request",)
    decision = decision.and_then(rounds.set_aside(case, (RECOMMEND,), kinds, now, why))
    number = len(rounds.beginning(case, TOLD)) + 1
    decision = decision.and_then(_tell_referrers(case, number, now, practice))
    if case.learning and case.learning.agreed:
        decision = decision.and_then(_ask_jcr(case, number, now, practice))
    return decision


def _tell_referrers(case: Case, number: int, now: datetime, practice: Practice) -> Decision:
    office = {address.casefold() for address in practice.directory.office}
    referrers = {r.address.casefold(): r for r in case.referrers if r.address and r.address.casefold() not in office}
    drafts, strangers = _may_go(
        [letters.learning_decision(case, r, practice, now, number) for r in referrers.values()], practice
    )
    procedure = practice.procedure_of(case)
    decision = Decision(case=case.ref)
    if drafts:
        title = f"{count(len(drafts), 'letter')} telling the decision about learning"
        because = procedure.sentence("learning_told")
        round_id = f"{TOLD}{number}"
        drafts = rounds.numbered(drafts, round_id)
        decision = rounds.ask(case, round_id, drafts, title, practice, now, because)
    if not strangers and drafts:
        return decision
    whom = say_list(strangers) or "whoever told of the incident"
    told = tell_office(
        case,
        now,
        practice,
        f"learning-told-by-hand/{number}",
        "Please tell the referring agency the decision yourself",
        [f"mailbot may not write to {whom}. {procedure.sentence('learning_told')}"],
    )
    return decision.and_then(told)


def _ask_jcr(case: Case, number: int, now: datetime, practice: Practice) -> Decision:
    """The JCR Group's chair is asked for its recommendation to ESG."""
    chairs = [person for person in practice.directory.people if person.role == "jcr_chair"]
    because = practice.procedure_of(case).sentence("subgroup")
    if chairs:
        title = "the letter asking the JCR Group which sub-group undertakes the activity"
        round_id = f"{RECOMMEND}{number}"
        requests = [letters.subgroup_request(case, chair, practice, now, number) for chair in chairs]
        drafts = rounds.numbered(requests, round_id)
        return rounds.ask(case, round_id, drafts, title, practice, now, because)
    return tell_office(
        case,
        now,
        practice,
        f"no-jcr-chair/{number}",
        "Please ask the JCR Group yourself",
        [f"config/people.toml names no jcr_chair. {because}"],
        [f'mailbot record {case.ref} subgroup "GROUP" --as YOU'],
    )


def remind_of_subgroup(case: Case, now: datetime, practice: Practice) -> Decision:
    """Until the JCR Group's recommendation is recorded, the business unit is reminded of it again and again."""
    learning = _followed(case)
    if learning is None or learning.subgroup or learning.decided_at is None:
        return Decision()
    sent = [at for key, at in case.letters_sent.items() if key.startswith(f"{case.ref}/jcr/")]
    asked = max([learning.decided_at, *sent])
    times = _times_come(asked, practice.procedure_of(case).learning.subgroup_days, now, practice)
    if not times:
        return Decision()
    return tell_office(
        case,
        now,
        practice,
        f"subgroup/{_stamp(asked)}/{times}",
        "Which sub-group undertakes the learning activity?",
        [
            f"It was decided on {_day(learning.decided_at, practice)}, and no recommendation of the JCR Group to "
            "ESG is recorded.",
            practice.procedure_of(case).sentence("subgroup"),
        ],
        [f'mailbot record {case.ref} subgroup "GROUP" --as YOU'],
    )


def follow_activity(case: Case, now: datetime, practice: Practice) -> Decision:
    """The business unit hears when the activity's day nears and when it has passed; without a day, it is asked."""
    learning = _followed(case)
    if learning is None or learning.decided_at is None:
        return Decision()
    rule, today = practice.procedure_of(case).learning, practice.calendar.day_of(now)
    if learning.due is None:
        times = _times_come(learning.decided_at, rule.progress_days, now, practice)
        topic, title = f"learning-day/{_stamp(learning.decided_at)}/{times}", "By when is the learning activity done?"
        said = "It was agreed without a day."
    elif today > learning.due:
        times = _times_come(practice.calendar.close_of(learning.due), rule.progress_days, now, practice)
        topic, title = f"learning-late/{learning.due}/{times}", "Late: the learning activity"
        said = f"It was to be done by {say_day(learning.due)}."
    elif today >= practice.calendar.add(learning.due, -rule.due_soon_days):
        topic, title = f"learning-soon/{learning.due}", "Due soon: the learning activity"
        said = f"It is to be done by {say_day(learning.due)}."
    else:
        return Decision()
    led = f"{learning.subgroup or learning.lead} undertakes it." if learning.subgroup or learning.lead else ""
    return tell_office(
        case,
        now,
        practice,
        topic,
        title,
        [f"{said} {led}".strip(), "How far has it come?"],
        [
            f'mailbot record {case.ref} learning-progress due=YYYY-MM-DD --why "NEWS" --as YOU',
            f'mailbot record {case.ref} learning-completed --why "WHAT CAME OF IT" --as YOU',
        ],
    )


def ask_to_close(case: Case, now: datetime, practice: Practice) -> Decision:
    """Nothing more is to be done: no activity, or it is completed, and the referring agency's letter is answered."""
    learning = case.learning
    if case.stage != "learning_decided" or learning is None or why_not_closed(case):
        return Decision()
    if any(asked.waiting for asked in rounds.beginning(case, TOLD)):
        return Decision()
    ended = learning.completed_at or learning.decided_at
    said = "The learning activity is completed." if learning.completed_at else "No learning activity was agreed."
    return tell_office(
        case,
        now,
        practice,
        f"learning-ended/{_stamp(ended) if ended else ''}",
        "The case can be closed",
        [said],
        [f'mailbot record {case.ref} closed --why "REASON" --as YOU'],
    )


def stop_asking(case: Case, now: datetime, practice: Practice) -> Decision:
    """A case that has left this part, because serious harm is accepted after all, asks nobody about learning."""
    waiting = [asked for beginning in (ASKED, RECOMMEND) for asked in rounds.beginning(case, beginning)]
    if case.stage in ("learning_considered", "learning_decided") or not any(asked.waiting for asked in waiting):
        return Decision()
    kinds: tuple[LetterKind, ...] = ("partner_enquiry", "subgroup_request")
    return rounds.set_aside(case, (ASKED, RECOMMEND), kinds, now, "serious harm is accepted after all")


def why_not_closed(case: Case) -> str:
    """Why a case that has come to learning may not be closed yet, and what to do; empty where it may."""
    learning = case.learning
    if case.stage != "learning_decided" or learning is None or not learning.agreed or learning.completed_at:
        return ""
    return (
        "the agreed learning activity is not completed. Record learning-completed with --why; or, where it was given "
        "up, learning-decided none with --why."
    )


LOOKS = (
    stop_asking,
    open_learning,
    offer_learning,
    ask_for_proposal,
    chase_answers,
    ask_for_decision,
    remind_of_subgroup,
    follow_activity,
    ask_to_close,
)
"""What a review looks for in this part of the procedure, in order."""


def _may_go(drafts: Sequence[SendLetter], practice: Practice) -> tuple[list[SendLetter], list[str]]:
    """The letters that the directory lets go, and the addresses of the others."""
    going = [letter for letter in drafts if not refusal(letter.kind, letter.to, practice)]
    strangers = [address for letter in drafts if letter not in going for address in letter.to]
    return going, strangers


def _followed(case: Case) -> Learning | None:
    """An activity that is agreed and not done."""
    learning = case.learning
    followed = case.stage == "learning_decided" and learning and learning.agreed and not learning.completed_at
    return learning if followed else None


def _times_come(since: datetime, every: int, now: datetime, practice: Practice) -> int:
    """How often a reminder of every so many working days has come round."""
    calendar = practice.calendar
    return calendar.between(calendar.day_of(since), calendar.day_of(now)) // every


def _day(moment: datetime, practice: Practice) -> str:
    return say_day(practice.calendar.day_of(moment))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
