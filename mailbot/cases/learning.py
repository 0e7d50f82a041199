"""Alternative learning: considered, proposed, put to the partners, decided, given to a group, followed to its end.

Flow chart: "Consideration of Alternative Learning Activity or Action", its criteria, and every box below it. mailbot
asks, counts and reminds; what is proposed and what is decided are people's words (recording/learning.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mailbot.cases import letters, rounds
from mailbot.cases.case import Case, Learning, PartnerAnswer, Round
from mailbot.cases.decisions import Decision, SendLetter, Withdraw
from mailbot.cases.directory import Person
from mailbot.cases.events import LearningOpened, LetterKind, RoundRejected
from mailbot.cases.gate import refusal
from mailbot.cases.partners import answer_of, partners_to_ask
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
    number = len(rounds_of(case, ASKED)) + 1
    people = partners_to_ask(case, practice)
    drafts = letters.learning_enquiries(case, people, practice, now, number)
    old = set_aside(case, ASKED, ("partner_enquiry",), now, "a new proposal takes its place")
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
    return old.and_then(rounds.ask(case, f"{ASKED}{number}", drafts, title, practice, now, because))


def ask_for_decision(case: Case, now: datetime, practice: Practice) -> Decision:
    """All have answered, or nobody is to be asked: the business unit is asked to record what was decided."""
    asked = latest(case, ASKED)
    if case.stage != "learning_considered" or not case.learning or not case.learning.proposed_at or asked is None:
        return Decision()
    people = partners_to_ask(case, practice)
    silent = not_yet_answered(case, practice)
    if silent and asked.state != "rejected":
        return Decision()
    said = [say_answer(person, answer_of(case, "learning", person)) for person in people]
    if asked.state == "rejected":
        said = [f"The letters to the partners were not released ({asked.why}). How is it to go on?"]
    return tell_office(
        case,
        now,
        practice,
        f"learning-decision/{asked.id}",
        "Please record the decision about learning",
        [*said, "It may be to not undertake any action.", practice.procedure_of(case).sentence("learning_decision")],
        [
            f'mailbot record {case.ref} learning-decided yes due=YYYY-MM-DD --why "REASON" --as YOU',
            f'mailbot record {case.ref} learning-decided none --why "REASON" --as YOU',
            f'mailbot record {case.ref} learning-proposed "ACTIVITY" "LEADING GROUP" CRITERION... --as YOU',
        ],
    )


def say_answer(person: Person, answer: PartnerAnswer | None) -> str:
    """What one of them said, in a sentence."""
    if answer is None:
        return f"{person.name} has not answered."
    word = "agrees" if answer.answer == "agree" else "does not agree"
    return f"{person.name} {word}{f': {answer.reason}' if answer.reason else ''}"


def not_yet_answered(case: Case, practice: Practice) -> list[str]:
    """The names of those whose answer about the proposal is still to come."""
    return [p.name for p in partners_to_ask(case, practice) if answer_of(case, "learning", p) is None]


def tell_decision(case: Case, now: datetime, practice: Practice) -> Decision:
    """The decision to every referring agency, and where there is an activity the question to the JCR Group.

    `case` has the decision. A decision that is recorded again is told again.
    """
    why = "the decision was recorded anew"
    decision = set_aside(case, ASKED, ("partner_enquiry",), now, "the decision is recorded")
    decision = decision.and_then(set_aside(case, TOLD, ("learning_decision",), now, why))
    number = len(rounds_of(case, TOLD)) + 1
    decision = decision.and_then(_tell_referrers(case, number, now, practice))
    if case.learning and case.learning.agreed:
        decision = decision.and_then(_ask_jcr(case, number, now, practice))
    return decision


def _tell_referrers(case: Case, number: int, now: datetime, practice: Practice) -> Decision:
    drafts, strangers = _may_go(letters.learning_decisions(case, practice, now, number), practice)
    procedure = practice.procedure_of(case)
    decision = Decision(case=case.ref)
    if drafts:
        title = f"{count(len(drafts), 'letter')} telling the decision about learning"
        because = procedure.sentence("learning_told")
        decision = rounds.ask(case, f"{TOLD}{number}", drafts, title, practice, now, because)
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
    decision = set_aside(case, RECOMMEND, ("subgroup_request",), now, "the decision was recorded anew")
    drafts = letters.subgroup_requests(case, practice, now, number)
    because = practice.procedure_of(case).sentence("subgroup")
    if drafts:
        title = "the letter asking the JCR Group which sub-group undertakes the activity"
        return decision.and_then(rounds.ask(case, f"{RECOMMEND}{number}", drafts, title, practice, now, because))
    told = tell_office(
        case,
        now,
        practice,
        f"no-jcr-chair/{number}",
        "Please ask the JCR Group yourself",
        [f"config/people.toml names no jcr_chair. {because}"],
        [f'mailbot record {case.ref} subgroup "GROUP" --as YOU'],
    )
    return decision.and_then(told)


def remind_of_subgroup(case: Case, now: datetime, practice: Practice) -> Decision:
    """Until the JCR Group's recommendation is recorded, the business unit is reminded of it again and again."""
    learning = _followed(case)
    if learning is None or learning.subgroup or learning.decided_at is None:
        return Decision()
    asked = case.partners_asked.get("subgroup") or learning.decided_at
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
    told = latest(case, TOLD)
    if told is not None and told.waiting:
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
    open_learning,
    offer_learning,
    ask_for_proposal,
    ask_for_decision,
    remind_of_subgroup,
    follow_activity,
    ask_to_close,
)
"""What a review looks for in this part of the procedure, in order."""


def rounds_of(case: Case, beginning: str) -> list[Round]:
    """The rounds whose names begin so, oldest first."""
    return [waiting for name, waiting in case.rounds.items() if name.startswith(beginning)]


def latest(case: Case, beginning: str) -> Round | None:
    """The last of them."""
    return next(reversed(rounds_of(case, beginning)), None)


def set_aside(case: Case, beginning: str, kinds: tuple[LetterKind, ...], now: datetime, because: str) -> Decision:
    """Letters of the last such round that have not gone never will."""
    old = latest(case, beginning)
    if old is None:
        return Decision(case=case.ref)
    rejected = (RoundRejected(at=now, because=because, round=old.id),) if old.waiting else ()
    stop = Withdraw(key=f"{case.ref}/withdraw/{old.id}/{case.version}", case=case.ref, kinds=kinds)
    return Decision(case=case.ref, events=rejected, actions=(stop,), because=(because,) if rejected else ())


def _may_go(drafts: Sequence[SendLetter], practice: Practice) -> tuple[list[SendLetter], list[str]]:
    """The letters that the directory lets go, numbered anew, and the addresses of the others."""
    going = [letter for letter in drafts if not refusal(letter.kind, letter.to, practice)]
    strangers = [address for letter in drafts if letter not in going for address in letter.to]
    return [letter.model_copy(update={"item": item}) for item, letter in enumerate(going, 1)], strangers


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
    day: date = practice.calendar.day_of(moment)
    return say_day(day)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
