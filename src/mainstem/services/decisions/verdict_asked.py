"""A verdict as somebody asks for it, made whole, and held against what plan and statements say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mainstem.challenge.decisions import ACCEPTED, REFUSED, VERDICTS, Chain, Step
from mainstem.errors import Conflict, Invalid
from mainstem.plan.model import RestKind
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.judging import SAME
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome

#: What a person says; it becomes one of two steps by what it goes against.
OVERRULE = "overrule"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict that can be given."""

    step: Step
    stream: str
    kind: str
    until: date | None


@dataclass(frozen=True, slots=True)
class VerdictAsked:
    """A verdict as somebody asks for it."""

    step: str
    stream: str
    kind: str
    until: date | None

    def checked(self, chain: Chain, answer: Qualified, desk: Desk) -> Verdict:
        """The verdict in full, with the stream or kind that the answer names where none was given.

        Raises:
            Invalid: no such verdict, stream or kind; or one that does not fit the others.
        """
        plan = desk.standing.plan
        step = self._step(answer, chain)
        if self.stream and self.stream not in plan.streams:
            raise Invalid(
                f"The plan has no stream {self.stream!r}.",
                "Choose one of the plan.",
                field="stream",
            )
        if self.kind and self.kind not in set(RestKind) - {RestKind.UNKNOWN}:
            raise Invalid(
                f"{self.kind!r} is no kind of the rest.", "Choose one, or a stream.", field="kind"
            )
        if self.stream and self.kind:
            raise Invalid(
                "Work is accepted for a stream or as a kind of the rest.",
                "Choose one.",
                field="kind",
            )
        if self.kind and step not in ACCEPTED:
            raise Invalid(
                "Only accepted work has a kind of the rest.", "Leave it out.", field="kind"
            )
        stream, kind = self._target(chain, answer, step)
        if step in ACCEPTED and not stream and not kind:
            raise Invalid(
                "What does it count for?", "Choose a stream or a kind of the rest.", field="stream"
            )
        if self.until and (step is not Step.DEFER or self.until <= desk.today):
            raise Invalid(
                "A day is for what is deferred, and lies ahead.",
                "Choose a later day.",
                field="until",
            )
        return Verdict(step, stream, kind, self.until)

    def _step(self, answer: Qualified, chain: Chain) -> Step:
        if self.step == OVERRULE:
            return overruling(answer, chain, to_stream=self.stream)
        try:
            step = Step(self.step)
        except ValueError:
            step = Step.ANSWER
        if step not in VERDICTS:
            raise Invalid(
                f"{self.step!r} is no verdict.",
                "Verdicts: accept, refuse, overrule, defer.",
                field="step",
            )
        return step

    def _target(self, chain: Chain, answer: Qualified, step: Step) -> tuple[str, str]:
        if self.stream or self.kind:
            return self.stream, self.kind
        if step in ACCEPTED and answer.outcome is QualifyOutcome.REST and step is Step.ACCEPT:
            return "", answer.kind
        before = chain.verdict
        return answer.stream or (before.stream if before else ""), ""


def overruling(answer: Qualified, chain: Chain, *, to_stream: str = "") -> Step:
    """What overruling means: accepting what is refused or disqualified, refusing what is accepted or qualifies.

    The verdict that stands is overruled; where there is none, the answer of plan and statements.

    Raises:
        Invalid: nothing is decided and the question is open: there is nothing to overrule.
    """
    verdict = chain.verdict
    if verdict is not None and verdict.step in ACCEPTED | REFUSED:
        return Step.OVERRIDE_REFUSE if verdict.step in ACCEPTED else Step.OVERRIDE_ACCEPT
    if answer.outcome is QualifyOutcome.QUALIFIES and to_stream in ("", answer.stream):
        return Step.OVERRIDE_REFUSE
    if answer.outcome is QualifyOutcome.REST and not to_stream:
        return Step.OVERRIDE_REFUSE
    if answer.outcome is not QualifyOutcome.QUESTION:
        return Step.OVERRIDE_ACCEPT
    raise Invalid(
        "There is nothing to overrule: the question is still open.",
        "Accept it or refuse it.",
        field="step",
    )


def require_fit(verdict: Verdict, answer: Qualified) -> None:
    """Refuses a verdict that goes against the answer of plan and statements without saying so.

    Raises:
        Conflict: naming what it goes against.
    """
    for_value = verdict.step is Step.ACCEPT and bool(verdict.stream)
    against = answer.outcome is QualifyOutcome.DISQUALIFIED or (
        answer.outcome is QualifyOutcome.REST
        and any(s.statement == SAME for s in answer.statements)
    )
    if for_value and against:
        raise Conflict(
            f"This accepts what is disqualified. {answer.sentence}",
            "Overrule it, which says so and is counted; or have the statement answered otherwise first.",
            code="decision.overrules",
        )
    same = verdict.stream in ("", answer.stream)
    # whoever only doubts what somebody says of it refuses; whoever refuses what is claimed overrules
    if (
        verdict.step is Step.REFUSE
        and answer.outcome is QualifyOutcome.QUALIFIES
        and answer.is_claimed
        and same
    ):
        raise Conflict(
            f"This refuses what qualifies. {answer.sentence}",
            "Overrule it, which says so and is counted; or answer the statement that disqualifies it.",
            code="decision.overrules",
        )
