"""Letters that were rejected are drafted again, by a person's word."""

from __future__ import annotations

from datetime import datetime

from mailbot.cases import carried_out
from mailbot.cases.case import Case
from mailbot.cases.closing import tell_the_panels_reply
from mailbot.cases.decisions import BuildPack, Decision, DraftSubmission
from mailbot.cases.not_sent import NEEDED_AT, latest
from mailbot.cases.practice import Practice
from mailbot.cases.recording.said import Reader, Said, only
from mailbot.cases.rounds import round_title
from mailbot.cases.submission import outcome_round
from mailbot.cases.wording import say_list
from mailbot.errors import NotAllowedNow, UsageProblem

REDRAFTED = tuple(what for what in NEEDED_AT if what != "scoping")


def _redraft(case: Case, said: Said, practice: Practice, now: datetime) -> Decision:
    """`redraft pack|submission|outcome|panel-reply`; a scoping letter is asked for by its agency."""
    what = only(said, "what is to be drafted again")
    if what == "scoping":
        raise UsageProblem(f"Name the agencies: mailbot record {case.ref} scoping AGENCY... --as YOU")
    if what not in REDRAFTED:
        raise UsageProblem(f"{what} is not drafted again by itself. These are: {say_list(list(REDRAFTED))}.")
    asked = latest(case, what)
    if case.stage not in NEEDED_AT[what] or asked is None or (what == "pack" and case.attendance):
        raise NotAllowedNow(f"{case.ref}: {round_title(f'{what}-1')} cannot be drafted again at this stage.")
    if asked.waiting or not (asked.not_sent or asked.state == "rejected"):
        raise NotAllowedNow(f"{case.ref}: nobody has rejected {round_title(asked.id)}; reject what waits first.")
    because = said.why or f"{said.by} asked for it to be drafted again"
    match what:
        case "pack":
            version = case.pack_version + 1
            build = BuildPack(key=f"{case.ref}/pack-{version}", case=case.ref, version=version)
            return Decision(actions=(build,), because=(because,))
        case "submission" if case.submission_edited and case.submission is not None:
            return carried_out.on_submission_drafted(case, case.submission, None, practice, now, said.by)
        case "submission":
            version = case.submission_version + 1
            draft = DraftSubmission(key=f"{case.ref}/draft-submission-{version}", case=case.ref, version=version)
            return Decision(actions=(draft,), because=(because,))
        case "outcome":
            return outcome_round(case, now, practice)
        case _:
            return tell_the_panels_reply(case, now, practice)


FACTS: dict[str, Reader] = {"redraft": _redraft}
