"""The table of stages as people see it: a Mermaid picture and a Markdown table, both made from stages.MOVES."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailbot.cases.case import Stage
from mailbot.cases.stages import AFTER_THE_END, ANY_TIME, AS_BEFORE, ENDED, MOVES, OPEN, TAKEN_OUT
from mailbot.cases.wording import stage_name

PARTS: dict[str, tuple[Stage, ...]] = {
    "Threshold": ("la_deciding", "partner_discussion", "referral_awaited", "referral_received", "harm_not_accepted"),
    "Rapid Review": ("scoping", "pack_ready", "meeting_held", "sign_off", "submitted"),
    "Learning": ("learning_considered", "learning_decided"),
    "Ended": ("closed", "withdrawn", "transferred", "merged"),
}
"""How the picture groups the stages; `new` and `suspended` stand by themselves."""
STEP_NAMES = {
    "absorbed": "another case is merged into this one",
    "action_agreed": "an immediate action is agreed",
    "action_done": "an immediate action is done",
    "agency_replied": "an agency writes, without a return",
    "approval_asked": "approval of letters is asked",
    "awaited_form_came": "the form comes",
    "became_aware": "the authority's becoming aware is recorded",
    "chase_step_taken": "the authority or a partner is chased",
    "child_described": "a person says more of the child",
    "chronology_received": "a chronology comes",
    "clocks_noted": "a clock begins or moves",
    "closed": "a person closes the case",
    "criterion_considered": "a criterion is considered",
    "delivery_failed": "a letter comes back",
    "endorsed": "the chair endorses the outcome",
    "extension_granted": "an agency is given more time",
    "extension_refused": "an agency is refused more time",
    "family_member_named": "a person names somebody of the family",
    "file_unlocked": "a locked file is opened",
    "first_approved": "the first of two persons approves letters",
    "gate_overridden": "the submission is approved despite gaps",
    "incident_reported": "another agency's information",
    "intention_reported": "the authority means to notify",
    "intention_told": "the authority says that it means to notify",
    "invitation_answered": "somebody invited to the meeting answers from their calendar",
    "ladder_step_taken": "a late agency is reminded or chased",
    "lateness_explained": "the reason of lateness is recorded",
    "learning_agreed": "an activity is agreed",
    "learning_completed": "the activity is completed",
    "learning_declined": "no activity is to be undertaken",
    "learning_opened": "learning is to be considered",
    "learning_point_noted": "a point of learning is noted",
    "learning_progressed": "news of the activity is recorded",
    "learning_proposed": "an activity is proposed",
    "letter_failed": "a letter is refused",
    "letter_sent": "a letter goes",
    "local_authority_named": "the case's local authority is named",
    "meeting_called_off": "the meeting is called off",
    "meeting_held_not_quorate": "a meeting that was not quorate",
    "meeting_held_quorate": "the meeting, quorate",
    "meeting_proposed": "days for the meeting are proposed",
    "meeting_set": "the meeting's time is set",
    "merged": "it is merged into another case",
    "more_time_wanted": "the authority asks for more time",
    "notification_received": "the authority's notification comes",
    "office_told": "the business unit is asked or told",
    "outcome_decided": "the outcome is decided",
    "pack_assembled": "the pack is put together",
    "panel_notified": "the date of the notification is recorded",
    "panel_replied": "the Panel's reply is recorded",
    "panel_wrote": "the Panel writes",
    "partner_answered": "a partner agrees or challenges",
    "referral_joined": "a further referral joins the case",
    "referral_received": "a referral form",
    "referral_waits_for_la": "another agency's form",
    "reopened": "a person opens it again",
    "resumed": "it goes on",
    "return_explained": "it is said why an agency makes no return",
    "round_approved": "letters are approved",
    "round_rejected": "letters are rejected",
    "round_stopped": "an approval is taken back",
    "scoping_drafted": "scoping letters are drafted",
    "scoping_returned": "a return comes",
    "serious_harm_accepted": "serious harm accepted",
    "serious_harm_accepted_form_awaited": "serious harm accepted, the form still to come",
    "serious_harm_refused": "no serious harm",
    "serious_harm_refused_own": "no serious harm, of the authority's own incident",
    "signed_off": "a partner signs off",
    "subgroup_recommended": "the JCR Group recommends a sub-group",
    "submission_drafted": "the submission is drafted",
    "submission_sent": "the submission goes to the Panel",
    "suspended": "it is suspended",
    "template_written": "the template comes back written",
    "threshold_meeting_set": "the partners' meeting is set",
    "threshold_overturned": "the challenge succeeds",
    "threshold_overturned_form_awaited": "the challenge succeeds, the form still to come",
    "threshold_upheld": "the decision stands",
    "transferred": "another area takes it",
    "withdrawn": "it is withdrawn",
}
"""Each step of the table in words."""


def stages_page() -> str:
    """docs/stages.md: the picture, then every row of the table."""
    return "\n".join(_page()) + "\n"


def diagram() -> str:
    """The moves from one stage to another as a Mermaid flowchart; what keeps a case where it is stands in the table.

    A flowchart, since Mermaid's state diagrams know no move between groups.
    """
    lines = ["flowchart TD", f'    new(["{stage_name("new")}"])']
    for number, (part, stages) in enumerate(PARTS.items(), 1):
        lines += [f'    subgraph part{number}["{part}"]', "        direction TB"]
        lines += [f'        {stage}["{stage_name(stage)}"]' for stage in stages]
        lines.append("    end")
    lines += [
        '    any_open(["any open stage"])',
        f'    suspended["{stage_name("suspended")}"]',
        '    before(["as before"])',
    ]
    lines += [f'    {came} -->|"{"<br/>".join(names)}"| {to}' for (came, to), names in _arrows().items()]
    return "\n".join(lines)


def _arrows() -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in _from_every_stage():
        arrows.setdefault(("any_open", str(MOVES[OPEN[0], step])), []).append(STEP_NAMES[step])
    for (stage, step), to in MOVES.items():
        if to != stage and step not in _from_every_stage():
            arrows.setdefault((stage, "before" if to == AS_BEFORE else to), []).append(STEP_NAMES[step])
    return arrows


def _from_every_stage() -> tuple[str, ...]:
    """The steps that lead from every open stage to one and the same."""
    steps = dict.fromkeys(step for _, step in MOVES)
    ways = {step: [MOVES.get((stage, step)) for stage in OPEN] for step in steps}
    return tuple(step for step, to in ways.items() if to[0] is not None and len(set(to)) == 1)


def _page() -> Iterator[str]:
    yield from (
        "# The stages of a case",
        "",
        "Made by `make diagram` from the table in `mailbot/cases/stages.py`; a test compares the two. Whatever the "
        "table does not have is refused, with what is allowed instead.",
        "",
        "```mermaid",
        diagram(),
        "```",
        "",
        "## Every row of the table",
        "",
        "| stage | what happens | then |",
        "|---|---|---|",
    )
    everywhere = _from_every_stage()
    for stage in ("new", *OPEN, *ENDED):
        for (at, step), to in MOVES.items():
            if at == stage and step not in everywhere:
                then = "stays" if to == stage else "as before" if to == AS_BEFORE else stage_name(to)
                yield f"| {stage_name(stage)} | {STEP_NAMES[step]} | {then} |"
    for step in everywhere:
        yield f"| any open stage | {STEP_NAMES[step]} | {stage_name(MOVES[OPEN[0], step])} |"
    yield from (
        "",
        f"“As before” is the stage that the case was taken out of when it was {_names(TAKEN_OUT, 'or')}.",
        "",
        "## At every open stage",
        "",
        "These may happen while a case is open, and leave it where it is:",
        "",
        *(f"- {words}" for words in sorted(STEP_NAMES[step] for step in ANY_TIME)),
        "",
        "## After the end",
        "",
        "Letters that tell of the end are released, and those on their way arrive:",
        "",
        *(f"- {words}" for words in sorted(STEP_NAMES[step] for step in AFTER_THE_END)),
    )


def _names(stages: Iterable[Stage], last: str) -> str:
    *first, end = (stage_name(stage) for stage in stages)
    return f"{', '.join(first)} {last} {end}"
