"""What a claim would catch, what it would take from others, and what it would do to the score.

Nothing is changed, and nothing is guessed: the preview is the difference that saving the claim and deriving
would make, to the last millionth of a unit (methods 9.1 for the precedence, 3.1 and 3.4 for the score).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from mainstem.plan.model import Unit
from mainstem.score.values import By, Grain, Question
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import source_unit
from mainstem.services.scores.scope import days_asked, team_cells
from mainstem.services.scores.scoring import default_unit, scope_and_days
from mainstem.services.server.answers import kept
from mainstem.services.triage.claim_previewed import (
    STANDS,
    UNKNOWN,
    ClaimPreview,
    Moved,
    Sample,
    ScoreMove,
)
from mainstem.services.triage.claim_trial import TypedClaim, read_claim, trial_of, written_claim
from mainstem.services.work.explaining import target_name
from mainstem.work.conditions import describe
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mainstem.ledger.claim_effect import Effect
    from mainstem.services.server.ground import Ground

#: Items shown of those that a claim catches.
SAMPLES = 8


def claim_text(typed: TypedClaim) -> str:
    """The claim as an entry of the plan's text: ``- label: spike``."""
    fields = typed.claim.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "- " + written_claim(fields).replace("\n", "\n  ")


def try_claim(
    target: str, fields: Mapping[str, Any], asked: Question, ground: Ground, by: Actor
) -> ClaimPreview:
    """What a claim would do, for somebody on a server; kept until the plan or the ledger changes.

    Args:
        target: ``stream:x`` or ``kind:y``.
        fields: The claim, as a plan has it.
        asked: Unit and days.
        ground: What the server stands on.
        by: Anybody who may read.

    Raises:
        Invalid: as for ``read_claim``.
        LedgerError, QuestionError: if there is no work yet, or none in the unit.
    """
    require(by, Action.READ)
    book = ground.book()
    typed = read_claim(target, fields, book.plan)
    key = ("claim preview", target, typed.claim.model_dump_json(exclude_defaults=True), asked)
    return kept(ground, book, key, lambda: preview(typed, asked, book))


def preview(typed: TypedClaim, asked: Question, book: Book) -> ClaimPreview:
    """What a claim would do to the effort of the days that ``asked`` names, in its unit.

    Raises:
        QuestionError: if the ledger has no effort in the unit.
    """
    from mainstem.ledger.claim_effect import effect_of

    asked = replace(asked, unit=source_unit(asked.unit, book))
    name = target_name(typed.target, book)
    plain = ClaimPreview(typed.target, name, describe(typed.claim), claim_text(typed), asked.unit,
                         asked.since, asked.until, warnings=typed.warnings)  # fmt: skip
    span = days_asked(asked, book)
    if span is not None:
        cells = team_cells(Question(By.ORGANISATION, unit=asked.unit), book, span)
        if cells.hidden:
            return replace(plain, hidden=cells.hidden)
        span = _as_asked(asked, span)
    trial = trial_of(typed, book)
    found = effect_of(book.desk, trial)
    return _Told(plain, asked, book, found, trial.rules[0].target).preview(span)


def _as_asked(asked: Question, held: tuple[date, date]) -> tuple[date, date]:
    """The days as they were asked for, by which what is kept of effort is kept; else those with effort."""
    return asked.since or held[0], asked.until or held[1]


@dataclass(frozen=True, slots=True)
class _Told:
    """Turns what a trial changes into sums over some days."""

    plain: ClaimPreview
    asked: Question
    book: Book
    found: Effect
    own: int

    def preview(self, span: tuple[date, date] | None) -> ClaimPreview:
        """All of it; without days only what is said of items."""
        from mainstem.ledger.claim_effect import is_among

        found = self.found
        gaining = found.item[(found.target == self.own) & (found.delta > 0)]
        known = replace(
            self.plain, items=len(found.caught), gains=len(gaining),
            inherited=int((~is_among(gaining, found.caught)).sum()),
        )  # fmt: skip
        if span is None:
            return known
        deltas = {unit: self.deltas(unit) for unit in units_of(self.book)}
        target = self.plain.target
        spent = self.spent(self.asked.unit, span, found.caught)
        before = self.before()
        return replace(
            known, since=span[0], until=span[1], active=int((spent > 0).sum()), parts=int(spent.sum()) * WHOLE,
            gained=deltas.get(self.asked.unit, {}).get(target, 0),
            by_unit={unit: d[target] for unit, d in deltas.items() if target in d}, deltas=deltas,
            loses=self.loses(span), ties=self.rivals(span, "tie"),
            stronger=self.rivals(span, "stronger", "hand"), stands=self.stands(spent),
            before=before, after=_after(before, deltas.get(self.asked.unit, {})),
            samples=self.samples(spent),
        )  # fmt: skip

    def spent(self, unit: Unit, span: tuple[date, date], items: NDArray[Any]) -> NDArray[Any]:
        """Effort of each item in the days, in millionths of the unit."""
        from mainstem.ledger.item_effort import effort_of_items

        return effort_of_items(self.book.desk, unit.value, span, items)

    def deltas(self, unit: Unit) -> dict[str, int]:
        """Target → change of its effort in the days, without those that do not change."""
        held = days_asked(replace(self.asked, unit=unit), self.book)
        if held is None:
            return {}
        span = _as_asked(self.asked, held)
        rows = self.summed(
            self.found.target, self.spent(unit, span, self.found.item) * self.found.delta
        )
        return {target: parts for target, parts in rows.items() if parts}

    def summed(self, targets: NDArray[Any], parts: NDArray[Any]) -> dict[str, int]:
        import numpy as np

        words = self.book.targets()
        out: dict[str, int] = {}
        sums = np.zeros(int(targets.max(initial=0)) + 1, np.int64)
        np.add.at(sums, targets, parts.astype(np.int64))
        for number in np.flatnonzero(np.bincount(targets, minlength=1)).tolist():
            # a stream that no derivation has seen yet has no number in the ledger
            word = self.plain.target if number == self.own else words.get(number, "?")
            out[word] = out.get(word, 0) + int(sums[number])
        return out

    def loses(self, span: tuple[date, date]) -> tuple[Moved, ...]:
        found = self.found
        less = (found.delta < 0) & (found.target != self.own)
        spent = self.spent(self.asked.unit, span, found.item[less])
        return self.moved(found.target[less], spent, -found.delta[less])

    def moved(
        self, targets: NDArray[Any], spent: NDArray[Any], shares: NDArray[Any] | int
    ) -> tuple[Moved, ...]:
        parts, items = self.summed(targets, spent * shares), self.summed(targets, spent > 0)
        held = [
            Moved(word, target_name(word, self.book), items[word], total)
            for word, total in parts.items()
            if total
        ]
        return tuple(sorted(held, key=lambda m: (-m.parts, m.target)))

    def rivals(self, span: tuple[date, date], *stands: str) -> tuple[Moved, ...]:
        """Effort on items that others have a claim to and that stand in one of these ways."""
        import numpy as np

        from mainstem.ledger.claim_effect import HOW

        found = self.found
        how = found.how[np.searchsorted(found.caught, found.rival_item)]
        mine = np.isin(how, [HOW.index(w) for w in stands]) & (found.rival != self.own)
        spent = self.spent(self.asked.unit, span, found.rival_item[mine])
        return self.moved(found.rival[mine], spent, WHOLE)

    def stands(self, spent: NDArray[Any]) -> dict[str, int]:
        import numpy as np

        from mainstem.ledger.claim_effect import HOW

        counts = np.bincount(self.found.how[spent > 0], minlength=len(HOW)).tolist()
        return {how: n for how, n in zip(HOW, counts, strict=True) if n}

    def before(self) -> ScoreMove:
        """The score as it is, from the same sums as everywhere."""
        asked = scope_and_days(self.asked, self.book, Grain.ALL)
        if asked is None:
            return ScoreMove(0, 0, 0)
        scope, days = asked
        targets = self.book.targets()
        rows = self.book.desk.amounts(
            days, scope, [(t, t) for t in targets], self.asked.unit.value
        ).rows()
        by_target: dict[str, int] = {}
        for _, _, target, parts in rows:
            by_target[targets[target]] = by_target.get(targets[target], 0) + parts
        return ScoreMove(_value(by_target), by_target.get(UNKNOWN, 0), sum(by_target.values()))

    def samples(self, spent: NDArray[Any]) -> tuple[Sample, ...]:
        import numpy as np

        from mainstem.ledger.claim_effect import HOW
        from mainstem.ledger.item_effort import words_of_items

        # those that would move come first, then the most effort
        moves = np.isin(self.found.how, [HOW.index(h) for h in ("free", "taken", "tie")])
        order = np.where(moves, spent + 1, -1 - int(spent.max(initial=0)) + spent)
        least = (
            np.partition(order, -SAMPLES)[-SAMPLES]
            if len(order) > SAMPLES
            else order.min(initial=0)
        )
        near = np.flatnonzero(order >= least)
        best = near[np.lexsort((self.found.caught[near], -order[near]))][:SAMPLES]
        numbers = self.found.caught[best].tolist()
        words = words_of_items(self.book.desk, numbers)
        return tuple(
            Sample(*words.get(item, ("", "")), int(spent[at]) * WHOLE, HOW[int(self.found.how[at])])
            for item, at in zip(numbers, best.tolist(), strict=True)
        )


def _value(by_target: Mapping[str, int]) -> int:
    return sum(parts for word, parts in by_target.items() if word.startswith("stream:"))


def _after(before: ScoreMove, delta: Mapping[str, int]) -> ScoreMove:
    return ScoreMove(
        before.value + _value(delta), before.unknown + delta.get(UNKNOWN, 0), before.units
    )


def units_of(book: Book) -> tuple[Unit, ...]:
    """Units with effort, the default first."""
    first = default_unit(book)
    return (first, *(Unit(u) for u, *_ in book.desk.spans() if u in set(Unit) and u != first))


def question_for(book: Book, since: date | None, until: date | None, unit: Unit | None) -> Question:
    """Unit and days of a preview; the default unit, and all days, where nothing is said."""
    return Question(unit=unit or default_unit(book), since=since, until=until)


__all__: Sequence[str] = (
    "STANDS", "ClaimPreview", "Moved", "Sample", "ScoreMove", "claim_text", "preview", "question_for",
    "try_claim", "units_of",
)  # fmt: skip
