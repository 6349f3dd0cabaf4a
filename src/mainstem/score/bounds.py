"""The Value Score of a cell and the range in which it lies, whatever the unknown turns out to be.

Source: ``docs/methods.md``, definition and identification bounds (Manski 1989).
"""

from __future__ import annotations

from fractions import Fraction

from mainstem.errors import QuestionError
from mainstem.score.values import Amounts, Score

#: No units were expended: there is no score, and it is not 0.
UNDEFINED = Score(None, None, None, None)


def score_of(amounts: Amounts) -> Score:
    """Point, low, high and coverage of a cell, exactly.

    ``low = value / units`` (all unknown is off-stream), ``high = (value + unknown) / units`` (all of it
    is on-stream), ``coverage = 1 - unknown / units``; the point is what is known to be value. The width
    of the range is ``1 - coverage`` exactly.

    Returns:
        All four ``None`` where no units were expended.
    """
    return Score.counted(amounts.value, amounts.unknown, amounts.units)


def with_declared_range(amounts: Amounts, low: Fraction, high: Fraction) -> Score:
    """The score when somebody declares that between ``low`` and ``high`` of the unknown is value.

    The point is the new low: what is known, and as much of the unknown as is surely value. Declaring
    [0, 1] declares nothing; a range of one value is an assumption and must be labelled as one.

    Raises:
        QuestionError: if not ``0 <= low <= high <= 1``.
    """
    if not 0 <= low <= high <= 1:
        raise QuestionError(
            f"The declared value share within the unknown is {low} to {high}.",
            "Declare two shares between 0 and 1, the smaller one first.",
            code="question.declared_range",
        )
    plain = score_of(amounts)
    if plain.low is None or plain.coverage is None:
        return UNDEFINED
    unknown = 1 - plain.coverage
    surely = plain.low + low * unknown
    return Score(surely, surely, plain.low + high * unknown, plain.coverage)


def pooled(cells: list[tuple[Amounts, Score]]) -> Score:
    """The score of disjoint cells together: their mean weighted by units, for point and bounds alike.

    Cells without units contribute nothing. This is the law of roll-up written out; the unweighted mean
    of scores is never the score of the whole.
    """
    held = [(a.units, s) for a, s in cells if s.point is not None]
    total = sum(units for units, _ in held)
    if total == 0:
        return UNDEFINED

    def mean(pick: str) -> Fraction:
        return sum((units * Fraction(getattr(s, pick)) for units, s in held), Fraction(0)) / total

    return Score(mean("point"), mean("low"), mean("high"), mean("coverage"))
