"""The stories that `mailbot demo` plays."""

from __future__ import annotations

from mailbot.demo.stories import alternative_learning, other_agency, rapid_review
from mailbot.demo.telling import Story

STORIES: dict[str, Story] = {
    "rapid-review": rapid_review.STORY,
    "other-agency": other_agency.STORY,
    "alternative-learning": alternative_learning.STORY,
}
