"""A procedure profile (config/procedures/*.toml) as values: its steps, clocks, meeting window and ladder."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mailbot.cases.values import Value

Anchor = Literal[
    "aware",
    "reported",
    "intention",
    "referral",
    "harm_accepted",
    "la_asked",
    "harm_refused",
    "partners_asked",
    "notified",
    "scoping_sent",
    "meeting",
    "decided",
    "submitted",
    "learning_asked",
    "learning_decided",
]
ClockId = Literal[
    "la_notifies_panel",
    "jcr_referral",
    "la_told",
    "la_answer",
    "partner_answers",
    "send_scoping",
    "meeting_set",
    "returns_due",
    "meeting_earliest",
    "meeting_latest",
    "pack_shared",
    "endorsement",
    "panel_after_meeting",
    "panel_overall",
    "panel_other_reading",
    "outcome_told",
    "panel_reply",
    "learning_answers",
    "learning_told",
    "learning_completed",
]
Chased = Literal["returns", "la_answer", "jcr_referral", "partner_answers"]


class Step(Value):
    """One thing the procedure asks for, and the sentence that asks it."""

    id: str
    does: str
    source: str
    document: str


class ClockRule(Value):
    """`days` working days from an anchor (below zero, before it).

    Where the anchor is not known yet, the first of `until_known` that is known stands in. A clock that does not bind
    is another reading of the sources: it is shown, and nobody is warned of it.
    """

    id: ClockId
    what: str
    days: int = Field(ge=-10, le=250)
    counted_from: Anchor
    until_known: tuple[Anchor, ...] = ()
    binds: bool = True
    source: str
    document: str


class Rung(Value):
    """One rung of a ladder: `day` in working days from the due day (-1: the day before), `of` what is waited for."""

    of: Chased = "returns"
    step: str
    day: int
    letter: Literal["reminder", "chase", "escalation"]
    to: Literal["asked", "spoc", "escalate_to", "partner_lead"] = "spoc"


class MeetingRule(Value):
    """How meeting days are proposed, and when the pack is closed."""

    start: str = Field(default="10:00", pattern=r"^\d\d:\d\d$", description="local time of day")
    pack_cut_off_days: int = Field(default=1, ge=0, description="working days before the meeting")
    pack_cut_off: str = Field(default="16:00", pattern=r"^\d\d:\d\d$", description="local time of day")
    convened: Literal["extraordinary", "standing"] = Field(
        default="standing", description="extraordinary: always for this one case; standing: a group that meets anyway"
    )


class ReviewCriterion(Value):
    """One criterion for a child safeguarding practice review, which the meeting weighs (fact `criterion ID`)."""

    id: str
    text: str
    source: str
    document: str


GateCheckId = Literal[
    "child",
    "family",
    "agencies",
    "timeline",
    "facts",
    "analysis",
    "child_voice",
    "inequalities",
    "learning",
    "actions",
    "criteria",
    "decision",
    "quorum",
    "sign_off",
    "endorsement",
    "dates",
    "lateness",
    "plan",
    "prompts",
    "file",
    "names",
    "clean_file",
]


class GateCheck(Value):
    """One thing that a submission must have before anybody may approve it, and the sentence that asks it."""

    id: GateCheckId
    source: str
    document: str


class LearningCriterion(Value):
    """One criterion for an alternative learning activity; `id` is the word for it in recorded facts."""

    id: str
    text: str
    source: str
    document: str


class LearningRule(Value):
    """How alternative learning comes about and is followed; days are working days and the office's own."""

    after_rapid_review: bool = Field(
        default=True, description="a Rapid Review that decides for alternative learning goes through its boxes too"
    )
    subgroup_days: int = Field(
        default=10, ge=1, description="how often the JCR Group's recommendation is asked after"
    )
    progress_days: int = Field(default=20, ge=1, description="how often an activity without a day, or late, is")
    due_soon_days: int = Field(default=5, ge=0, description="how long before its day the office is asked")
    source: str = ""
    document: str = ""


class Procedure(Value):
    """One profile. Every timescale carries the sentence it comes from."""

    id: str
    name: str
    about: str
    scoping_trigger: Literal["on_referral", "on_serious_harm_accepted"]
    scoping_needs: Literal["any_referral", "la_referral"] = Field(
        default="any_referral", description="whose referral form the scoping of another agency's incident rests on"
    )
    chair_endorses: bool = False
    aware_means: Literal["recorded", "harm_decided", "incident"] = "recorded"
    look_again_days: int = Field(
        default=10, ge=1, description="working days after which a suspended case is asked about again"
    )
    chronology_silence_months: int = Field(
        default=3, ge=1, le=120, description="whole months without any entry that the chronology points out"
    )
    referral_needs: tuple[str, ...] = ()
    return_needs: tuple[str, ...] = ()
    meeting: MeetingRule = MeetingRule()
    learning: LearningRule = LearningRule()
    learning_criterion: tuple[LearningCriterion, ...] = ()
    step: tuple[Step, ...] = ()
    criterion: tuple[ReviewCriterion, ...] = ()
    no_answer: tuple[str, ...] = Field(
        default=(), description="what answers nothing where a passage of the template needs words: tbc, n/a"
    )
    gate: tuple[GateCheck, ...] | None = Field(
        default=None, description="what binds before a submission is approved; where nothing is said, everything"
    )
    clock: tuple[ClockRule, ...]
    ladder: tuple[Rung, ...]

    @model_validator(mode="after")
    def _complete(self) -> Procedure:
        ids = [c.id for c in self.clock]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"clock {', '.join(sorted(twice))} is given twice")
        needed = ("send_scoping", "returns_due", "meeting_earliest", "meeting_latest", "panel_overall")
        if absent := [i for i in needed if i not in ids]:
            raise ValueError(f"clock {', '.join(absent)} is missing")
        for of in dict.fromkeys(rung.of for rung in self.ladder):
            days = [rung.day for rung in self.rungs(of)]
            if days != sorted(days) or len(set(days)) != len(days):
                raise ValueError(f"the ladder's rungs of {of} must be in order of their days, one rung a day")
        return self

    def gate_has(self, check: GateCheckId) -> bool:
        """Whether this check binds here."""
        return self.gate is None or any(one.id == check for one in self.gate)

    def rungs(self, of: Chased = "returns") -> tuple[Rung, ...]:
        """The ladder of one thing that is waited for, in the order of its days."""
        return tuple(rung for rung in self.ladder if rung.of == of)

    def rule(self, clock: ClockId) -> ClockRule:
        """The rule of a clock that every profile has."""
        return next(c for c in self.clock if c.id == clock)

    def sentence(self, step: str) -> str:
        """The source sentence of a step or clock, quoted with its document; empty where the profile has none."""
        entries: tuple[Step | ClockRule, ...] = (*self.step, *self.clock)
        return next((f"“{e.source}” ({e.document})" for e in entries if e.id == step), "")
