"""What a room begins with: nothing, the plan as it stands, or the plan and what the last cycle taught."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mainstem.challenge.decisions import Step
from mainstem.challenge.reading_values import ReadingKind
from mainstem.challenge.reading_words import sentence as reading_sentence
from mainstem.errors import Invalid, LedgerError, QuestionError
from mainstem.plan.model import Plan
from mainstem.score.progress import band
from mainstem.score.values import By, Question
from mainstem.score.words import percent, range_words
from mainstem.services.decisions.desk import Wanted
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.effects import effects_seen
from mainstem.services.metrics.key_results import standings
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.scores.scoring import default_unit, value_score
from mainstem.services.server.ground import Ground
from mainstem.workshop.board import Record
from mainstem.workshop.starting import Dealing, card_id, deal_plan, teams_shown

#: From what a room can start.
STARTS = ("nothing", "plan", "review")
#: Weeks of effort that a group's recent Value Score looks at.
RECENT = timedelta(weeks=13)
#: Sentences of each kind that the review brings to the board.
MOST_OF_A_KIND = 8
_MOVED = {
    "moved": "moved its metric", "moved_wrong_way": "moved its metric the wrong way",
    "not_moved": "did not move its metric", "unclear": "may or may not have moved its metric",
}  # fmt: skip
_REFUSALS = {
    Step.REFUSE: "refused", Step.OVERRIDE_REFUSE: "refused against the answers",
    Step.OVERRIDE_ACCEPT: "accepted against the answers",
}  # fmt: skip


def starting_acts(
    started_from: str,
    ground: Ground,
    by: Actor,
    *,
    steps: Mapping[str, str] | None = None,
    cycle: str = "",
) -> dict[str, Record]:
    """Records of the cards that a room begins with, by name (``card/ID``), as one event may put them.

    Args:
        started_from: ``nothing``, ``plan`` or ``review`` (the plan, and what was learned).
        ground: The server's ground.
        by: Who opens the room.
        steps: Kind of step → id of the room's first step of that kind.
        cycle: The cycle that is planned for; the metrics of its first day count as chosen.

    Raises:
        Absent, Forbidden: the actor holds no workshops.
        Invalid: there is no such beginning.
    """
    require(by, Action.HOST)
    if started_from not in STARTS:
        raise Invalid(f"A room cannot start from {started_from!r}.", f"It starts from {', '.join(STARTS)}.", field="started_from")  # fmt: skip
    dealing = Dealing(steps or {}, ground.now().isoformat())
    if started_from == "nothing":
        return {}
    plan = ground.plans.head().plan
    planned = plan.cycles.get(cycle)
    if started_from == "review":
        for learned in _learned(ground, by, cycle):
            dealing.deal(
                card_id(f"learned/{learned.text}"), learned.kind, learned.text,
                at_step=learned.step, fields=learned.fields,
            )  # fmt: skip
    deal_plan(plan, dealing, on=planned.first_day if planned else ground.today())
    _with_scores(dealing, plan, ground)
    return dealing.records


def _with_scores(dealing: Dealing, plan: Plan, ground: Ground) -> None:
    """Each group's recent Value Score on its card; only members of the organisation see it."""
    for team, words in recent_scores(ground).items():
        record = dealing.records.get(f"card/{card_id(f'teams/{team}')}")
        if record is not None and team in teams_shown(plan):
            record["fields"]["score"] = words


def recent_scores(ground: Ground) -> dict[str, str]:
    """Group → its Value Score of the last 13 weeks in words; groups without effort are left out."""
    try:
        book = ground.book()
        until = ground.today()
        asked = Question(by=By.TEAM, unit=default_unit(book), since=until - RECENT, until=until)
        cells = value_score(asked, book).cells
    except (LedgerError, QuestionError):
        return {}
    out = {}
    for cell in cells:
        score = cell.score
        if score.point is not None and score.low is not None and score.high is not None:
            out[cell.key] = f"{percent(score.point)} ({range_words(score.low, score.high)})"
    return out


@dataclass(frozen=True, slots=True)
class _Learned:
    """A sentence for the board: on which kind of card, and at which kind of step."""

    kind: str
    text: str
    step: str
    fields: Mapping[str, str]


def _learned(ground: Ground, by: Actor, cycle: str) -> Iterator[_Learned]:
    """What the last cycle taught, each kind with its worst first, and honest words where nothing is known."""
    plan, today = ground.observed().plan, ground.today()
    last = last_cycle(plan, today, cycle)
    if not last:
        yield _note("Too early: no cycle has begun before this one, so nothing was learned from it.", "call")  # fmt: skip
        return
    name = plan.cycles[last].name or last
    if plan.cycles[last].last_day >= today:
        yield _note(f"Too early for a verdict: {name} goes on until {plan.cycles[last].last_day}.", "call")  # fmt: skip
    yield from _of_the_rest(ground, plan, last, name)
    yield from _of_key_results(ground, plan, last, name)
    yield from _of_bets(ground, by, plan, last, name)
    yield from _of_metrics(ground, by)
    yield from _of_decisions(ground, plan, last, name)


def _note(text: str, step: str) -> _Learned:
    return _Learned("note", text, step, {})


def last_cycle(plan: Plan, today: date, planned: str = "") -> str:
    """The cycle that ended last before the planned one; without one, the last that has begun."""
    next_one = plan.cycles.get(planned)
    before = next_one.first_day if next_one else today + timedelta(days=1)
    begun = [
        (c.first_day, k) for k, c in plan.cycles.items()
        if c.first_day < before and c.first_day <= today and k != planned
    ]  # fmt: skip
    return max(begun)[1] if begun else ""


def _of_the_rest(ground: Ground, plan: Plan, cycle: str, name: str) -> Iterator[_Learned]:
    """The biggest kinds of the rest: candidates for what we stop."""
    span = plan.cycles[cycle]
    until = min(span.last_day, ground.today())
    try:
        book = ground.book()
        unit = default_unit(book)
        total = value_score(Question(unit=unit, since=span.first_day, until=until), book).total
    except (LedgerError, QuestionError):
        yield _note("Too early: no work was imported, so nobody knows what the rest of our effort was for.", "call")  # fmt: skip
        return
    if total is None or not total.amounts.units:
        yield _note(f"Too early: no effort is known in {name}.", "call")
        return
    units = total.amounts.units
    biggest = sorted(total.amounts.rest.items(), key=lambda pair: (-pair[1], pair[0].value))
    for kind, parts in biggest[:3]:
        if parts * 20 >= units:
            share = round(100 * parts / units)
            text = f"{kind.value.capitalize()} took {share} % of our effort in {name}. What of it can we stop?"  # fmt: skip
            yield _Learned("call", text, "call", {"part": "stop"})


def _of_key_results(ground: Ground, plan: Plan, cycle: str, name: str) -> Iterator[_Learned]:
    found = standings(ground, cycle=cycle)
    scored = sorted((score, key) for key, score in found.scores.items() if key in plan.key_results)
    if not scored:
        open_ones = sum(kr.cycle == cycle for kr in plan.key_results.values())
        if open_ones:
            yield _note(f"Too early: none of {open_ones} key results of {name} has a score yet.", "bets")  # fmt: skip
        return
    bands = plan.organisation.settings.bands
    half = MOST_OF_A_KIND // 2
    shown = scored if len(scored) <= MOST_OF_A_KIND else [*scored[:half], *scored[-half:]]
    for score, key in shown:
        kr = plan.key_results[key]
        yield _note(f"{band(score, bands).capitalize()} in {name} ({score:.2f}): {kr.text}", "bets")


def _of_bets(ground: Ground, by: Actor, plan: Plan, cycle: str, name: str) -> Iterator[_Learned]:
    seen = effects_seen(ground, by, at=ground.now())
    bets = [s for s in seen.values() if s.cycle == cycle and s.initiative in plan.initiatives]
    answered = [s for s in bets if s.verdict]
    order = list(_MOVED)
    for one in sorted(answered, key=lambda s: (order.index(s.verdict) if s.verdict in order else 9, s.initiative))[:MOST_OF_A_KIND]:  # fmt: skip
        bet = plan.initiatives[one.initiative]
        words = bet.name or bet.belief or one.initiative
        yield _note(f"The bet “{words}” {_MOVED.get(one.verdict, one.verdict)}.", "bets")
    if len(answered) < len(bets):
        yield _note(f"Too early: for {len(bets) - len(answered)} of {len(bets)} bets of {name} nobody can say yet whether they moved their metric.", "bets")  # fmt: skip


def _of_metrics(ground: Ground, by: Actor) -> Iterator[_Learned]:
    desk = server_desk(ground)
    made = kept_readings(ground, desk, by, at=ground.now())
    plan = desk.standing.plan
    early = 0
    for reading in made.readings:
        metric = plan.metrics.get(reading.metric)
        if reading.kind in (ReadingKind.TOO_EARLY, ReadingKind.NONE_YET):
            early += 1
        elif metric is not None:
            yield _note(reading_sentence(reading, metric.name or reading.metric), "metrics")
    early += len(made.silent)
    if early:
        metrics = "one metric" if early == 1 else f"{early} metrics"
        yield _note(f"Too early to read anything of {metrics}: too little was decided by them.", "metrics")  # fmt: skip


def _of_decisions(ground: Ground, plan: Plan, cycle: str, name: str) -> Iterator[_Learned]:
    """How often work was refused or overruled for each stream; no single person is named."""
    desk = server_desk(ground)
    span = plan.cycles[cycle]
    counts: dict[str, dict[str, int]] = {}
    for chain in desk.decisions.chains(Wanted(most=2_000)):
        verdict = chain.verdict
        if verdict is None or not span.first_day <= verdict.at.date() <= span.last_day:
            continue
        word = _REFUSALS.get(verdict.step)
        if word:
            of = counts.setdefault(verdict.stream, {})
            of[word] = of.get(word, 0) + 1
    for stream in sorted(counts, key=lambda s: -sum(counts[s].values()))[:MOST_OF_A_KIND]:
        held = plan.streams.get(stream)
        label = (held.name or stream) if held is not None else "no stream"
        said = ", ".join(f"{n} {word}" for word, n in sorted(counts[stream].items()))
        yield _note(f"Work for {label} in {name}: {said}. Were we right?", "streams")
    if not counts:
        yield _note(f"Too early: nothing was refused or overruled in {name}.", "streams")
