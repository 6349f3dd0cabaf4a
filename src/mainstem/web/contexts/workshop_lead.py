"""The facilitator's desk: what the step on screen needs, the running order, hands, what can be pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mainstem.figures.wording import plural
from mainstem.web.contexts.workshop_clock import Clock, clock_of
from mainstem.web.contexts.workshop_steps import (
    KIND_WORDS,
    STATE_WORDS,
    Records,
    Somebody,
    counted,
    counted_words,
    hands,
    has_cards,
    of,
    people,
    room,
    said,
    steps,
)
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import StepKind

#: Kinds of steps that can be added while a workshop runs, with their words.
ADDABLE = tuple((kind.value, KIND_WORDS[kind].capitalize()) for kind in StepKind)
#: Lengths that the timer is offered for, in minutes.
LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90)


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button that sends an act to the room.

    Attributes:
        words: On the button.
        act: Name of the act.
        given: What else the act says.
        tone: ``main`` for the one that comes next, else empty.
        key: A key that presses it; empty for none.
        more: Read aloud after the words, where the same words stand several times.
        is_off: Whether it stands there greyed out, because it cannot be pressed now.
    """

    words: str
    act: str
    given: tuple[tuple[str, str], ...] = ()
    tone: str = ""
    key: str = ""
    more: str = ""
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class LedStep:
    """A step of the running order, with all that its facilitator reads.

    Attributes:
        number: Its place, from 1.
        kind: What it is about, in words.
        state: ``waiting``, ``on`` or ``done``.
        starts: When it starts by the plan, e.g. ``10:20``; empty where no start is set.
        minutes: How long it takes.
        marks: What is switched on, in words.
        count: How many cards it has.
        lead: The facilitators' own note.
        buttons: Go to it, move it.
    """

    id: str
    number: int
    title: str
    kind: str
    state: str
    starts: str
    minutes: int
    marks: tuple[str, ...]
    purpose: str
    prompt: str
    how: str
    good: str
    traps: tuple[str, ...]
    lead: str
    silent: bool
    dots: int
    ranking: bool
    breakouts: bool
    count: str
    href: str
    buttons: tuple[Button, ...]
    may_remove: bool


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Everything that the desk shows.

    Attributes:
        head: The first line: what is on screen, and how it stands.
        lead: Cards, people, hands.
        todo: What to do next, as a sentence.
        state: ``prepared``, ``running``, ``paused`` or ``finished``.
        now: The step on screen; nothing before the start.
        big: What is pressed most, for the step on screen.
        timer: Start, pause, add, stop.
        lengths: What the timer is offered for: seconds, words, whether it is the step's own.
        hands: Who has a hand up, first first, each with the button that lowers it.
        who_edits: Who may edit a card: ``anyone`` or ``author``.
    """

    number: int
    head: str
    lead: str
    todo: str
    state: str
    state_words: str
    clock: Clock
    now: LedStep | None
    big: tuple[Button, ...]
    timer: tuple[Button, ...]
    lengths: tuple[tuple[int, str, bool], ...]
    steps: tuple[LedStep, ...]
    total: str
    hands: tuple[tuple[Somebody, Button], ...]
    here: int
    who_edits: str


def build_lead(
    number: int, records: Records, at: datetime, zone: str, starts_at: datetime | None
) -> LeadPage:
    """The desk of a room.

    Args:
        records: As a facilitator sees them.
        at: The moment.
        zone: IANA name of the organisation's time zone.
        starts_at: When the workshop is planned to begin.
    """
    held = room(records)
    shown = tuple(_steps(number, records, zone, starts_at))
    now = next((s for s in shown if s.state == "on" and s.id == held.get("step")), None)
    clock = clock_of(records.get("timer"), at, zone)
    here = [p for p in people(records) if not p.is_out]
    state = str(held.get("state") or "prepared")
    up = hands(records)
    return LeadPage(
        number=number, head=_head(now, shown, state), lead=_lead(now, len(here), len(up)), todo=_todo(records, shown, now, state, clock), state=state,
        state_words=STATE_WORDS[state], clock=clock, now=now,
        big=tuple(_big(records, shown, now, state)), timer=tuple(_timer(clock, now)),
        lengths=_lengths(now.minutes if now else 10), steps=shown, total=_total(shown),
        hands=tuple((p, _lower(p)) for p in up), here=len(here),
        who_edits=str(held.get("edits") or "anyone"),
    )  # fmt: skip


def _head(now: LedStep | None, shown: tuple[LedStep, ...], state: str) -> str:
    if state == "finished":
        return "The workshop is finished"
    if now is None:
        return "The workshop has not begun" if shown else "The agenda has no step yet"
    paused = "Paused at step" if state == "paused" else "Step"
    return f"{paused} {now.number} of {len(shown)}: {now.title}"


def _lead(now: LedStep | None, here: int, up: int) -> str:
    counts = [plural(here, "person", "people")]
    if now is not None:
        counts.insert(0, now.count)
    if up:
        counts.append(f"{plural(up, 'hand')} up")
    return " · ".join(counts)


def _todo(
    records: Records, shown: tuple[LedStep, ...], now: LedStep | None, state: str, clock: Clock
) -> str:
    """What a facilitator does next."""
    if state == "finished":
        return "Next: open the summary, review the proposal, and apply it."
    if state == "paused":
        return "Next: go on when everybody is back."
    if state == "prepared":
        return "Next: read the running order, send the link round, put the wall on the big screen. People can come in already. When most are here, begin."
    if now is None:
        return "Next: go to a step of the running order, or add one."
    if now.minutes and clock.state in ("off", "ready"):
        return "Next: read the prompt aloud, then start the timer."
    return f"Next: {_rest(records, shown, now)}"


def _rest(records: Records, shown: tuple[LedStep, ...], now: LedStep) -> str:
    """What is left to do at a step."""
    step = records[f"step/{now.id}"]
    if step.get("silent"):
        return "let people write in silence; reveal the cards when they are done."
    if now.breakouts and not room(records).get("parallel"):
        return "open the breakouts, and let each group write."
    if now.dots and not step.get("dots_shown"):
        return "let people vote, then show the dots."
    if now.ranking and not step.get("ranks_shown"):
        return "let people write candidates and rank them; show the ranking, then choose one for each stream."
    if _unanswered(records, now.id):
        return "let everybody answer in silence; show the answers, and talk where they differ."
    if now.number < len(shown):
        return f"talk it through; when you are done, go on to “{shown[now.number].title}”."
    return "look through the summary together, write the proposal, and finish the workshop."


def _lower(person: Somebody) -> Button:
    return Button(
        "Lower", "lower_hand", (("seat", str(person.seat)),), more=f"the hand of {person.name}"
    )


def _steps(
    number: int, records: Records, zone: str, starts_at: datetime | None
) -> Iterator[LedStep]:
    ordered = steps(records)
    order = [ident for ident, _ in ordered]
    starts = starts_at.astimezone(ZoneInfo(zone)) if starts_at else None
    for place, (ident, step) in enumerate(ordered):
        minutes = int(step.get("minutes") or 0)
        yield _step(number, records, ident, step, place, order, f"{starts:%H:%M}" if starts else "")
        starts = starts + timedelta(minutes=minutes) if starts else None


def _step(
    number: int,
    records: Records,
    ident: str,
    step: Record,
    place: int,
    order: list[str],
    starts: str,
) -> LedStep:
    title, state = said(step.get("title")), str(step.get("state") or "waiting")
    on = room(records).get("step") == ident and state == "on"
    return LedStep(
        id=ident, number=place + 1, title=title, kind=KIND_WORDS.get(str(step.get("kind")), ""),
        state="on" if on else "done" if state == "done" else "waiting", starts=starts,
        minutes=int(step.get("minutes") or 0), marks=tuple(_marks(step)), purpose=said(step.get("purpose")),
        prompt=said(step.get("prompt")), how=said(step.get("how")), good=said(step.get("good")),
        traps=tuple(said(t) for t in step.get("traps") or ()), lead=said(step.get("lead")),
        silent=bool(step.get("silent")), dots=int(step.get("dots") or 0), ranking=bool(step.get("ranking")),
        breakouts=bool(step.get("breakouts")), count=counted_words(counted(records, ident)),
        href=f"/workshop/{number}/?step={ident}", buttons=tuple(_moves(ident, title, place, order, on)),
        may_remove=not on and len(order) > 1 and not has_cards(records, ident),
    )  # fmt: skip


def _marks(step: Record) -> Iterator[str]:
    if step.get("silent"):
        yield "silent writing"
    if step.get("dots"):
        yield f"{plural(int(step['dots']), 'dot')} each"
    if step.get("ranking"):
        yield "ranking"
    if step.get("breakouts"):
        yield "breakouts"


def _moves(ident: str, title: str, place: int, order: list[str], is_on: bool) -> Iterator[Button]:
    given = ("step", ident)
    if not is_on:
        yield Button("Go to it", "go", (given,), more=title)
    if place:
        yield Button(
            "Up", "move_step", (given, ("after", order[place - 2] if place > 1 else "")), more=title
        )
    if place + 1 < len(order):
        yield Button("Down", "move_step", (given, ("after", order[place + 1])), more=title)


def _total(shown: tuple[LedStep, ...]) -> str:
    minutes = sum(s.minutes for s in shown)
    hours, rest = divmod(minutes, 60)
    length = f"{hours} h {rest:02} min" if hours else plural(rest, "minute")
    return f"{plural(len(shown), 'step')}, {length}"


def _big(
    records: Records, shown: tuple[LedStep, ...], now: LedStep | None, state: str
) -> Iterator[Button]:
    if state == "prepared" and shown:
        yield Button("Begin the workshop", "state", (("to", "running"),), "main")
    if now is not None and state == "running":
        yield from _showing(records, now)
        if now.breakouts:
            is_open = bool(room(records).get("parallel"))
            words = "Close the breakouts" if is_open else "Open the breakouts"
            yield Button(words, "parallel", (("open", "" if is_open else "true"),), key="b")
    follows = shown[now.number] if now and now.number < len(shown) else None
    if follows is not None and state == "running":
        yield Button(f"Next: {follows.title}", "go", (("step", follows.id),), "main", "n")


def _showing(records: Records, now: LedStep) -> Iterator[Button]:
    """What is hidden and can be shown, each only while it is hidden."""
    given, step = (("step", now.id),), records[f"step/{now.id}"]
    if step.get("silent"):
        of_step = counted(records, now.id)
        words = (
            f"Reveal {plural(of_step.hidden, 'card')}"
            if of_step.hidden
            else "End the silent writing"
        )
        yield Button(words, "reveal", given, key="r")
    if now.dots and not step.get("dots_shown"):
        yield Button("Show the dots", "show_dots", given, key="d")
    if now.ranking and not step.get("ranks_shown"):
        yield Button("Show the ranking", "show_ranks", given, key="k")
    if _unanswered(records, now.id):
        yield Button("Show the answers", "show_answers", given, key="a")


def _unanswered(records: Records, step: str) -> bool:
    return any(
        c.get("kind") == "statement" and c.get("state") == "open" and "true" not in (records.get(f"tally/{i}") or {})
        for i, c in of(records, "card") if c.get("step") == step
    )  # fmt: skip


def _timer(clock: Clock, now: LedStep | None) -> Iterator[Button]:
    def button(words: str, *given: tuple[str, str], key: str = "") -> Button:
        return Button(words, "timer", given, key=key)

    if clock.state == "ready":
        yield button("Start the timer", ("resume", "true"), key="t")
    elif clock.state in ("off", "over") and now and now.minutes:
        yield button(f"Start {now.minutes} min", ("seconds", str(now.minutes * 60)), key="t")
    if clock.state == "runs":
        yield button("Pause", ("pause", "true"), key="t")
    if clock.state == "paused":
        yield button("Go on", ("resume", "true"), key="t")
    if clock.state != "off":
        yield button("Add a minute", ("add", "60"))
        yield button("Stop", ("stop", "true"))


def _lengths(own: int) -> tuple[tuple[int, str, bool], ...]:
    all_ = sorted({*LENGTHS, own} - {0})
    return tuple((60 * m, plural(m, "minute"), m == own) for m in all_)
