"""The meeting, its pack, what it decided, and the submission."""

from __future__ import annotations

from mailbot.cases.case import AgreedAction, Case, Criterion, Overridden, PanelReply, quorate
from mailbot.cases.events import (
    ActionAgreed,
    ActionDone,
    AttendanceRecorded,
    CriterionConsidered,
    Endorsed,
    GateOverridden,
    InvitationAnswered,
    LearningPointNoted,
    MeetingCalledOff,
    MeetingProposed,
    MeetingSet,
    OutcomeDecided,
    PackAssembled,
    PanelReplied,
    PanelWrote,
    SignedOff,
    SubmissionDrafted,
    TemplateWritten,
)
from mailbot.cases.fold.changes import Changers, Changes


def _set(case: Case, event: MeetingSet) -> Changes:
    # A cancellation that was drafted has a sequence of its own, between the date called off and this one.
    step = 2 if f"cancellation-{case.meeting_sequence}" in case.rounds else 1
    return {
        "meeting_at": event.start,
        "meeting_set_at": case.meeting_set_at or event.at,
        "meeting_how": event.how,
        "meeting_extraordinary": event.extraordinary,
        "meeting_sequence": case.meeting_sequence + step,
        "meeting_was": None,
        "invitation_answers": {},
        "attendance": (),
        "attendance_la": None,
    }


def _called_off(_: Case, event: MeetingCalledOff) -> Changes:
    return {"meeting_at": None, "meeting_was": event.start, "meeting_days": (), "invitation_answers": {}}


def _invitation_answered(case: Case, event: InvitationAnswered) -> Changes:
    """An answer about an earlier date says nothing of the one in force."""
    if event.sequence != case.meeting_sequence or case.meeting_at is None:
        return {}
    return {"invitation_answers": case.invitation_answers | {event.who: event.partstat}}


def _agreed(case: Case, event: ActionAgreed) -> Changes:
    """A table of actions that a person wrote in the template gets the new one too."""
    changes: Changes = {"actions": (*case.actions, AgreedAction(text=event.text, owner=event.owner, due=event.due))}
    if rows := case.written_tables.get("immediate_actions"):
        row = {"action": event.text, "owner": event.owner, "due": event.due.isoformat() if event.due else ""}
        changes["written_tables"] = case.written_tables | {"immediate_actions": (*rows, row)}
    return changes


def _done(case: Case, event: ActionDone) -> Changes:
    return {
        "actions": tuple(
            action.model_copy(update={"done_at": event.at}) if number == event.number else action
            for number, action in enumerate(case.actions, 1)
        )
    }


def _considered(case: Case, event: CriterionConsidered) -> Changes:
    return {"criteria": case.criteria | {event.criterion: Criterion(met=event.met, reason=event.because)}}


def _attended(_: Case, event: AttendanceRecorded) -> Changes:
    """A meeting that was not quorate decided nothing, whatever was recorded of it before."""
    changes: Changes = {"attendance": event.people, "attendance_la": event.la}
    if quorate(event.people, event.la):
        return changes
    nothing: Changes = {"outcome": None, "outcome_reason": "", "decided_at": None, "submission_edited": False}
    return changes | nothing | {"signed_off": (), "endorsed_on": None}


def _decided(case: Case, event: OutcomeDecided) -> Changes:
    """What was signed and endorsed is a decision: another one is signed and endorsed anew, and has its own reason."""
    return {
        "written": {name: text for name, text in case.written.items() if name != "decision_reason"},
        "outcome": event.outcome,
        "outcome_reason": event.reason,
        "decided_at": event.at,
        "signed_off": (),
        "endorsed_on": None,
    }


def _signed(case: Case, event: SignedOff) -> Changes:
    others = tuple(p for p in case.signed_off if p.email != event.who.email)
    return {"signed_off": (*others, event.who)}


def _drafted(case: Case, event: SubmissionDrafted) -> Changes:
    return {
        "submission": event.paper,
        "submission_version": event.version,
        "submission_edited": event.kept or event.by != "mailbot",
        "submission_older": event.kept and (case.submission_older or case.submission_stale),
        "submission_stale": False,
        "submission_empty": event.empty,
        "submission_prompts": event.prompts,
        "submission_remarks": event.remarks,
        "submission_says": event.says,
    }


def _written(case: Case, event: TemplateWritten) -> Changes:
    """What was written last counts; what was taken out again is as if nobody had written it."""
    answers, tables = case.written | event.answers, case.written_tables | event.tables
    return {
        "written": {name: text for name, text in answers.items() if text},
        "written_tables": {name: rows for name, rows in tables.items() if rows},
    }


def _overridden(case: Case, event: GateOverridden) -> Changes:
    one = Overridden(by=event.by, why=event.because, round=event.round, gaps=event.gaps)
    return {"overridden": (*case.overridden, one)}


def _panel(case: Case, event: PanelReplied) -> Changes:
    """Another answer than before is told anew; the same one, in other words, is not."""
    before = case.panel_reply
    told = sum(name.startswith("panel-reply-") for name in case.rounds)
    if before is not None and before.answer == event.answer:
        told = before.rounds_before
    reply = PanelReply(answer=event.answer, words=event.because, at=event.at, rounds_before=told)
    return {"panel_reply": reply, "papers": case.papers + event.papers}


CHANGES: Changers = {
    MeetingProposed: lambda _, event: {"meeting_days": event.days},
    MeetingSet: _set,
    MeetingCalledOff: _called_off,
    InvitationAnswered: _invitation_answered,
    PackAssembled: lambda _, event: {
        "pack": event.paper,
        "pack_version": event.version,
        "pack_absent": event.absent,
        "pack_papers": event.papers,
        "pack_workbook": event.workbook,
    },
    AttendanceRecorded: _attended,
    ActionAgreed: _agreed,
    ActionDone: _done,
    LearningPointNoted: lambda case, event: {"learning_points": (*case.learning_points, event.text)},
    CriterionConsidered: _considered,
    OutcomeDecided: _decided,
    Endorsed: lambda _, event: {"endorsed_on": event.on},
    SignedOff: _signed,
    SubmissionDrafted: _drafted,
    TemplateWritten: _written,
    GateOverridden: _overridden,
    PanelWrote: lambda case, event: {"papers": case.papers + event.papers},
    PanelReplied: _panel,
}
