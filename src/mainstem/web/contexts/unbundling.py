"""Page data of unbundlings: the list, one question with its form, and the draft as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mainstem.figures.wording import day, plural, shorten
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import SECTIONS
from mainstem.services.people.access import Actor
from mainstem.services.people.people_known import known_names
from mainstem.services.plans.subject_names import subject_name
from mainstem.services.unbundling.acts import said_now, seen_of
from mainstem.services.unbundling.guide import Unbundled
from mainstem.services.unbundling.log import Event, Happened
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Empty, Link
from mainstem.web.contexts.unbundling_tree import Node, address, build_tree, title_of
from mainstem.workshop.unbundling_inputs import Input, inputs_of
from mainstem.workshop.unbundling_values import Asks, Question

#: Most events that are shown.
MOST_EVENTS = 60
_STEPS = {
    "objective": "", "streams": "Streams", "metrics": "Metrics", "teams": "Teams",
    "key results": "Key results", "bets": "Bets",
}  # fmt: skip
HERE = Link("Unbundle", "/unbundle/")


@dataclass(frozen=True, slots=True)
class Box:
    """A field of the form: its name there, what was typed or stands there, and what is wrong with it.

    ``is_said``: its label is the question itself, which stands above it already.
    """

    id: str
    name: str
    label: str
    holds: str
    value: str
    values: tuple[str, ...]
    help: str
    wrong: str
    is_optional: bool
    is_said: bool
    choices: tuple[tuple[str, str], ...]
    suggested: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Put:
    """The question that is put.

    Attributes:
        key: Names it.
        seen: How it stands now, to be held against what it is when the answer comes.
        step: How far down it is; ``about`` is the thing it is about.
        text: The question.
        why: Why this one is next.
        good: Answers that help; ``bad``: those that do not.
        boxes: The form.
        answer: How it is answered now.
        who: Who answered or put it off, and when.
        is_open: Whether it is open.
        may_take: Whether its answer can be taken away.
        takes_out: The thing that the draft has added and may take out again, with its name.
        wrong: What is wrong with what was sent, beside no field.
        met: What somebody else answered meanwhile.
        button: What the form's button says.
    """

    key: str
    seen: str
    step: str
    about: Link
    text: str
    why: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    boxes: tuple[Box, ...]
    answer: str
    who: str
    is_open: bool
    may_take: bool
    takes_out: tuple[str, str]
    wrong: str
    met: str
    button: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened."""

    words: str
    by: str
    at: str
    href: str


@dataclass(frozen=True, slots=True)
class UnbundlingPage:
    """One unbundling."""

    number: int
    head: str
    tail: str
    lead: str
    crumbs: tuple[Link, ...]
    tree: Node | None
    put: Put | None
    empty: Empty | None
    names: tuple[str, ...]
    told: tuple[Told, ...]
    may_answer: bool
    may_lead: bool
    until: str
    is_shared: bool
    end: Link
    progress: tuple[int, int]


def build_page(
    of: Unbundled,
    happened: Sequence[Happened],
    by: Actor,
    question: Question | None,
    zone: ZoneInfo,
    *,
    branch: str = "",
    typed: Mapping[str, str] | None = None,
    wrong: tuple[str, str] = ("", ""),
    met: str = "",
) -> UnbundlingPage:
    """One unbundling with one question.

    Args:
        of: The unbundling as it stands.
        happened: What happened, newest first.
        by: Who reads it.
        question: The question to put.
        zone: In which the reader is told moments.
        branch: The stream to unfold in the tree.
        typed: What was sent and could not be taken, by field.
        wrong: Which field is wrong, and why.
        met: What somebody else answered meanwhile.
    """
    course = of.course
    put = _put(of, question, happened, zone, typed, wrong, met) if question is not None else None
    total = course.answered + len(course.order)
    may_answer = of.may_answer and by.may_write
    return UnbundlingPage(
        of.listed.number, title_of(of), _left(of), _lead(of), (HERE,),
        build_tree(of, question, branch), put, None if put else _empty(of),
        known_names(by) if may_answer else (), tuple(_told(e, of, zone) for e in happened[:MOST_EVENTS]),
        may_answer, of.may_lead and by.may_write, of.listed.until.isoformat() if of.listed.until else "",
        of.listed.is_shared, Link("The draft as a whole", address(of, step="end")),
        (course.answered, total),
    )  # fmt: skip


def _left(of: Unbundled) -> str:
    course = of.course
    if not of.is_open:
        return f"it is {of.listed.state}."
    if not course.order:
        return "nothing is left to answer."
    off = f", {len(course.put_off)} of them put off" if course.put_off else ""
    return f"{plural(len(course.order), 'question')} {'is' if len(course.order) == 1 else 'are'} open{off}."


def _lead(of: Unbundled) -> str:
    course, held = of.course, of.listed
    begun = f"Begun by {held.author_name} on {day_here(held.at)}"
    until = f", to be done by {day(held.until)}" if held.until else ""
    who = "whoever may propose" if held.is_shared else "its author and those who are asked"
    return (
        f"{course.answered} answered. {begun}{until}; answered by {who}. The plan stays as it is."
    )


def _empty(of: Unbundled) -> Empty:
    if not of.is_open:
        link = Link("To its proposal", f"/plan/proposals/{of.listed.proposal}/")
        return Empty(f"It is {of.listed.state}", "What was answered is in its proposal.", link)
    if of.listed.objective not in of.plan.objectives:
        words = "The objective is no longer in the draft; its proposal has what was answered."
        return Empty(
            "There is nothing to ask",
            words,
            Link("To its proposal", f"/plan/proposals/{of.listed.proposal}/"),
        )
    return Empty(
        "Nothing is left to answer",
        "See what the challenge says of the draft as a whole, and open it as a proposal.",
        Link("The draft as a whole", address(of, step="end")),
    )


def _put(
    of: Unbundled,
    one: Question,
    happened: Sequence[Happened],
    zone: ZoneInfo,
    typed: Mapping[str, str] | None,
    wrong: tuple[str, str],
    met: str,
) -> Put:
    plan, course = of.plan, of.course
    inputs = inputs_of(one, plan)
    known = {box.name for box in inputs}
    is_beside = any(box.is_needed for box in inputs)
    is_next = course.next is not None and course.next.key == one.key
    words = one.words
    return Put(
        one.key, seen_of(one, plan), _STEPS[one.step], _about(one, of), one.text,
        course.why if is_next else words.why, words.good, words.bad,
        tuple(_box(i, one.text, is_beside, typed, wrong) for i in inputs), said_now(one, plan),
        _who(one, of, happened, zone), one.is_open, not one.is_open and one.asks in (Asks.FIELD, Asks.STATEMENT),
        _added(one, of), "" if wrong[0] in known else wrong[1], met,
        "Answer" if one.is_open else "Add" if one.asks is Asks.ADD else "Answer again",
    )  # fmt: skip


def _about(one: Question, of: Unbundled) -> Link:
    section, ident = split_subject(one.subject)
    name = subject_name(one.subject, of.plan)
    is_there = ident in getattr(of.drafted.base, section)
    word = SECTIONS[section]
    return Link(
        f"{word.capitalize()} “{shorten(name, 80)}”", f"/plan/{one.subject}/" if is_there else ""
    )


def _added(one: Question, of: Unbundled) -> tuple[str, str]:
    section, ident = split_subject(one.subject)
    if ident in getattr(of.drafted.base, section) or section == "objectives":
        return "", ""
    return one.subject, subject_name(one.subject, of.plan)


def _who(one: Question, of: Unbundled, happened: Sequence[Happened], zone: ZoneInfo) -> str:
    off = of.course.put_off.get(one.key)
    if off is not None:
        return f"{off.by} asked {off.asked}." if off.asked else f"{off.by} passed for now."
    if one.is_open or one.asks is Asks.ADD:
        return ""
    last = next((e for e in happened if e.key == one.key and e.what is Event.ANSWERED), None)
    return (
        f"Answered by {last.by}, {moment(last.at, zone)}." if last else "It was in the plan before."
    )


def _box(
    one: Input,
    question: str,
    is_beside: bool,
    typed: Mapping[str, str] | None,
    wrong: tuple[str, str],
) -> Box:
    """``is_beside``: another field of the form is needed, so that one must know which are not."""
    value = one.now if typed is None else typed.get(one.name, "")
    said = wrong[1] if wrong[0] == one.name else ""
    is_optional = not one.is_needed and is_beside and one.name != "evidence"
    return Box(
        f"a-{one.name}", f"a.{one.name}", one.label, str(one.holds), value, tuple(value.splitlines()),
        one.help, said, is_optional, one.label == question, one.choices, one.suggested,
    )  # fmt: skip


def _told(one: Happened, of: Unbundled, zone: ZoneInfo) -> Told:
    verb = {
        Event.BEGUN: "Begun", Event.ANSWERED: "", Event.TAKEN: "Taken away", Event.PASSED: "Passed",
        Event.ASKED: "Asked", Event.SETTLED: "Settled", Event.ENDED: "It is",
    }[one.what]  # fmt: skip
    words = f"{verb}: {one.words}" if verb else one.words
    is_there = bool(one.key) and of.is_open and of.course.of(one.key) is not None
    return Told(
        shorten(words, 300), one.by, moment(one.at, zone), address(of, one.key) if is_there else ""
    )
