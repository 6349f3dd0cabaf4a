"""Judging a piece of work by the plan alone: what its claims, links and answered statements say of it.

What somebody decided on it is looked at elsewhere (``qualifying``); so a decision can be held against this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.decisions import StatementResult, Work
from mainstem.challenge.likely_streams import Likely, likely_streams
from mainstem.challenge.stream_blocks import stream_blocks
from mainstem.challenge.verdicts import Answer
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome, Question
from mainstem.services.decisions.qualifying_facts import STREAM, attribute_work
from mainstem.work.attribution import Attribution, Rank, Share
from mainstem.work.conditions import ItemFacts

SAME, HARD_TO_REFUSE = "D-W01", "D-W02"
WORK = "piece of work"
_CLAIM = re.compile(r"claim (\S+) \((.*)\)\Z", re.DOTALL)
_RULE = re.compile(r"rest rule (\S+) \((.*)\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    """A piece of work with everything that is said of it.

    Attributes:
        work: The work; ``facts`` is what claims see of it.
        desk: Where it is judged.
        found: Where attribution would send it.
        said: The answers that count, by statement.
        decided: Stream → accepted work that is alike, in words.
    """

    work: Work
    facts: ItemFacts
    desk: Desk
    found: Attribution
    said: Mapping[str, StatementResult]
    decided: Mapping[str, str]

    @property
    def plan(self) -> Plan:
        """The plan it is judged by."""
        return self.desk.standing.plan

    @property
    def wanted(self) -> str:
        """The stream that whoever asks has in mind."""
        named = next(iter(self.work.given.get(STREAM, ())), "")
        return named if named in self.plan.streams else ""

    def answer(self, statement: str) -> Answer | None:
        """What was answered to a statement."""
        found = self.said.get(statement)
        return found.answer if found else None


def judge(
    work: Work,
    desk: Desk,
    said: Mapping[str, StatementResult],
    decided: Mapping[str, str],
) -> Qualified:
    """The answer that plan and statements give; without what was decided on it or on work alike.

    Args:
        said: What was answered to statements about the work.
        decided: Stream → accepted work that is alike, in words, which makes the stream likelier.
    """
    found, facts = attribute_work(work, desk)
    case = Case(work, facts, desk, found, said, decided)
    answer = _of_streams(case) or _of_nothing(case)
    return replace(answer, statements=tuple(said.values()))


def _of_streams(case: Case) -> Qualified | None:
    """The answer where links or claims name a stream."""
    shares = [s for s in case.found.shares if s.target.startswith("stream:")]
    if not shares:
        return None
    best = max(shares, key=lambda s: (_id(s) == case.wanted, s.parts))
    stream = _id(best)
    reasons = tuple(_because(s, case.plan, alone=len(shares) == 1) for s in shares)
    if case.wanted and case.wanted != stream:
        return _elsewhere(case, stream, reasons)
    refused = _refused(case, stream, reasons)
    if refused is not None:
        return refused
    name = stream_name(stream, case.plan)
    if case.answer(SAME) is Answer.CANNOT_SAY:
        return _asked(case, (Likely(stream, 0, reasons),))
    also = _warned(case)
    sentence = f"Qualifies for {name}: {_lower(reasons[shares.index(best)])}."
    return Qualified(
        QualifyOutcome.QUALIFIES, sentence, stream, reasons=(*reasons, *also), is_claimed=True
    )


def _of_nothing(case: Case) -> Qualified:
    """The answer where neither link nor claim names a stream."""
    rest = next((s for s in case.found.shares if s.rank in (Rank.REST, Rank.EXPLICIT)), None)
    likely = _likely(case)
    target = case.wanted or (likely[0].stream if likely else "")
    if target and case.answer(SAME) is Answer.FALSE:
        return _by_mechanism(case, target)
    refused = _refused(case, target, ())
    if refused is not None:
        return refused
    if rest is not None and rest.target != "kind:unknown" and not case.wanted:
        kind = rest.target.partition(":")[2]
        reason = _because(rest, case.plan, alone=True)
        sentence = f"Counts as {kind}, not for a stream: {_lower(reason)}."
        return Qualified(QualifyOutcome.REST, sentence, kind=kind, reasons=(reason,))
    return _asked(case, likely)


def _likely(case: Case) -> tuple[Likely, ...]:
    if case.wanted:
        return (Likely(case.wanted, 0, ("You name it yourself",)),)
    facts = case.facts
    text = " ".join(
        (facts.title, case.work.text[:2000], *facts.labels, *facts.components, facts.project or "")
    )
    return likely_streams(text, case.plan, teams=facts.teams, decided=case.decided)


def _by_mechanism(case: Case, stream: str) -> Qualified:
    """No claim, but somebody says how it moves the metric."""
    name = stream_name(stream, case.plan)
    metric = metric_name(stream, case)
    said = case.said[SAME].evidence
    reason = f"Somebody says that {metric} would read differently" + (
        f": {said.rstrip('.')}" if said else ""
    )
    refused = _refused(case, stream, (reason,))
    if refused is not None:
        return refused
    sentence = f"Qualifies for {name}, though no claim names it: {_lower(reason)}."
    more = "No claim catches it, so its effort is counted only once it is linked or labelled"
    return Qualified(
        QualifyOutcome.QUALIFIES, sentence, stream, reasons=(reason, more, *_warned(case))
    )


def _refused(case: Case, stream: str, reasons: tuple[str, ...]) -> Qualified | None:
    """What disqualifies it: statements about the work, then those about the stream itself."""
    true = _disqualifying(case, claimed=bool(reasons))
    if true:
        return _not_value(case, stream, true, reasons)
    found = blocks_of(stream, case.desk) if stream and reasons else ()
    if not found:
        return None
    name = stream_name(stream, case.plan)
    sentence = f"Disqualified: {name} would claim it, but the stream is itself disqualified."
    return Qualified(
        QualifyOutcome.DISQUALIFIED, sentence, stream, reasons=(*found, *reasons),
        refusal=f"Mend what disqualifies {name}, or have somebody who answers for it overrule that with a reason.",
    )  # fmt: skip


def _disqualifying(case: Case, *, claimed: bool) -> list[StatementResult]:
    """The statements that were answered with true and refuse the work."""
    known = catalogue_of(case.plan)
    true = [s for s in case.said.values() if s.answer is Answer.TRUE and s.statement in known]
    return [
        s for s in true
        if known[s.statement].severity is Severity.BLOCKS
        # of a warning: the requester's word is no link where there is no other
        or (s.statement == HARD_TO_REFUSE and not claimed)
    ]  # fmt: skip


def _not_value(
    case: Case, stream: str, true: Sequence[StatementResult], reasons: tuple[str, ...]
) -> Qualified:
    known = catalogue_of(case.plan)
    told = tuple(f"{s.statement}: {known[s.statement].text}" for s in true)
    rest = next((c for c in case.found.candidates if c.target.startswith("kind:")), None)
    share = next((s for s in case.found.shares if s.rank is Rank.REST), None)
    target = share.target if share else rest.target if rest else ""
    kind = target.partition(":")[2]
    if kind:
        sentence = f"Counts as {kind}, not as value: “{known[true[0].statement].text}”"
        why = _plain(share.reason if share else rest.reason if rest else "")
        return Qualified(QualifyOutcome.REST, sentence, "", kind, (*told, why, *reasons))
    name = f" for {stream_name(stream, case.plan)}" if stream else ""
    return Qualified(
        QualifyOutcome.DISQUALIFIED, f"Disqualified{name}: “{known[true[0].statement].text}”", stream,
        reasons=(*told, *reasons), refusal=_way_back(case, stream, true[0].statement),
    )  # fmt: skip


def _way_back(case: Case, stream: str, statement: str) -> str:
    if statement != SAME:
        evidence = catalogue_of(case.plan)[statement].evidence
        return (
            f"Show that the statement is not true of it: {evidence}."
            if evidence
            else "Show that it is not true."
        )
    metric = metric_name(stream, case) if stream else "a stream's metric"
    return (
        f"Say in one sentence how {metric} would read differently if this were done; or ask for it as debt,"
        " operations or another kind of the rest."
    )


def _elsewhere(case: Case, stream: str, reasons: tuple[str, ...]) -> Qualified:
    wanted, name = stream_name(case.wanted, case.plan), stream_name(stream, case.plan)
    return Qualified(
        QualifyOutcome.DISQUALIFIED, f"Disqualified for {wanted}: it counts for {name}.", stream, reasons=reasons,
        refusal=f"Ask for {name}, or change the link or claim that says so.",
    )  # fmt: skip


def _asked(case: Case, likely: Sequence[Likely]) -> Qualified:
    statement = catalogue_of(case.plan).get(SAME)
    asked_of = statement.asked_of if statement else "whoever asks for the work"
    streams = tuple(x.stream for x in likely)
    pairs = [f"{metric_name(s, case)} of {stream_name(s, case.plan)}" for s in streams]
    if pairs:
        text = f"If this were never done, would {' or '.join(pairs)} read the same?"
        sentence = f"One question decides: {_lower(text)}"
    else:
        text = "Which stream's metric would read differently if this were done, and how?"
        sentence = f"Nothing in it points to a stream. {text}"
    reasons = [
        f"{stream_name(x.stream, case.plan)}: {'; '.join(x.reasons)}" for x in likely if x.reasons
    ]
    subject = f"streams/{streams[0]}" if streams else ""
    question = Question(SAME, subject, text, asked_of, streams)
    return Qualified(
        QualifyOutcome.QUESTION, sentence, streams[0] if streams else "",
        reasons=(*reasons, *_wording(case.work.title)), question=question,
    )  # fmt: skip


def _wording(title: str) -> tuple[str, ...]:
    """A hint, never a block: the title says what is built."""
    from mainstem.challenge.kr_kind import kr_kind

    if kr_kind(title[:400]).kind != "output":
        return ()
    return ("The title says what will be built; what will be better for whom would answer it",)


def _warned(case: Case) -> tuple[str, ...]:
    known = catalogue_of(case.plan)
    return tuple(
        f"Warning, {s.statement}: {known[s.statement].text}"
        for s in case.said.values()
        if s.answer is Answer.TRUE and s.statement in known
    )


def blocks_of(stream: str, desk: Desk) -> tuple[str, ...]:
    """What disqualifies a stream, in words: findings of the plan, and statements that people answered."""
    plan = desk.standing.plan
    out = [f"{f.statements[0]}: {f.what}" for f in stream_blocks(plan, desk.today).get(stream, ())]
    known, entity = catalogue_of(plan), plan.streams.get(stream)
    overruled = (
        {a.rule for a in entity.accepted if not a.until or a.until >= desk.today}
        if entity
        else set()
    )
    for said in desk.answers.standing([f"streams/{stream}"]).get(f"streams/{stream}", ()):
        statement = known.get(said.statement)
        if statement is None or said.answer is not Answer.TRUE or said.version != statement.version:
            continue
        if statement.severity is Severity.BLOCKS and said.statement not in overruled:
            out.append(f"{said.statement}: {statement.text}")
    return tuple(out)


def stream_name(stream: str, plan: Plan) -> str:
    """What people call a stream."""
    entity = plan.streams.get(stream)
    return (entity.name if entity else None) or stream


def metric_name(stream: str, case: Case) -> str:
    """A stream's metric of today in quotes, or words for there being none."""
    from mainstem.challenge.metric_version import metric_on

    name, _ = metric_on(stream, case.desk.today, case.plan)
    metric = case.plan.metrics.get(name)
    return f"“{(metric.name if metric else None) or name}”" if name else "the metric"


def _id(share: Share) -> str:
    return share.target.partition(":")[2]


def _because(share: Share, plan: Plan, *, alone: bool) -> str:
    """Why a share holds, as a sentence without its full stop."""
    said = _plain(share.reason)
    if alone:
        return said
    target = _id(share)
    name = stream_name(target, plan) if share.target.startswith("stream:") else target
    return f"{share.parts / 100:g} % for {name}: {_lower(said)}"


def _plain(reason: str) -> str:
    inherited = ""
    if reason.startswith("inherited from "):
        above, _, reason = reason.removeprefix("inherited from ").partition(": ")
        inherited = f"It is part of {above}, and there: "
    claim, rule = _CLAIM.match(reason), _RULE.match(reason)
    if claim:
        words = f"It has {_had(claim[2])}, which claim {claim[1]} asks for"
    elif rule:
        words = f"It has {_had(rule[2])}, which the rule {rule[1]} of the rest asks for"
    elif reason.startswith("link "):
        number, _, why = reason.removeprefix("link ").partition(": ")
        words = f"The plan links it there by hand (link {number})" + (
            f": {why.rstrip('.')}" if why else ""
        )
    else:
        words = reason[:1].upper() + reason[1:]
    return inherited + (_lower(words) if inherited else words)


def _had(reason: str) -> str:
    """What it has, without what it must not have."""
    return reason.partition(" and not (")[0]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
