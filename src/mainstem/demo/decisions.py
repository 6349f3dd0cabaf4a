"""What the demo organisation asked about and decided: a few dozen pieces of work over half a year.

Each is written out, so that the pages read like those of an organisation; days count back from today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mainstem.challenge.decisions import Work
from mainstem.challenge.verdicts import Answer
from mainstem.services.decisions.deciding import Said, answer_appeal, appeal, ask, decide
from mainstem.services.decisions.desk import Desk
from mainstem.services.people.access import Actor

SAME = "D-W01"


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of work: how many days ago it was asked, and what was said of it, a day after each other.

    ``marks`` are what claims look at (``label=…``); ``answer`` is what whoever asked said to D-W01 and why;
    ``steps`` are (verdict, reason, stream or ``kind:…``), with ``appeal`` and ``answer`` among them.
    """

    ago: int
    title: str
    team: str
    marks: str = ""
    days: float | None = None
    answer: tuple[Answer, str] | None = None
    steps: tuple[tuple[str, str, str], ...] = ()
    key: str = ""


_T, _F, _U = Answer.TRUE, Answer.FALSE, Answer.CANNOT_SAY
TOLD: tuple[Told, ...] = (
    Told(170, "Licence fetched while the list is open", "player-apps", "label=start-time", 12, None,
         (("accept", "A round trip less for everybody on a phone; we can see it within a week.", ""),)),
    Told(165, "Dark mode for the settings page", "player-apps", "", 8, (_T, ""),
         (("refuse", "Nobody waits for a picture on the settings page.", "start-fast"),
          ("appeal", "It is the most asked-for thing in the shop reviews.", ""),
          ("answer", "True, and it moves no start. Ask again for worth-watching if you see how.", ""))),
    Told(160, "A splash film when the app opens", "player-apps", "component=player-startup", 6, (_T, "It would make starts slower"),
         (("refuse", "It puts two seconds between the press and the picture.", ""),)),
    Told(152, "Move the player to the new layout language", "player-tv", "", 25, (_U, ""),
         (("defer", "Show us first that a screen of it starts sooner.", "start-fast"),)),
    Told(150, "Retry when the salary is in", "billing", "component=payments-retry", 9, None,
         (("accept", "Most failed renewals are an empty account on the 28th.", ""),)),
    Told(146, "A loyalty badge for ten seasons", "billing", "", 5, (_T, ""),
         (("refuse", "Nobody's renewal fails for want of a badge.", "pay"),)),
    Told(140, "Export of figures as slides for one carrier", "measurement", "", 7, (_T, "They asked at the fair"),
         (("overrule", "We owe them one after March; it will not happen twice.", "carrier-figures"),)),
    Told(138, "Checks under ten minutes", "build-and-release", "label=lead-time", 15, None,
         (("accept", "Every change waits for these checks, most of them twice.", ""),)),
    Told(133, "Rewrite the pipelines in one language", "build-and-release", "component=pipelines", 40, (_T, ""),
         (("refuse", "The commits would reach viewers exactly as late.", ""),
          ("appeal", "Half of the waiting is people who cannot read the old ones.", ""),
          ("overrule", "Show it on one pipeline in two weeks; then we talk about the others.", ""))),
    Told(127, "Tonight in one look", "guide", "label=tonight", 10, None,
         (("accept", "Visits end on the third page today; this is one page.", ""),)),
    Told(121, "Animated club crests in the guide", "guide", "", 6, (_T, ""),
         (("refuse", "Pretty, and nobody finds a match sooner by it.", "whats-on"),)),
    Told(118, "Upgrade the schedule database", "guide", "label=upgrade", 8, None,
         (("accept", "Out of support in winter. It is operations, and we say so.", "kind:operations"),)),
    Told(112, "Stalls on hotel networks", "picture-quality", "label=stalls", 11, None,
         (("accept", "A tenth of the stalls of a week come from there.", ""),)),
    Told(108, "Eight sound tracks for every match", "encoding", "", 30, (_F, "More would stay to the end"),
         (("refuse", "The delay would read the same, which is what we promised this year.", "live-edge"),)),
    Told(101, "Shorter segments for cup matches", "encoding", "component=low-latency", 9, None,
         (("accept", "Two seconds of the twelve are segment length.", ""),)),
    Told(97, "Names of all players in sign language", "accessibility", "", 14, (_F, "People who sign would stay for the evening"),
         (("accept", "The survey of May says the same, with numbers.", "worth-watching"),)),
    Told(93, "A chat room beside the match", "recommendations", "label=taste", 35, None,
         (("overrule", "We stop with talk: three tries, no evening more.", ""),
          ("appeal", "The tries had no friends in them. This one begins with friends.", ""))),
    Told(90, "Shorter sign-up on television", "subscriptions", "label=newcomer", 12, None,
         (("accept", "Eleven fields with a remote control; four of them nobody reads.", ""),)),
    Told(84, "A second newsletter for newcomers", "subscriptions", "", 4, (_T, ""),
         (("refuse", "They watch on day one or not at all; the letter comes on day three.", "join"),)),
    Told(79, "Calls that need nobody", "response", "label=calm-nights", 8, None,
         (("accept", "A third of last month's calls were closed without a touch.", ""),)),
    Told(76, "Moments without the result in the title", "highlights", "label=moments", 5, None,
         (("accept", "Those who were spoilt do not come back that evening.", ""),)),
    Told(70, "Old code of the clipper", "highlights", "label=tech-debt", 10, None,
         (("accept", "Debt, and called so. Two weeks, not more.", "kind:debt"),)),
    Told(66, "A trophy case in the profile", "profiles", "", 9, (_T, ""),
         (("refuse", "A household does not take its second seat for a trophy.", "share-home"),)),
    Told(61, "Pause for the summer", "retention", "label=lost-by-accident", 13, None,
         (("accept", "Half of those who leave in June come back in August, with a new account.", ""),)),
    Told(55, "Waiting room that tells the truth", "match-day", "label=big-night", 7, None,
         (("accept", "Those who see a number wait; those who see a circle press again.", ""),)),
    Told(49, "Licence server in a second country", "edge", "", 22, (_U, ""),
         (("defer", "After the derby. Bring the share of starts that wait for the licence.", "start-fast"),)),
    Told(44, "A remote control for watches", "player-apps", "", 16, (_T, "The shop would feature us"),
         (("refuse", "Starts on a watch are none. Being featured is not our metric.", "start-fast"),
          ("appeal", "Being featured brought a tenth of last year's newcomers.", ""))),
    Told(40, "Nothing twice in one break", "ad-experience", "label=ad-break", 6, None,
         (("accept", "The first thing anybody writes about our breaks.", ""),)),
    Told(35, "Set-up remembered by ground", "studio", "project=STUD", 8, None,
         (("accept", "Forty minutes of each arrival are last week's set-up.", ""),)),
    Told(30, "Report for the auditor of the league", "royalties", "label=audit", 5, None,
         (("accept", "The contract asks for it. It is compliance and no value.", "kind:compliance"),)),
    Told(24, "Warm connections on the match page", "player-apps", "label=start-time", 9, None,
         (("accept", "Cheap, and the biggest step that is left on phones.", ""),)),
    Told(19, "Old boxes, new season", "partner-devices", "label=carrier", 18, None,
         (("accept", "Two carriers ship nothing newer until spring.", ""),)),
    Told(12, "Clean-up of start-up flags", "player-apps", "", 4, (_U, ""), ()),
    Told(9, "Fewer round trips before the picture on old televisions", "player-tv", "label=start-time", 12, None, ()),
    Told(6, "Say what the picture costs in data", "picture-quality", "", 5, (_F, "People on a tariff would not stop"), ()),
    Told(3, "A widget with the next match", "guide", "", 7, None, ()),
    Told(1, "Ask for the reason when somebody leaves", "retention", "", 3, (_F, "We would mend what they name"), ()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voices:
    """Who asks, who decides in the name of which stream, who answers for the others."""

    asks: Actor
    owner: Actor
    owned: str
    planner: Actor


def decide_on_work(desk: Desk, voices: Voices, today: date, told: tuple[Told, ...] = TOLD) -> int:
    """Has the cast ask and decide; how many pieces of work it was. Same day, same decisions."""
    known = desk.standing.plan.teams
    for one in told:
        work = Work(one.title, team=one.team if one.team in known else "", estimate=one.days, key=one.key,
                    given=_given(one.marks))  # fmt: skip
        first = today - timedelta(days=one.ago)
        chain = ask(work, desk, voices.asks, at=_on(first), answers=_answers(one))
        for place, (step, why, target) in enumerate(one.steps, 1):
            _say(
                chain.number, step, why, target, desk, voices, at=_on(first + timedelta(days=place))
            )
    return len(told)


def _say(
    number: int, step: str, why: str, target: str, desk: Desk, voices: Voices, *, at: datetime
) -> None:
    if step == "appeal":
        appeal(number, why, desk, voices.asks, at=at)
        return
    kind, stream = target.removeprefix("kind:") if target.startswith("kind:") else "", ""
    stream = "" if kind else target
    by = voices.owner if stream == voices.owned else voices.planner
    if step == "answer":
        answer_appeal(number, why, desk, voices.planner, at=at)
    else:
        decide(number, step, why, desk, by, at=at, stream=stream, kind=kind)


def _given(marks: str) -> Mapping[str, tuple[str, ...]]:
    return {name: (value,) for name, value in _pairs(marks)}


def _pairs(marks: str) -> Iterator[tuple[str, str]]:
    for mark in filter(None, marks.split(";")):
        name, _, value = mark.partition("=")
        yield name, value


def _answers(one: Told) -> Mapping[str, Said]:
    return {SAME: one.answer} if one.answer else {}


def _on(day: date) -> datetime:
    return datetime.combine(day, time(9, 15), UTC)
