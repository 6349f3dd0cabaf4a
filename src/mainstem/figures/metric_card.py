"""A metric's measures as lines that a person reads: what it is, its value, what that means."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge.metric_card import MetricCard
from mainstem.challenge.metric_measures import MAY_MISS, STALE, Measures
from mainstem.figures.wording import metric_number, metric_value, one_line
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.model import Plan


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure.

    Attributes:
        key: Its name in JSON.
        name: Its name.
        value: In words; empty where it cannot be said.
        reading: What it means, or why it cannot be said and what would help.
        warns: Whether a reader is warned.
        exact: The number behind it.
    """

    key: str
    name: str
    value: str
    reading: str
    warns: bool = False
    exact: float | None = None


def measure_lines(card: MetricCard, plan: Plan) -> tuple[MeasureLine, ...]:
    """Every measure of a card."""
    m = card.measures
    return (
        _noise(card, m), _shift(card, m), _target(m), _deaf(card), _staleness(m), _missing(m),
        *_conflicts(m, plan), _responsiveness(m),
    )  # fmt: skip


def _cannot(key: str, name: str, why: NotAnswerable) -> MeasureLine:
    return MeasureLine(key, name, "", str(why))


def _noise(card: MetricCard, m: Measures) -> MeasureLine:
    name = "What it does by itself"
    if isinstance(m.noise, NotAnswerable):
        return _cannot("noise", name, m.noise)
    if m.noise == 0:
        return MeasureLine("noise", name, "nothing", "It does not move: all its values are the same.", True, 0.0)  # fmt: skip
    kind = "its changes differ" if m.is_running_total else "it goes up or down"
    words = f"From one {m.series.grain} to the next {kind} by about this much, whatever is done."
    if m.is_running_total:
        words += " It is a running total, so what it adds each time is measured."
    return MeasureLine("noise", name, f"±\u202f{metric_value(m.noise, card.metric)}", words, exact=m.noise)  # fmt: skip


def _shift(card: MetricCard, m: Measures) -> MeasureLine:
    name = "Smallest change that a quarter can show"
    if isinstance(m.smallest_shift, NotAnswerable):
        return _cannot("smallest_shift", name, m.smallest_shift)
    words = (
        "A lasting change of this size would be told from noise in four cases of five, with a quarter before"
        f" and a quarter after; neighbours hang together by {m.correlation:.1f}."
    )
    return MeasureLine("smallest_shift", name, metric_value(m.smallest_shift, card.metric), words,
                       exact=m.smallest_shift)  # fmt: skip


def _target(m: Measures) -> MeasureLine:
    name = "Target against noise"
    tn = m.target_to_noise
    if isinstance(tn, NotAnswerable):
        return _cannot("target_to_noise", name, tn)
    words = (
        "The change asked for is smaller than what a quarter can show: success could not be told from noise"
        " (D-M06)."
        if m.is_too_noisy
        else "The change asked for is large enough to be seen in a quarter."
    )
    return MeasureLine("target_to_noise", name, f"{metric_number(tn)} times", words, m.is_too_noisy, tn)  # fmt: skip


def _deaf(card: MetricCard) -> MeasureLine:
    name = "Whether it ever moves"
    if isinstance(card.deaf, NotAnswerable):
        return _cannot("did_not_move", name, card.deaf)
    if card.deaf:
        words = "It did not move beyond its noise in two quarters, whatever was finished (D-M05)."
        return MeasureLine("did_not_move", name, "it did not", words, True, 1.0)
    words = "It left its natural limits, or stayed on one side for long, in the last two quarters."
    return MeasureLine("did_not_move", name, "it does", words, exact=0.0)


def _staleness(m: Measures) -> MeasureLine:
    name = "Age of the last value"
    if isinstance(m.staleness, NotAnswerable):
        return _cannot("staleness", name, m.staleness)
    old = m.staleness > STALE
    words = (
        "Older than two of its periods: nobody steers by it."
        if old
        else "Fresh enough to steer by."
    )
    return MeasureLine("staleness", name, f"{m.staleness:.1f} periods", words, old, m.staleness)


def _missing(m: Measures) -> MeasureLine:
    name = "Missing values"
    if isinstance(m.missing, NotAnswerable):
        return _cannot("missing", name, m.missing)
    gone, of = m.missing
    many = gone / of > MAY_MISS
    words = "More than a fifth is missing." if many else "Few enough."
    return MeasureLine("missing", name, f"{gone} of {of}", words, many, gone / of)


def _conflicts(m: Measures, plan: Plan) -> list[MeasureLine]:
    out = []
    for c in m.conflicts:
        metric = plan.metrics.get(c.guardrail)
        name = f"Traded for {one_line((metric.name if metric else None) or c.guardrail)}"
        key = f"conflict:{c.guardrail}"
        if isinstance(c.correlation, NotAnswerable):
            out.append(_cannot(key, name, c.correlation))
            continue
        words = (
            "When it gets better this guardrail tends to get worse. That is no cause, but a question."
            if c.warns
            else "No sign that one is traded for the other."
        )
        out.append(
            MeasureLine(key, name, metric_number(c.correlation), words, c.warns, c.correlation)
        )
    return out


def _responsiveness(m: Measures) -> MeasureLine:
    name = "Bets that moved it"
    r = m.responsiveness
    if isinstance(r, NotAnswerable):
        return _cannot("responsiveness", name, r)
    words = (
        f"Of closed bets with an answer; the share behind it lies between {round(100 * r.lower)} and"
        f" {round(100 * r.upper)}\u202f%."
    )
    return MeasureLine("responsiveness", name, f"{r.k} of {r.n}", words, exact=r.share)
