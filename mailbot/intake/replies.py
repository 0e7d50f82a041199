"""Mails that bring no form: replies, bounces, approvals, live concerns, and everything else."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mailbot.cases import arrivals, bounced, letters, quality, rounds
from mailbot.cases.case import Case
from mailbot.cases.decisions import Decision, SendLetter
from mailbot.cases.questions import tell_office
from mailbot.cases.stages import OPEN
from mailbot.cases.wording import count
from mailbot.errors import CaseMoved
from mailbot.forms.absence import names_somebody_else
from mailbot.forms.doubts import problems_of
from mailbot.forms.live import ABOUT_FORMS
from mailbot.forms.recognise import INCIDENT, may_tell_of_an_incident
from mailbot.forms.verdicts import read_verdict
from mailbot.intake.opening import Opened
from mailbot.intake.settling import came, hold, mark, open_case, store, which_case
from mailbot.mail.envelope import fresh_text
from mailbot.parts import Parts
from mailbot.store.approvals import Approval
from mailbot.store.database import write
from mailbot.store.mailbag import MailMark

HOW_TO_ANSWER = (
    "Please reply to the request again with one word in the first line: APPROVE, HOLD, or REJECT and the reason. "
    "Numbers choose single letters: APPROVE 1, 3-4."
)


def take_reply(opened: Opened, parts: Parts, now: datetime) -> None:
    """An agency's mail that is no return: noted, and put before a person where it asks something."""
    case, agency, kind = open_case(opened, parts), opened.read.agency, opened.read.kind
    if case is None or agency is None:
        if kind == "auto_reply":
            mark(opened, "ignored", f"an automatic reply ({opened.envelope.automatic})", parts)
        else:
            hold(opened, which_case(opened), parts, now)
        return
    if (damage := _damage(opened)) and kind not in ("secure_wrapper", "auto_reply"):
        hold(opened, damage, parts, now, case.ref)
        return
    noted: Literal["acknowledgement", "question", "auto_reply", "secure_wrapper", "extension_request"]
    match kind:
        case "acknowledgement" | "auto_reply" | "secure_wrapper" | "extension_request":
            noted = kind
        case _:
            noted = "question"
    decision = arrivals.on_reply(case, agency, came(opened, parts), noted, parts.practice, now, _is_near_nil(opened))
    if kind == "auto_reply" and names_somebody_else(fresh_text(opened.envelope)):
        decision = decision.and_then(_tell_absence(case, agency, opened, parts, now))
    store(opened, decision, case.ref, parts, now, state="held" if kind == "secure_wrapper" else "handled")


def _is_near_nil(opened: Opened) -> bool:
    """Whether the mail's own words may be a nil return, and leave it open."""
    return opened.seen.body is not None and opened.seen.body.has_problem("not_sure")


def _damage(opened: Opened) -> str:
    """What of the mail could not be read, as a reason to hold it; empty where it is whole: a form may be lost."""
    files = [sentence for form in opened.seen.forms for sentence in problems_of(form)]
    what = "an attachment could not be read. " if files else ""
    return what + " ".join((*opened.envelope.problems, *files))


def _tell_absence(case: Case, agency: str, opened: Opened, parts: Parts, now: datetime) -> Decision:
    """Once for each agency of a case: its contact is away, and a person may want to write to somebody else."""
    words = (
        f"Mail {opened.mail.id}, an automatic reply from {agency}, seems to name somebody else to turn to. "
        "Please read it. If our letters should go to another address, put that into config/agencies.toml."
    )
    topic = f"away/{agency}"
    return tell_office(case, now, parts.practice, topic, "An agency's contact is away", [words], ["mailbot check"])


def take_bounce(opened: Opened, parts: Parts, now: datetime) -> None:
    bounce = opened.bounce
    ours = [letter for i in (bounce.about if bounce else ()) if (letter := parts.outbox.by_message_id(i))]
    if bounce is None or not ours:
        mark(opened, "ignored", "a mail server returned a mail that is none of our letters", parts)
        return
    letter = ours[0]
    if not bounce.final:
        mark(opened, "handled", f"letter {letter.id} is delayed: {bounce.reason}", parts, letter.case)
        return
    if letter.agency is None or not letter.case:
        hold(opened, f"letter {letter.id} ({letter.kind}) came back: {bounce.reason}", parts, now, letter.case)
        return
    case = parts.casebook.survivor(letter.case)
    if case.stage not in OPEN:
        mark(opened, "handled", f"letter {letter.id} came back after the case was closed", parts, letter.case)
        return
    address = bounce.addresses[0] if bounce.addresses else letter.to[0]
    decision = bounced.on_bounce(
        case, letter.agency, address, bounce.permanent, came(opened, parts), parts.practice, now
    )
    store(opened, decision, case.ref, parts, now)


def take_approval(opened: Opened, parts: Parts, now: datetime) -> None:
    """An approver's reply. Everything must fit: the code, its owner, the sender, the time, the words."""
    approval = parts.approvals.by_code(opened.read.code) if opened.read.code else None
    sender = opened.envelope.sender.email.casefold()
    if approval is None:
        hold(opened, "it answers a request for approval, and its subject has no code that we gave", parts, now)
        return
    if (
        sender != approval.approver.casefold()
        or sender not in (address.casefold() for address in parts.practice.approvers)
        or len(opened.envelope.senders) != 1
        or opened.envelope.header("Sender")
    ):
        hold(opened, "the code in its subject belongs to somebody else", parts, now, approval.case)
        return
    case = parts.casebook.load(approval.case)
    waiting = case.rounds[approval.round].waiting if approval.round in case.rounds else ()
    read = opened.verdict or read_verdict("", waiting)
    if read.answer == "stop":
        _take_back(case, approval, opened, parts, now)
        return
    answered = approval.answered_at is not None
    if not waiting and (case.stage not in OPEN or answered):
        mark(opened, "handled", "this request for approval had been answered already", parts, case.ref)
        return
    if waiting and case.stage == "suspended" and read.answer == "approve":
        _resume_first(case, approval, opened, parts, now)
        return
    asked_anew = approval.round in case.rounds and approval.ask != case.rounds[approval.round].asks
    if answered or asked_anew or approval.expires <= now or not waiting:
        why = "the code was used already, and works once" if answered else "the code is no longer valid"
        instead = _what_waits(case, approval.round, asked_anew)
        _clarify(case, approval, opened, why, parts, now, instead)
        return
    if read.answer == "unclear":
        _clarify(case, approval, opened, read.why, parts, now)
        return
    if read.despite and not approval.round.startswith(quality.ROUND):
        _clarify(case, approval, opened, "only the submission to the Panel is approved despite something", parts, now)
        return
    if read.despite and not quality.is_reason(read.despite):
        _clarify(
            case, approval, opened, "the submission is approved despite gaps only for a reason in words", parts, now
        )
        return
    missing = quality.closed_by(case, approval.round, parts.practice, now) if read.answer == "approve" else ()
    if missing and not read.despite:
        _say_what_is_missing(case, approval, missing, opened, parts, now)
        return
    decision = quality.answer(
        case,
        approval.round,
        read.answer,
        read.items,
        sender,
        read.reason,
        parts.practice,
        now,
        opened.mail.id,
        read.despite,
    )
    with write(parts.db):
        if read.answer in ("approve", "reject") and not parts.approvals.spend(opened.read.code, now, read.answer):
            raise CaseMoved("the code was used by another mail meanwhile")
        store(opened, decision, case.ref, parts, now)


def _take_back(case: Case, approval: Approval, opened: Opened, parts: Parts, now: datetime) -> None:
    """STOP works for any approver of the round, used code or not: what has not gone waits again."""
    approved = parts.outbox.approved(case.ref, approval.round, case.rounds[approval.round].waiting)
    if not approved:
        _clarify(case, approval, opened, "no approved letter of this round is still here to be stopped", parts, now)
        return
    sender, mail = approval.approver, opened.mail.id
    decision = rounds.answer(case, approval.round, "stop", approved, sender, "", parts.practice, now, mail)
    store(opened, decision, case.ref, parts, now)


def _resume_first(case: Case, approval: Approval, opened: Opened, parts: Parts, now: datetime) -> None:
    """An approval releases nothing while the case is suspended; its code is not spent by it."""
    told = tell_office(
        case,
        now,
        parts.practice,
        f"resume-first/{approval.round}/{opened.mail.id}",
        "The case is suspended, and nothing was released",
        [
            f"{approval.approver} approved {rounds.round_title(approval.round)}. The case is suspended "
            f"({case.suspended_why}), so they wait. Record that it goes on, then approve them again."
        ],
        [f"mailbot record {case.ref} resumed --as YOU"],
    )
    store(opened, Decision(case=case.ref, version=case.version).and_then(told), case.ref, parts, now)


def _say_what_is_missing(
    case: Case, approval: Approval, missing: tuple[quality.Gap, ...], opened: Opened, parts: Parts, now: datetime
) -> None:
    """One answer to whoever approved, with the code in its subject: it stays theirs to answer again."""
    title = f"Not approved yet: the submission is not complete ({opened.read.code})"
    paragraphs = [
        f"You approved {rounds.round_title(approval.round)}. Nothing was sent, because something is missing:",
        *quality.listed(missing),
        "When that is done, the submission is put to you again or, where it was drafted already, approve it again.",
        "If it is to go all the same, reply to this email with APPROVE DESPITE: and the reason in the first line. "
        "The reason is recorded, and whoever approves later versions reads it.",
    ]
    topic = f"gate/{approval.round}/{opened.mail.id}"
    letter = letters.to_office(case, parts.practice, now, topic, title, paragraphs)
    answer = letter.model_copy(
        update={"to": (opened.envelope.sender.email,), "in_reply_to": opened.envelope.message_id}
    )
    because = f"the submission is not complete: {count(len(missing), 'gap')}"
    decision = Decision(case=case.ref, version=case.version, actions=(answer,), because=(because,))
    store(opened, decision, case.ref, parts, now)


def _what_waits(case: Case, round_id: str, asked_anew: bool) -> str:
    """What stands in the place of the round whose code is old, and where its code is; empty where nothing does."""
    kind = round_id.rpartition("-")[0]
    waiting = [one for one in rounds.beginning(case, f"{kind}-") if one.waiting and one.id != round_id]
    if waiting:
        newest = waiting[-1].id
        title, version = rounds.round_title(newest), newest.rpartition("-")[2]
        return (
            f"What waits now is version {version} of {title} ({newest}). Please answer the latest request: it came "
            "in an email of its own."
        )
    if asked_anew:
        return "The letters were put to you again since, with a new code. Please answer that email, the latest one."
    return ""


def _clarify(
    case: Case,
    approval: Approval,
    opened: Opened,
    why: str,
    parts: Parts,
    now: datetime,
    instead: str = "",
) -> None:
    """One polite answer that says what to write, or which request is to be answered `instead`."""
    told = tell_office(
        case,
        now,
        parts.practice,
        f"unclear/{approval.round}/{approval.id}",
        f"Your answer {'is to an older request' if instead else 'was not understood'}, and nothing was done",
        [
            f"Because {why}.",
            instead or HOW_TO_ANSWER,
        ],
        ["mailbot letters --waiting"],
    )
    decision = Decision(case=case.ref, version=case.version).and_then(told)
    store(opened, decision, case.ref, parts, now)


def take_live_concern(opened: Opened, parts: Parts, now: datetime) -> None:
    """Shouted about at once, without case details, and never filed as done. No flood of held mail silences it."""
    concern = MailMark(mail=opened.mail.id, state="held", reason="; ".join(opened.read.because))
    told = live_letter(opened, "It is held, and no case was opened for it.", parts, now)
    parts.casebook.commit(Decision(actions=(told,)), now, concern)


def live_letter(opened: Opened, what_was_done: str, parts: Parts, now: datetime) -> SendLetter:
    """To the office, at any hour: the subject and the words name nobody."""
    number = opened.mail.id
    return letters.to_office(
        Case(),
        parts.practice,
        now,
        f"live-concern-{number}",
        "URGENT: a live referral may have reached this mailbox",
        [
            f"Mail {number} looks like a live referral about a child or an adult at risk. {what_was_done} Nobody "
            "acts on such a referral from this mailbox.",
            "Open the mail and pass it to the front door NOW, by telephone: children's services (MASH or duty team) "
            "for a child, adult safeguarding for an adult. Then tell the sender where it belongs.",
        ],
        ["mailbot held"],
        kind="warning",
    ).model_copy(update={"due": now})


def take_records_request(opened: Opened, parts: Parts, now: datetime) -> None:
    """Held for a person whoever sent it: what is disclosed, and to whom, is no machine's to say."""
    hold(opened, "; ".join(opened.read.because), parts, now)


def take_other(opened: Opened, parts: Parts, now: datetime) -> None:
    """Neither form nor answer: held where it may be about a case, else left alone with the reason."""
    read, received = opened.read, opened.envelope.received
    if read.kind in ("own_copy", "receipt", "duplicate"):
        mark(opened, "handled", "; ".join(read.because), parts, read.case)
        return
    if read.case:
        hold(opened, f"{'; '.join(read.because)}: please read it", parts, now, read.case)
        return
    subject = opened.envelope.subject
    if read.agency and (damage := _damage(opened)):
        hold(opened, damage, parts, now)
    elif not read.agency and INCIDENT.search(subject) and not ABOUT_FORMS.search(subject):
        hold(opened, "from somebody who is not in the directory, and it may be about an incident", parts, now)
    elif read.agency and may_tell_of_an_incident(f"{subject} {opened.envelope.text[:2000]}"):
        hold(opened, "from an agency, and it may be about an incident, but it brings no form", parts, now)
    elif read.agency and any(received >= case.opened for case in opened.seen.cases):
        hold(opened, "from an agency, with no form and no reference: is it about a case?", parts, now)
    else:
        who = "from an agency, before any open case" if read.agency else "the sender is not in the directory"
        mark(opened, "ignored", f"{'; '.join(read.because)}; {who}", parts)
