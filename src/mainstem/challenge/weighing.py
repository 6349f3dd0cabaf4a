"""Everything that is said about one thing of a plan, weighed: its verdict and what would change it.

Methods 1.4. Each statement about the thing is answered by the program where it can (findings of a check,
history), else by a person, else it is open. What blocks and nobody can answer leaves the verdict
conditional; what only warns never does. A rule that finds fault without answering any statement counts
as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mainstem.challenge.catalogue_of import said_of
from mainstem.challenge.ground import Ground
from mainstem.challenge.said import Answered, Tally
from mainstem.challenge.statements import Statement
from mainstem.challenge.verdicts import Answer, Verdict, verdict
from mainstem.challenge.verdicts import Answered as Weight
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Acceptance, Plan

#: Most questions put to a person at a time.
MOST_QUESTIONS = 5
#: The program's "true" is a guess from names or shares: a person's "false" clears it.
CONFIRMED = frozenset(("D-S01", "D-S04"))
#: Silence of the plan's rules is "false" although a person could be asked.
_SILENT_IS_FALSE = frozenset(("D-S01",))
#: Rules that read text; where the text cannot be read (L00) they say nothing.
_UNREAD, _READS_TEXT = "L00", frozenset(("D-O02", "D-K01", "D-I01"))
#: Statements that only a rule answers by methods 1.4, but that are put to people until one can.
_ASKED_MEANWHILE = frozenset(("D-T01",))
_WEIGHT = {Severity.BLOCKS: 2.0, Severity.WARNS: 1.0, Severity.INFO: 0.0}


@dataclass(frozen=True, slots=True)
class Known:
    """What the program itself knows of a statement about a thing.

    Attributes:
        answer: The answer; ``None``: it cannot tell, a person may.
        said: What it rests on.
        hint: What to do.
        is_final: Whether nobody is asked any more.
        overruled: Why it is accepted, if it is.
    """

    answer: Answer | None
    said: str = ""
    hint: str = ""
    is_final: bool = True
    overruled: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One statement about a thing with its answer.

    Attributes:
        id: Of the statement, or of the rule that finds fault without answering one.
        text: The sentence.
        statement: The statement; ``None`` for a rule.
        severity: How much a true answer matters here.
        answer: The answer that counts; ``None``: nobody has answered.
        by_program: Whether the program answered.
        said: What the answer rests on.
        hint: What to do.
        overruled: The reason, if somebody decided to live with it.
        heard: The person's answer, if it counts.
        stale: The newest answer, if it was given to another version of the statement.
        may_be_asked: Whether a person's answer counts.
    """

    id: str
    text: str
    statement: Statement | None
    severity: Severity
    answer: Answer | None
    by_program: bool
    said: str = ""
    hint: str = ""
    overruled: str | None = None
    heard: Answered | None = None
    stale: Answered | None = None
    may_be_asked: bool = False

    @property
    def verdict(self) -> Verdict:
        """What this one alone makes of the thing."""
        answer = self.answer or Answer.CANNOT_SAY
        return verdict((Weight(self.id, answer, self.severity, self.overruled),))

    @property
    def is_open(self) -> bool:
        """Whether a person is to be asked."""
        unsure = self.answer in (None, Answer.CANNOT_SAY) and self.heard is None
        return self.may_be_asked and unsure and self.overruled is None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A thing with everything that is said about it.

    Attributes:
        subject: ``section/id``.
        verdict: That of its worst statement.
        told: The statements, worst first, and of those alike in the order of the list.
        changes: What would change the verdict, as sentences; empty if it passes.
        questions: What is to be asked next, at most five, by what decides most.
        more_questions: How many would follow.
    """

    subject: str
    verdict: Verdict
    told: tuple[Told, ...]
    changes: tuple[str, ...]
    questions: tuple[Told, ...]
    more_questions: int


@dataclass(frozen=True)
class Scales:
    """What things of a plan are weighed with; made once for a plan.

    Attributes:
        ground: The plan and the day.
        found: ``section/id`` → what a check finds of it.
        history: ``section/id`` → statement → what ledger and series say.
        heard: ``section/id`` → the answers of people that count.
        tallies: Statement → how often it was true.
        language: In which statements are shown.
    """

    ground: Ground
    found: Mapping[str, Sequence[Finding]]
    history: Mapping[str, Mapping[str, Known]] = field(default_factory=dict)
    heard: Mapping[str, Sequence[Answered]] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    language: str = "en"

    def __post_init__(self) -> None:
        said = {s: said_of(self.plan, s, self.language) for s in (*SECTIONS, "asked")}
        object.__setattr__(self, "_said", said)
        object.__setattr__(self, "_measured", self.ground.measured_by)

    _said: Mapping[str, tuple[Statement, ...]] = field(init=False, repr=False)
    _measured: Mapping[str, Sequence[str]] = field(init=False, repr=False)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.ground.plan

    def streams_of(self, metric: str) -> Sequence[str]:
        """The streams whose value metric it is."""
        return self._measured.get(metric, ())

    def statements_about(self, subject: str) -> tuple[Statement, ...]:
        """Those that are said of a thing: of a metric only if some stream has it as its value metric."""
        section, _, key = subject.partition("/")
        if section == "metrics" and key not in self._measured:
            return ()
        return self._said.get(section, ())

    def weigh(self, subject: str) -> Weighed:
        """One thing, weighed. Cost: its statements and findings."""
        told = [self._told(s, subject) for s in self.statements_about(subject)]
        told += self._rules(subject, {t.id for t in told})
        worst = sorted(told, key=lambda t: t.verdict.badness, reverse=True)
        made = worst[0].verdict if worst else Verdict.PASSES
        asked = sorted((t for t in told if t.is_open), key=self._urgency)
        return Weighed(
            subject, made, tuple(worst), tuple(what_would_change(worst, made, self.ground.today)),
            tuple(asked[:MOST_QUESTIONS]), max(len(asked) - MOST_QUESTIONS, 0),
        )  # fmt: skip

    def _urgency(self, told: Told) -> float:
        rate = self.tallies.get(told.id, Tally()).rate
        return -rate * _WEIGHT[told.severity]

    def _told(self, statement: Statement, subject: str) -> Told:
        known = self._known(statement, subject)
        newest = next((a for a in self.heard.get(subject, ()) if a.statement == statement.id), None)
        given = newest if newest is not None and newest.answer is not None else None
        may_be_asked = _is_asked(statement) and not (known.is_final and known.answer is not None)
        counts = given is not None and given.version == statement.version and may_be_asked
        return Told(
            statement.id, statement.text, statement, self._severity(statement, subject),
            given.answer if counts and given else known.answer,
            by_program=not counts and known.answer is not None,
            said=(given.evidence if counts and given else known.said),
            hint=known.hint,
            overruled=known.overruled or self._overruled(statement.id, subject),
            heard=given if counts else None,
            stale=given if given is not None and given.version != statement.version else None,
            may_be_asked=may_be_asked,
        )  # fmt: skip

    def _known(self, statement: Statement, subject: str) -> Known:
        carrying = [
            f for s in self._evidence(statement, subject) for f in self.found.get(s, ())
            if statement.id in f.statements
        ]  # fmt: skip
        if carrying:
            return _carried(statement, carrying)
        told = self.history.get(subject, {}).get(statement.id)
        if told is not None:
            return told
        if statement.from_plan and not self._is_unread(statement, subject):
            is_final = not statement.asked_of or statement.id in _SILENT_IS_FALSE
            return Known(Answer.FALSE, "Nothing in the plan says so.") if is_final else Known(None)
        if _is_asked(statement) or statement.from_plan:
            return Known(None)
        return Known(Answer.CANNOT_SAY, "There is no history here that could tell.")

    def _evidence(self, statement: Statement, subject: str) -> Iterable[str]:
        """The things whose findings answer it: guardrails stand on the stream, capacity on the team."""
        key = subject.partition("/")[2]
        if statement.id == "D-M08":
            return (subject, *(f"streams/{s}" for s in self.streams_of(key)))
        if statement.id == "D-I03" and (team := self.plan.initiatives[key].team):
            return (subject, f"teams/{team}")
        return (subject,)

    def _is_unread(self, statement: Statement, subject: str) -> bool:
        return statement.id in _READS_TEXT and any(
            f.rule == _UNREAD for f in self.found.get(subject, ())
        )

    def _severity(self, statement: Statement, subject: str) -> Severity:
        if statement.id != "D-M08" or not statement.severity_note:
            return statement.severity
        streams = (self.plan.streams[s] for s in self.streams_of(subject.partition("/")[2]))
        return Severity.WARNS if all(s.guardrails for s in streams) else statement.severity

    def _overruled(self, rule: str, subject: str) -> str | None:
        section, _, key = subject.partition("/")
        holder = getattr(self.plan, section, {}).get(key) if section in SECTIONS else None
        accepted: tuple[Acceptance, ...] = holder.accepted if holder is not None else ()
        today = self.ground.today
        return next(
            (a.why for a in accepted if a.rule == rule and (a.until is None or a.until >= today)),
            None,
        )

    def _rules(self, subject: str, told: set[str]) -> list[Told]:
        """Findings that answer none of its statements."""
        return [
            Told(f.rule, f.what, None, f.severity, Answer.TRUE, True, f.why, f.hint, f.accepted)
            for f in self.found.get(subject, ())
            if f.severity is not Severity.INFO and not told & set(f.statements)
        ]


def _is_asked(statement: Statement) -> bool:
    return "question" in statement.answer_kind or statement.id in _ASKED_MEANWHILE


def _carried(statement: Statement, findings: Sequence[Finding]) -> Known:
    """The answer that findings give: one that only warns of what blocks means "cannot say"."""
    unsure = statement.severity is Severity.BLOCKS
    order = sorted(
        findings, key=lambda f: (f.accepted is not None, f.severity is not Severity.BLOCKS)
    )
    first = order[0]
    answer = Answer.CANNOT_SAY if unsure and first.severity is Severity.WARNS else Answer.TRUE
    is_final = answer is Answer.TRUE and statement.id not in CONFIRMED
    return Known(answer, first.what, first.hint, is_final, first.accepted)


def what_would_change(told: Sequence[Told], made: Verdict, today: date) -> Iterable[str]:
    """What would make the verdict better, as sentences; nothing for what passes."""
    if made is Verdict.PASSES:
        return
    for one in told:
        if one.verdict is made:
            yield _change(one, today)


def _change(told: Told, today: date) -> str:
    if told.overruled is not None:
        return f"{told.id} is lived with: mend it, and the warning goes."
    if told.answer is Answer.TRUE:
        mend = told.hint or f"Change it so that {told.id} is no longer true"
        return f"{told.id}: {mend.rstrip('.')}, or overrule it with a reason."
    heard = told.heard
    if heard is not None and heard.answer is Answer.CANNOT_SAY:
        return f"{told.id}: {_awaited(heard, today)}; answer it then, or overrule it with a reason."
    if told.may_be_asked:
        return f"Answer {told.id} (asked of: {told.statement.asked_of}) or overrule it." if (
            told.statement and told.statement.asked_of
        ) else f"Answer {told.id} or overrule it."  # fmt: skip
    return f"{told.id}: {(told.hint or told.said).rstrip('.')}, or overrule it with a reason."


def _awaited(heard: Answered, today: date) -> str:
    who = heard.owner or "nobody"
    if heard.until is None:
        return f"{who} finds out"
    if heard.until < today:
        return f"{who} was to find out by {heard.until}, which is over"
    return f"{who} finds out by {heard.until}"
