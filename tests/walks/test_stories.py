"""The other stories of `mailbot demo`: who was asked what and when, whose word decided, and balanced books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.cases.case import Case
from mailbot.cases.events import AnyEvent
from mailbot.cases.forecast import forecast
from mailbot.config import load
from mailbot.demo.acting import CHAIR, LEADS
from mailbot.demo.stage import make_home
from mailbot.demo.stories import STORIES, alternative_learning, other_agency
from mailbot.demo.telling import REF, Story
from mailbot.mail.envelope import open_envelope
from mailbot.parts import open_parts
from mailbot.store.audit import check
from mailbot.store.outbox import Letter
from tests.builders import at
from tests.walks.conftest import WatchedStage, without_libreoffice

HELEN = "manager@westmarchscp.example"
LOCAL_AUTHORITY, POLICE, HEALTH = LEADS
COUNCIL = "safeguarding.reviews@westmarch-council.example"


def told(story: Story, home: Path) -> Iterator[WatchedStage]:
    make_home(home)
    with open_parts(load(home)) as parts:
        stage = WatchedStage(without_libreoffice(parts))
        story.play(stage)
        yield stage


@pytest.fixture(scope="module")
def challenged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedStage]:
    """The police's incident, which the local authority does not take for serious harm until a partner challenges."""
    yield from told(other_agency.STORY, tmp_path_factory.mktemp("other") / "home")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedStage]:
    """The school's incident, out of which an audit comes."""
    yield from told(alternative_learning.STORY, tmp_path_factory.mktemp("learning") / "home")


@pytest.fixture(params=["challenged", "learned"])
def either(request: pytest.FixtureRequest) -> WatchedStage:
    """Both of them, one after the other."""
    stage: WatchedStage = request.getfixturevalue(request.param)
    return stage


def events(walk: WatchedStage, kind: str) -> list[AnyEvent]:
    return [stored.event for stored in walk.parts.casebook.events(REF) if stored.event.type == kind]


def stages(walk: WatchedStage) -> list[str]:
    """The stages that the case stood at, each once, in order."""
    return list(dict.fromkeys(moment.case.stage for moment in walk.moments if moment.case))


def recipients(walk: WatchedStage, kind: str, words: str = "") -> list[str]:
    return [letter.to[0] for letter in walk.sent(kind) if words in letter.subject]


def text(letter: Letter) -> str:
    return open_envelope(letter.raw, letter.created).text


def final(walk: WatchedStage) -> Case:
    return walk.case(REF)


def test_every_mail_is_handled_or_held_and_the_record_is_whole(either: WatchedStage) -> None:
    ledger = either.parts.mailbag.ledger()
    assert ledger.balanced
    assert ledger.seen == len(either.delivered) == ledger.handled
    assert check(either.parts.db).intact


def test_a_second_pass_at_the_same_moment_finds_nothing(either: WatchedStage) -> None:
    for moment in either.moments:
        assert (moment.again.letters.drafted, moment.again.letters.sent, moment.again.handled) == (0, 0, 0)


def test_no_letter_to_a_person_names_the_child(either: WatchedStage) -> None:
    for letter in either.sent():
        for name in ("Castellane", "Rowan", "Wrenfield", "Tobias"):
            assert name not in letter.subject
            assert name not in text(letter)


def test_nothing_goes_twice(either: WatchedStage) -> None:
    keys = [letter.key for letter in either.sent()]
    assert len(keys) == len(set(keys))


def test_the_way_of_a_challenged_decision(challenged: WatchedStage) -> None:
    assert stages(challenged) == ["la_deciding", "partner_discussion", "referral_awaited", "scoping"]


def test_the_local_authority_is_asked_in_the_charts_own_words_and_the_others_are_told(
    challenged: WatchedStage,
) -> None:
    enquiry = challenged.sent("la_enquiry")[0]
    assert enquiry.to == (COUNCIL,)
    assert "serious and / or long-term impairment" in " ".join(text(enquiry).split())
    assert set(recipients(challenged, "notice", "A possible serious incident")) == {CHAIR, POLICE, HEALTH}
    asked = next(e for e in events(challenged, "approval_asked"))
    assert asked.at < enquiry.since


def test_its_answer_is_chased_on_the_day_it_is_due(challenged: WatchedStage) -> None:
    # Asked on Monday 1 June, two working days.
    chased = challenged.sent("la_enquiry")[1:]
    assert [(letter.to, letter.since) for letter in chased] == [((COUNCIL,), at("Wed 3 Jun 2026 8:30"))]


def test_its_no_is_confirmed_by_the_manager_and_put_to_each_partner_and_to_her(challenged: WatchedStage) -> None:
    (refused,) = events(challenged, "serious_harm_decided")
    assert refused.by == HELEN
    assert recipients(challenged, "partner_enquiry") == [*LEADS, HELEN]
    answers = {a.who.email: (a.answer, a.at) for a in final(challenged).partner_answers}
    assert {email: answer for email, (answer, _) in answers.items()} == {
        LOCAL_AUTHORITY: "agree",
        POLICE: "agree",
        HEALTH: "challenge",
        HELEN: "agree",
    }
    assert answers[HEALTH][1] == at("Wed 3 Jun 2026 15:15")


def test_a_challenge_brings_the_partners_together_and_the_police_hear_how_it_ended(challenged: WatchedStage) -> None:
    invited = recipients(challenged, "notice", "Virtual meeting")
    assert set(invited) == {*LEADS, HELEN, COUNCIL}
    assert final(challenged).threshold_meeting_at == at("Fri 5 Jun 2026 10:00")
    (settled,) = events(challenged, "threshold_settled")
    assert settled.by == HELEN
    assert recipients(challenged, "threshold_decision") == ["review.team@westmarch-police.example"]


def test_the_scoping_goes_when_the_council_has_sent_its_form_and_its_days_count_from_there(
    challenged: WatchedStage,
) -> None:
    case = final(challenged)
    assert case.received_at == at("Mon 8 Jun 2026 10:30")
    assert {letter.since for letter in challenged.sent("scoping")} == {at("Mon 8 Jun 2026 11:00")}
    assert len(challenged.sent("scoping")) == 8
    planned = forecast(case, at("Mon 8 Jun 2026 17:00"), challenged.practice)
    assert [p.what for p in planned if p.when == at("Tue 16 Jun 2026 8:30")].count("reminder") == 8


def test_the_way_of_a_learning_activity(learned: WatchedStage) -> None:
    assert stages(learned) == [
        "la_deciding",
        "partner_discussion",
        "learning_considered",
        "learning_decided",
        "closed",
    ]


def test_the_four_are_asked_about_the_threshold_and_again_about_the_proposal(learned: WatchedStage) -> None:
    assert recipients(learned, "partner_enquiry", "No serious harm") == [*LEADS, HELEN]
    assert recipients(learned, "partner_enquiry", "Alternative learning") == [*LEADS, HELEN]
    (proposed,) = events(learned, "learning_proposed")
    assert proposed.by == HELEN
    letter = next(x for x in learned.sent("partner_enquiry") if "Alternative learning" in x.subject)
    words = " ".join(text(letter).split())
    assert "Education Safeguarding Forum" in words
    assert "Clarity and focus on areas of learning proposed" in words and "Recurring theme" in words


def test_the_decision_is_a_persons_and_the_school_and_the_jcr_group_hear_of_it(learned: WatchedStage) -> None:
    (decided,) = events(learned, "learning_decided")
    assert (decided.by, decided.at) == (HELEN, at("Mon 8 Jun 2026 10:00"))
    schools = "education.safeguarding@westmarch-schools.example"
    assert recipients(learned, "threshold_decision") == [schools]
    assert recipients(learned, "learning_decision") == [schools]
    assert recipients(learned, "subgroup_request") == [CHAIR]
    request = text(learned.sent("subgroup_request")[0])
    assert "JCR Group" in request and "ESG" in request


def test_the_audit_is_followed_until_it_is_done(learned: WatchedStage) -> None:
    learning = final(learned).learning
    assert learning is not None
    assert learning.subgroup == "Quality Assurance Sub-group"
    assert learning.progress == ("40 of 60 records are read, and it will be done by its day",)
    assert learning.completed_at == at("Fri 26 Jun 2026 15:10")
    asked = [letter.since for letter in learned.sent("question") if "Due soon" in letter.subject]
    assert asked == [at("Mon 22 Jun 2026 8:30")]


@pytest.mark.parametrize("name", STORIES)
def test_every_story_says_what_it_is_about_and_what_it_leaves(name: str) -> None:
    story = STORIES[name]
    assert story.about.endswith(".") and story.ending.endswith(".")
    assert story.keeps and story.commands
