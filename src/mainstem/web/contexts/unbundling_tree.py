"""The tree of an unbundling: objective, streams, metric, teams, key results and bets, and what is left at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from mainstem.challenge.verdicts import Verdict
from mainstem.figures.shown import Tag
from mainstem.figures.wording import plural, shorten
from mainstem.plan.change_kinds import split_subject
from mainstem.services.plans.subject_names import subject_name
from mainstem.services.unbundling.guide import Unbundled
from mainstem.web.contexts.challenge.words import verdict_tag
from mainstem.workshop.unbundling import value_metric
from mainstem.workshop.unbundling_values import Asks, Question

_KIND = {
    "objectives": "Objective", "streams": "Stream", "metrics": "Metric", "customers": "Customer",
    "teams": "Team", "key_results": "Key result", "initiatives": "Bet",
}  # fmt: skip
#: Longest name of a thing in the tree.
LONGEST = 90


@dataclass(frozen=True, slots=True)
class Leaf:
    """A question of a thing.

    Attributes:
        words: The question.
        href: The page with it.
        mark: ``open``, ``answered`` or ``passed``.
        under: Who put it off or is asked.
        is_here: Whether it is the one that is put.
    """

    words: str
    href: str
    mark: str
    under: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A thing of the tree with what is left to answer at it.

    Attributes:
        subject: ``section/id``.
        kind: What it is.
        name: What people call it.
        left: What is left, in words; empty if nothing is.
        tags: That it is new, and its verdict where that is bad.
        leaves: Its questions.
        adds: Further things that may be added.
        href: Where its questions are, if they are not shown here.
        is_open: Whether its questions are shown at once.
        below: What is below it.
    """

    subject: str
    kind: str
    name: str
    left: str
    tags: tuple[Tag, ...]
    leaves: tuple[Leaf, ...]
    adds: tuple[Leaf, ...]
    href: str
    is_open: bool
    below: tuple[Node, ...] = ()


def address(of: Unbundled, key: str = "", step: str = "") -> str:
    """The page of an unbundling, of one of its questions, or what a form is sent to."""
    query = f"?q={quote(key, safe='')}" if key else ""
    return f"/unbundle/{of.listed.number}/{step}{query}"


def title_of(of: Unbundled) -> str:
    """What the objective is called in the draft; its name at the beginning if it is gone."""
    held = of.plan.objectives.get(of.listed.objective)
    return (held.name if held else None) or of.listed.title


def build_tree(of: Unbundled, now: Question | None, branch: str = "") -> Node | None:
    """The tree as it stands in the draft; only the stream at hand is unfolded.

    Args:
        of: The unbundling.
        now: The question that is put.
        branch: Identifier of the stream to unfold; else that of the question.
    """
    if of.listed.objective not in of.plan.objectives:
        return None
    return _Growing(of, now, branch).root()


class _Growing:
    """Grows the tree; questions are looked up by their subject once."""

    def __init__(self, of: Unbundled, now: Question | None, branch: str) -> None:
        self.of, self.now = of, now
        self.asked: dict[str, list[Question]] = {}
        for one in of.course.questions:
            self.asked.setdefault(one.subject, []).append(one)
        streams = [k for k, s in of.plan.streams.items() if of.listed.objective in s.objective]
        self.streams = streams
        below = {key: frozenset(self._below(key)) for key in streams}
        here = now.subject if now else ""
        held = (key for key in streams if here in below[key])
        self.branch = branch or next(held, streams[0] if len(streams) == 1 else "")
        self.below = below

    def root(self) -> Node:
        """The objective."""
        subject = f"objectives/{self.of.listed.objective}"
        return self._node(subject, tuple(self._stream(key) for key in self.streams), is_open=True)

    def _below(self, key: str) -> Iterator[str]:
        """Everything below a stream, itself too."""
        plan, stream = self.of.plan, self.of.plan.streams[key]
        yield f"streams/{key}"
        if stream.customer:
            yield f"customers/{stream.customer}"
        if value_metric(stream) in plan.metrics:
            yield f"metrics/{value_metric(stream)}"
        yield from (f"teams/{team}" for team in stream.teams)
        for section in ("key_results", "initiatives"):
            held = getattr(plan, section)
            asked = (s.partition("/")[2] for s in self.asked if s.startswith(f"{section}/"))
            yield from (f"{section}/{k}" for k in asked if held[k].stream == key)

    def _stream(self, key: str) -> Node:
        subject = f"streams/{key}"
        if key != self.branch:
            left = sum(self._open(one) for one in self.below[key])
            words = plural(left, "question") + " left" if left else ""
            href = f"{address(self.of)}?at={quote(key)}"
            return Node(
                subject,
                "Stream",
                self._name(subject),
                words,
                self._tags(subject),
                (),
                (),
                href,
                False,
            )
        order = sorted(self.below[key] - {subject}, key=self._place)
        wanted = [one for one in order if one in self.asked or one.startswith("teams/")]
        below = tuple(self._under(one, key) for one in wanted)
        return self._node(subject, below, is_open=True)

    def _under(self, subject: str, stream: str) -> Node:
        """A thing below a stream; of a team also what part it takes."""
        node = self._node(subject, (), is_open=False)
        section, ident = split_subject(subject)
        part = self.of.plan.streams[stream].teams.get(ident) if section == "teams" else None
        if part is None:
            return node
        share = f" {part.share * 100:g} %" if part.share is not None else ""
        return replace(node, name=f"{node.name}, {part.part}{share}")

    def _place(self, subject: str) -> tuple[int, int]:
        sections = ("customers", "metrics", "teams", "key_results", "initiatives")
        section, ident = split_subject(subject)
        return sections.index(section), list(getattr(self.of.plan, section)).index(ident)

    def _open(self, subject: str) -> int:
        return sum(one.is_open for one in self.asked.get(subject, ()))

    def _node(self, subject: str, below: tuple[Node, ...], *, is_open: bool) -> Node:
        asked = self.asked.get(subject, [])
        left = self._open(subject)
        here = self.now is not None and self.now.subject == subject
        section, _ = split_subject(subject)
        return Node(
            subject, _KIND[section], self._name(subject), f"{left} left" if left else "",
            self._tags(subject), tuple(self._leaf(one) for one in asked if not _is_more(one)),
            tuple(self._leaf(one, _more(one)) for one in asked if _is_more(one)), "",
            here or (is_open and not below), below,
        )  # fmt: skip

    def _name(self, subject: str) -> str:
        return shorten(subject_name(subject, self.of.plan), LONGEST)

    def _tags(self, subject: str) -> tuple[Tag, ...]:
        section, ident = split_subject(subject)
        new = ident not in getattr(self.of.drafted.base, section)
        weighed = self.of.drafted.weighed.get(subject)
        bad = (
            weighed is not None
            and weighed.verdict is Verdict.DISQUALIFIED
            and not self._open(subject)
        )
        return (
            *((Tag("new"),) if new else ()),
            *((verdict_tag(weighed.verdict),) if bad and weighed else ()),
        )

    def _leaf(self, one: Question, words: str = "") -> Leaf:
        off = self.of.course.put_off.get(one.key)
        mark = "passed" if off else "open" if one.is_open else "answered"
        who = (f"{off.asked} is asked" if off.asked else f"passed by {off.by}") if off else ""
        here = self.now is not None and self.now.key == one.key
        return Leaf(words or one.text, address(self.of, one.key), mark, who, here)


def _is_more(one: Question) -> bool:
    return one.is_extra or (one.asks is Asks.ADD and not one.is_open)


def _more(one: Question) -> str:
    words: Mapping[str, str] = {
        "streams": "Add another stream", "teams": "Add another team",
        "key_results": "Add another key result", "initiatives": "Add another bet",
    }  # fmt: skip
    team = f" of {one.team}" if one.team else ""
    return f"{words[one.adds]}{team}"


__all__: Sequence[str] = ("Leaf", "Node", "address", "build_tree", "title_of")
