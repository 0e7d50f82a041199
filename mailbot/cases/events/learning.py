"""Alternative learning: considered, decided, given to a group, and followed to its end."""

from __future__ import annotations

from datetime import date
from typing import Literal

from mailbot.cases.events.values import Event


class LearningOpened(Event):
    """An alternative learning activity or action is being considered."""

    type: Literal["learning_opened"] = "learning_opened"


class LearningProposed(Event):
    """What is proposed, which existing group would lead it, and which of the criteria speak for it."""

    type: Literal["learning_proposed"] = "learning_proposed"
    activity: str
    lead: str
    criteria: tuple[str, ...] = ()


class LearningDecided(Event):
    """What the three partners and the Partnership Manager decided; without an activity it is none."""

    type: Literal["learning_decided"] = "learning_decided"
    activity: str = ""
    lead: str = ""
    due: date | None = None


class SubgroupRecommended(Event):
    """The JCR Group's recommendation to ESG: which sub-group undertakes the activity."""

    type: Literal["subgroup_recommended"] = "subgroup_recommended"
    group: str


class LearningProgressed(Event):
    """How far the activity has come; `because` is the news, `due` a new day for it."""

    type: Literal["learning_progressed"] = "learning_progressed"
    due: date | None = None


class LearningCompleted(Event):
    """The activity is done; `because` says what came of it."""

    type: Literal["learning_completed"] = "learning_completed"
