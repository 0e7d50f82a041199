"""Another agency identifies: the police tell of an incident, the local authority says no, a partner challenges it.

It ends when the scoping letters have gone; the Rapid Review from there on is the first story.
"""

from __future__ import annotations

from datetime import date

from mailbot.demo.acting import LEADS, REFERRER, opens_case, release, replies, shipped
from mailbot.demo.filling import with_answer
from mailbot.demo.mails import Arriving
from mailbot.demo.telling import MANAGER, REF, Kept, Scene, Story, Telling, nothing, on_day

POLICE = "Review Team <review.team@westmarch-police.example>"
COUNCIL = "Safeguarding Reviews <safeguarding.reviews@westmarch-council.example>"
LOCAL_AUTHORITY, FORCE, HEALTH = LEADS
MEETING_AT = "10:00"
INFORMATION = "Information about a serious incident - secure"


def information(telling: Telling) -> None:
    """The police tell the partnership of an incident. No form comes with it."""
    telling.arrives(
        Arriving(
            POLICE,
            INFORMATION,
            "Dear colleagues\n\nFor the Partnership Manager. On 28 May officers were called to Westmarch General by "
            "the paediatric team. Rowan Castellane, born 14 February 2026, had bruises to the cheek and the upper "
            "arm. He cannot move on his own. The parents say that a toy fell on him. The child abuse unit has opened "
            "an investigation.\n\nWe think that this should be looked at.\n\nReview Team\n01632 960122",
        )
    )


def council_says_no(telling: Telling) -> None:
    """The local authority answers, on the day on which its answer is due."""
    replies(
        COUNCIL,
        "Serious harm or not",
        "No serious harm\n\nThe Head of Service has looked at it: both bruises have healed, and the paediatrician on "
        "duty found the account possible.\n\nSafeguarding Reviews",
    )(telling)


def meeting_is_set(telling: Telling) -> None:
    """The manager calls the partners together for the next morning."""
    tomorrow = on_day(4)(telling)
    replies(
        MANAGER,
        "challenges the decision",
        f"threshold-meeting {tomorrow.isoformat()}T{MEETING_AT}\nbecause health has new findings",
    )(telling)


def council_refers(telling: Telling) -> None:
    """The local authority's own JCR form comes, in Word."""
    today = telling.stage.practice.calendar.day_of(telling.now)
    name, form = shipped("referral.docx", "JCR Referral Form.docx")
    dated = with_answer(form, "Date of referral", f"{today:%d/%m/%Y}")
    text = "Dear colleagues\n\nAs agreed, our referral form is attached. We notify the Panel today.\n\nJo Penrose"
    telling.arrives(Arriving(REFERRER, f"{REF}: JCR referral - secure", text, files=[(name, dated)]))


def council_has_notified(telling: Telling) -> None:
    """The office records when the notification went to the Panel."""
    day = on_day(5)(telling)
    telling.records("notified", f"{day.isoformat()}T10:05", why="Jo Penrose rang; the time on the Panel's receipt")


STORY = Story(
    about="Another agency identifies: the local authority says no, a partner challenges, the partners meet.",
    first_day=date(2026, 6, 1),
    scenes=(
        Scene(on_day(0), "09:20", information),
        Scene(on_day(0), "09:50", opens_case(INFORMATION, "police", "Rowan Castellane", "2026-02-14")),
        Scene(on_day(0), "10:20", release),
        Scene(on_day(2), "11:10", council_says_no),
        Scene(
            on_day(2),
            "11:40",
            replies(
                MANAGER,
                "confirm the local authority's answer",
                "serious-harm no\nbecause both bruises have healed and the account was found possible",
            ),
        ),
        Scene(on_day(2), "12:10", release),
        Scene(on_day(2), "14:30", replies(FORCE, "do you agree", "Agree\n\nColin Frith")),
        Scene(
            on_day(2),
            "15:15",
            replies(
                HEALTH,
                "do you agree",
                "Challenge: the skeletal survey came back after the decision and shows two healing fractures of the "
                "ribs.\n\nMiriam Oyelaran",
            ),
        ),
        Scene(on_day(3), "09:20", replies(LOCAL_AUTHORITY, "do you agree", "Agree\n\nAnita Rao")),
        Scene(on_day(3), "09:40", replies(MANAGER, "do you agree", "Agree, for what was known on the day")),
        Scene(on_day(3), "10:10", meeting_is_set),
        Scene(on_day(3), "10:30", release),
        Scene(on_day(4), "11:05", nothing),
        Scene(
            on_day(4),
            "11:20",
            replies(
                MANAGER,
                "What did the partners",
                "threshold overturned\nbecause the fractures are of a different age than the bruises, and all three "
                "partners now take it for serious harm",
            ),
        ),
        Scene(on_day(4), "11:45", release),
        Scene(on_day(5), "10:30", council_refers),
        Scene(on_day(5), "10:45", council_has_notified),
        Scene(on_day(5), "11:00", release),
    ),
    over=lambda case: case.scoping_sent_at is not None,
    ending="The scoping letters have gone: from here on it is the first story.",
    keeps=(
        Kept("la_enquiry", "what the local authority was asked, with the chart's words for serious harm"),
        Kept("notice", "what the JCR chair, health and police were told"),
        Kept("partner_enquiry", "what each partner was asked about the local authority's decision"),
        Kept("threshold_decision", "what the police heard in the end"),
        Kept("scoping", "a scoping letter, as in the first story", to="police"),
    ),
    commands=(f"plan {REF}", f"explain {REF}", "ledger"),
)
