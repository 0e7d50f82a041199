"""No serious harm, and something to learn: an audit is proposed, agreed, given to a group and followed to its end."""

from __future__ import annotations

from datetime import date

from mailbot.demo.acting import CHAIR, LEADS, opens_case, release, replies
from mailbot.demo.mails import Arriving
from mailbot.demo.telling import MANAGER, REF, Kept, Scene, Story, Telling, nothing, on_day

SCHOOLS = "Education Safeguarding <education.safeguarding@westmarch-schools.example>"
COUNCIL = "Safeguarding Reviews <safeguarding.reviews@westmarch-council.example>"
INFORMATION = "Information about a serious incident - secure"
DONE_BY = 20
"""The working day, counted from the first, by which the activity is to be done."""


def information(telling: Telling) -> None:
    """A school's safeguarding team tells the partnership of an incident. No form comes with it."""
    telling.arrives(
        Arriving(
            SCHOOLS,
            INFORMATION,
            "Dear colleagues\n\nTobias Wrenfield, born 9 March 2017, came to St Agnes Primary School on 28 May with "
            "a burn on his forearm. He had told a lunchtime supervisor of it two days before, and nobody wrote it "
            "down. It was treated at the walk-in centre and is healing. It is the third time this year that what "
            "a child said at lunch was not passed on.\n\nEducation Safeguarding\n01632 960155",
        )
    )


def decision_is_recorded(telling: Telling) -> None:
    """The manager records what the four decided, with the day by which it is to be done."""
    day = on_day(DONE_BY)(telling)
    replies(
        MANAGER,
        "record the decision about learning",
        f"learning-decided yes due={day.isoformat()}\nbecause the theme comes back, and one small audit can tell why",
    )(telling)


PROPOSAL = (
    'learning-proposed "An audit of how what children say to lunchtime staff is written down and passed on" '
    '"Education Safeguarding Forum" clarity recurring_theme\n'
    "because it is the third such incident this year and the question is a narrow one"
)

STORY = Story(
    about="Alternative learning: another agency's incident, no serious harm, and an audit to its end.",
    first_day=date(2026, 6, 1),
    scenes=(
        Scene(on_day(0), "09:25", information),
        Scene(on_day(0), "09:50", opens_case(INFORMATION, "education", "Tobias Wrenfield", "2017-03-09")),
        Scene(on_day(0), "10:15", release),
        Scene(
            on_day(1),
            "14:05",
            replies(
                COUNCIL,
                "Serious harm or not",
                "No serious harm\n\nThe burn is small and heals. The school's own procedure is the question here.",
            ),
        ),
        Scene(
            on_day(1),
            "14:30",
            replies(
                MANAGER,
                "confirm the local authority's answer",
                "serious-harm no\nbecause the burn is small and heals without lasting harm",
            ),
        ),
        Scene(on_day(1), "14:50", release),
        *(
            Scene(on_day(2), f"09:{10 + 10 * n}", replies(who, "do you agree", "Agree"))
            for n, who in enumerate((*LEADS, MANAGER))
        ),
        Scene(
            on_day(2),
            "11:30",
            replies(
                MANAGER,
                "The partners agree",
                "threshold upheld\nbecause all three partners agree that there is no lasting harm",
            ),
        ),
        Scene(on_day(2), "11:50", release),
        Scene(on_day(3), "10:00", replies(MANAGER, "What alternative learning is proposed", PROPOSAL)),
        Scene(on_day(3), "10:30", release),
        *(
            Scene(on_day(4), f"10:{10 + 10 * n}", replies(who, "Alternative learning", "Agree, as proposed"))
            for n, who in enumerate((*LEADS, MANAGER))
        ),
        Scene(on_day(5), "10:00", decision_is_recorded),
        Scene(on_day(5), "10:30", release),
        Scene(
            on_day(8),
            "09:30",
            replies(
                f"Gareth Lowe <{CHAIR}>",
                "Which sub-group",
                "The JCR Group met yesterday. It recommends to ESG that the Quality Assurance Sub-group takes it on.",
            ),
        ),
        Scene(
            on_day(8),
            "10:15",
            lambda telling: telling.records(
                "subgroup", "Quality Assurance Sub-group", why="the JCR Group's recommendation to ESG"
            ),
        ),
        Scene(
            on_day(DONE_BY - 5),
            "11:00",
            replies(
                MANAGER,
                "Due soon: the learning activity",
                "learning-progress\nbecause 40 of 60 records are read, and it will be done by its day",
            ),
        ),
        Scene(
            on_day(DONE_BY - 1),
            "15:10",
            lambda telling: telling.records(
                "learning-completed",
                why="the report is received: supervisors now write into the same book as teachers",
            ),
        ),
        Scene(on_day(DONE_BY - 1), "15:30", nothing),
        Scene(
            on_day(DONE_BY),
            "09:30",
            replies(MANAGER, "The case can be closed", "closed\nbecause the activity is done and has been reported"),
        ),
    ),
    over=lambda case: case.stage == "closed",
    ending="The case is closed.",
    keeps=(
        Kept(
            "partner_enquiry",
            "what a partner was asked about the local authority's decision",
            words="No serious harm",
        ),
        Kept("partner_enquiry", "what the same partner was asked about the audit", words="Alternative learning"),
        Kept("threshold_decision", "what the school heard of it"),
        Kept("learning_decision", "what the school heard of the audit"),
        Kept("subgroup_request", "what the chair of the JCR Group was asked"),
    ),
    commands=(f"explain {REF}", f"show {REF}", "ledger"),
)
