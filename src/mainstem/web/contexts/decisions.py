"""Pages of decisions on work: the list, and one with everything that was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from mainstem.challenge.decisions import OVERRIDDEN, REFUSED, VERDICTS, Chain, Decision, Step
from mainstem.challenge.done import CONFIRMED, DENIED, LIKENESS, Done
from mainstem.challenge.verdicts import Answer
from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, metric_number, one_line, plural, shorten
from mainstem.plan.model import Plan
from mainstem.services.decisions.deciding import SAID
from mainstem.services.decisions.exceptions_budget import Budget
from mainstem.services.decisions.qualified import QualifyOutcome
from mainstem.services.decisions.showing_decisions import STANDINGS, Shown
from mainstem.services.people.access_decisions import role_words
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.items import item_address
from mainstem.web.contexts.pieces import Cell, Column, Empty, Fact, Link, Pages, Row, Tab, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.qualifying import TAGS, further_reasons, verdict_buttons
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

HERE = "/decisions/"
CRUMBS = (Link("Decisions", HERE),)
_TABS = {"": "All", "open": "To decide", "accepted": "Accepted", "refused": "Refused",
         "overruled": "Overruled", "deferred": "Deferred"}  # fmt: skip
_ANSWERS = {Answer.TRUE: "true", Answer.FALSE: "not true", Answer.CANNOT_SAY: "cannot say"}
_HOW = {"link": "same link", "key": "same key", "likeness": "much the same title"}


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """Everything that the template of the list prints."""

    head: str
    lead: str
    tabs: tuple[Tab, ...]
    table: Table | None
    pages: Pages | None
    empty: Empty | None
    csv: str
    hidden: tuple[tuple[str, str], ...]
    chains: tuple[Chain, ...]


def build_decisions(
    chains: Sequence[Chain], has_more: bool, given: Mapping[str, str], plan: Plan
) -> DecisionsPage:
    """The list of decisions under some filters."""
    kept = {k: v for k, v in given.items() if v and k != "below"}
    here = f"{HERE}?{urlencode(kept)}" if kept else HERE
    count = plural(len(chains), "piece of work", "pieces of work") + (
        " or more" if has_more else ""
    )
    rows = tuple(_row(c, plan) for c in chains)
    columns = (Column("What was asked"), Column("Standing"), Column("Why"), Column("Team"))
    return DecisionsPage(
        _head(given, count, bool(chains)),
        "Every yes and no has a reason, and can be appealed. What was refused and then done anyway is found"
        " by itself when the work appears.",
        tuple(_tab(key, name, kept) for key, name in _TABS.items()),
        Table("Work that was asked about", columns, rows) if rows else None,
        _pages(chains, has_more, count, here, given),
        None if chains else _empty(kept), csv_link(here, "decisions") if chains else "",
        tuple((k, v) for k, v in kept.items() if k == "standing"), tuple(chains),
    )  # fmt: skip


def _head(given: Mapping[str, str], count: str, has_any: bool) -> str:
    if not has_any:
        return "Nothing waits for a decision" if given.get("standing") == "open" else "No decisions"
    if given.get("appealed"):
        return f"{count} with an appeal to answer"
    standing = given.get("standing", "")
    words = {"": "asked about", "open": "to decide on"}.get(standing, standing)
    return f"{count} {words}"


def _tab(key: str, name: str, kept: Mapping[str, str]) -> Tab:
    others = {k: v for k, v in kept.items() if k not in ("standing", "appealed")}
    asked = {**others, **({"standing": key} if key else {})}
    return Tab(
        name, f"{HERE}?{urlencode(asked)}" if asked else HERE, kept.get("standing", "") == key
    )


def _pages(
    chains: Sequence[Chain], has_more: bool, count: str, here: str, given: Mapping[str, str]
) -> Pages | None:
    if not chains or not (has_more or given.get("below")):
        return None
    mark = "&" if "?" in here else "?"
    return Pages(
        count, here if given.get("below") else "",
        f"{here}{mark}below={chains[-1].number}" if has_more else "",
    )  # fmt: skip


def _empty(kept: Mapping[str, str]) -> Empty:
    if kept:
        return Empty(
            "Nothing fits",
            "No work that was asked about fits these filters.",
            Link("See all", HERE),
        )
    return Empty(
        "Nobody has asked yet", "Ask whether a piece of work qualifies; what is decided then is kept here.",
        Link("Ask whether something qualifies", "/qualify"),
    )  # fmt: skip


def _row(chain: Chain, plan: Plan) -> Row:
    verdict = chain.verdict
    where = _where(verdict, plan) if verdict else ""
    tags = (standing_tag(chain), *((Tag("appealed", "rest"),) if chain.is_appealed else ()))
    return Row((
        Cell(shorten(one_line(chain.work.title), 120), f"{HERE}{chain.number}/", f"{chain.by or 'Somebody'}, {day_here(chain.at)}"),
        Cell(tags=tags, under=where), Cell(shorten(one_line(verdict.why), 200) if verdict else ""),
        Cell(named("teams", chain.work.team, plan)),
    ))  # fmt: skip


def standing_tag(chain: Chain) -> Tag:
    """The verdict that stands, in a word."""
    verdict = chain.verdict
    if verdict is None:
        return Tag("to decide", "rest")
    if verdict.step in REFUSED:
        return Tag(SAID[verdict.step], "bad")
    return Tag(
        SAID[verdict.step],
        "rest" if verdict.step is Step.DEFER or verdict.step in OVERRIDDEN else "value",
    )


def _where(step: Decision, plan: Plan) -> str:
    return named("streams", step.stream, plan) or step.kind


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: what it was, the reason, who and when, and what had been answered."""

    what: Tag
    where: Link | None
    why: str
    who: str
    answered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoneShown:
    """An item that was found; ``asks`` is whether the reader is to say if it is the work."""

    item: str
    name: str
    href: str
    words: str
    state: Tag
    asks: bool


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Everything that the template of one prints."""

    number: int
    title: str
    head: str
    lead: str
    crumbs: tuple[Link, ...]
    tag: Tag
    refusal: str
    now: str
    now_tag: Tag | None
    reasons: tuple[str, ...]
    steps: tuple[StepShown, ...]
    facts: tuple[Fact, ...]
    text: str
    done: tuple[DoneShown, ...]
    done_words: str
    verdicts: tuple[tuple[str, str], ...]
    budget: str
    after: int
    may_appeal: bool
    may_answer: bool
    qualify: str


def build_decision(shown: Shown, plan: Plan) -> DecisionPage:
    """One decision as the page shows it."""
    chain, answer, verdict = shown.chain, shown.answer, shown.chain.verdict
    head, lead = _first_lines(shown, plan)
    refused = verdict.step in REFUSED if verdict else answer.outcome is QualifyOutcome.DISQUALIFIED
    return DecisionPage(
        chain.number, shorten(one_line(chain.work.title), 120), head, lead,
        (*CRUMBS, Link(f"#{chain.number}", "")), standing_tag(chain),
        (answer.refusal or "Appeal, and say what the decision does not see.") if refused else "",
        answer.sentence, TAGS[answer.outcome], further_reasons(answer),
        tuple(_step(d, plan) for d in chain.decisions), _facts(chain, plan), chain.work.text,
        tuple(_done(d, shown.may_say_done) for d in shown.done), _done_words(shown),
        verdict_buttons(shown.verdicts, answer), _budget(shown.budget, plan), len(chain.decisions),
        shown.may_appeal, shown.may_answer, _ask_again(chain),
    )  # fmt: skip


def _first_lines(shown: Shown, plan: Plan) -> tuple[str, str]:
    verdict = shown.chain.verdict
    if verdict is None:
        return "Nobody has decided yet", shown.answer.sentence
    where = _where(verdict, plan)
    how = {Step.DEFER: "Deferred"}.get(verdict.step, SAID[verdict.step].capitalize())
    name = ""
    if where:
        name = (
            f" in the name of {where}"
            if verdict.step in REFUSED
            else f" for {where}"
            if verdict.stream
            else f" as {where}"
        )
    until = f" until {day(verdict.until)}" if verdict.until else ""
    return f"{how}{name}{until}", verdict.why


def _step(step: Decision, plan: Plan) -> StepShown:
    tone = (
        "bad"
        if step.step in REFUSED
        else "value"
        if step.step in VERDICTS - OVERRIDDEN - {Step.DEFER}
        else "rest"
    )
    role = f", {role_words(step.role)}" if step.role else ""
    where = _where(step, plan)
    href = place_of("streams", step.stream) if step.stream in plan.streams else ""
    answered = tuple(
        f"{s.statement} was {_ANSWERS[s.answer]}" + (f": {s.evidence}" if s.evidence else "")
        for s in step.statements
    )
    return StepShown(
        Tag(SAID[step.step], tone if step.step in VERDICTS else ""), Link(where, href) if where else None,
        step.why, f"{step.by or 'Somebody'}{role}, {day_here(step.at)}", answered,
    )  # fmt: skip


def _facts(chain: Chain, plan: Plan) -> tuple[Fact, ...]:
    work = chain.work
    link = work.link if work.link.lower().startswith(("https://", "http://")) else ""
    facts = [Fact("Asked by", f"{chain.by or 'Somebody'}, {day_here(chain.at)}")]
    if work.team:
        facts.append(
            Fact(
                "Team",
                named("teams", work.team, plan),
                place_of("teams", work.team) if work.team in plan.teams else "",
            )
        )
    if work.estimate is not None:
        facts.append(Fact("Estimate", f"{metric_number(work.estimate)} person-days"))
    if work.link:
        facts.append(Fact("Link", work.link, link))
    if work.key:
        facts.append(
            Fact("Key", work.key, item_address(work.source, work.key) if work.source else "")
        )
    return (
        *facts,
        *(
            Fact(name.capitalize(), ", ".join(values))
            for name, values in work.given.items()
            if values
        ),
    )


def _done(done: Done, may_say: bool) -> DoneShown:
    source, _, key = done.item.partition("/")
    how = _HOW[done.how] + (
        f", {done.likeness:.0%} of the words" if done.likeness is not None else ""
    )
    since = f"; worked on since {day(done.first_day)}" if done.first_day else ""
    if done.counts:
        state = Tag("the same work", "rest")
    else:
        state = (
            Tag("another piece of work") if done.state == DENIED else Tag("is it the same?", "rest")
        )
    said = f"; said by {done.by}" if done.by and done.state in (CONFIRMED, DENIED) else ""
    asks = may_say and (done.how == LIKENESS or done.state != CONFIRMED)
    return DoneShown(done.item, key, item_address(source, key), f"{shorten(one_line(done.title), 120)} ({how}{since}{said})",
                     state, asks)  # fmt: skip


def _done_words(shown: Shown) -> str:
    if shown.is_regretted:
        return "It was refused and then done anyway. That says as much about the refusal as about the work."
    if any(d.counts for d in shown.done):
        return "It has been begun."
    return "Perhaps it has been begun: somebody has to say." if shown.done else ""


def _budget(budget: Budget, plan: Plan) -> str:
    if budget.most is None:
        return ""
    name = named("teams", budget.team, plan) or "Work of no team"
    return f"{name} has used {budget.used} of {plural(budget.most, 'exception')} in {named('cycles', budget.cycle, plan) or 'the plan'}."


def _ask_again(chain: Chain) -> str:
    work = chain.work
    given = {"title": work.title, "team": work.team, "link": work.link, "key": work.key}
    given |= {
        n: ", ".join(v)
        for n, v in work.given.items()
        if n in ("label", "component", "project", "type", "stream")
    }
    return f"/qualify?{urlencode({k: v for k, v in given.items() if v})}"


def decision_tables(chains: Sequence[Chain]) -> Tables:
    """The list as CSV."""
    columns = ("number", "title", "team", "estimate", "link", "source", "key", "asked_by", "asked_on", "standing",
               "stream", "kind", "metric", "why", "decided_by", "role", "decided_on", "statements", "appealed")  # fmt: skip
    return {"decisions": lambda: CsvTable(columns, [_csv_row(c) for c in chains])}


def _csv_row(chain: Chain) -> tuple[str | int | float | None, ...]:
    work, v = chain.work, chain.verdict
    statements = " ".join(f"{s.statement}={s.answer.value}" for s in v.statements) if v else ""
    decided = (v.step.value, v.stream, v.kind, v.metric, one_line(v.why), v.by, v.role,
               v.at.date().isoformat(), statements) if v else ("",) * 9  # fmt: skip
    return (
        chain.number, one_line(work.title), work.team, work.estimate, work.link, work.source, work.key, chain.by,
        chain.at.date().isoformat(), *decided, "yes" if chain.is_appealed else "no",
    )  # fmt: skip


def standing_of(given: Mapping[str, str]) -> frozenset[str]:
    """The steps that a filter asks for; empty: all."""
    return STANDINGS.get(given.get("standing", ""), frozenset())
