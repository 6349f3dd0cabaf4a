"""Structure rules about which metric says what: S01, S03, S04 and S13."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from mainstem.challenge.ground import Ground, begins, in_force, name
from mainstem.challenge.rules import days, listed
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import KeyResult, MetricInForce, Stream

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def check_one_metric(ground: Ground) -> Iterator[Finding]:
    """S01: on every day checked, exactly one metric of a stream is in force."""
    for key, stream in ground.plan.streams.items():
        subject = f"streams/{key}"
        if not stream.metric:
            yield finding(
                "S01",
                Severity.BLOCKS,
                subject,
                f"{begins('streams', key)} has no metric.",
                "Add `metric:` with the one number that says whether the stream delivers.",
            )
            continue
        for first, last, metrics in _faults(stream, ground.spans):
            yield _fault(key, first, last, metrics, stream.metric)


def _fault(
    key: str, first: date, last: date, metrics: tuple[str, ...], given: tuple[MetricInForce, ...]
) -> Finding:
    when = days(first, last)
    path: tuple[str | int, ...] = ("metric",)
    if not metrics:
        what = f"{begins('streams', key)} has no metric in force {when}."
        hint = "Close the gap: let one metric's `from` or `to` reach over these days."
    else:
        what = (
            f"{begins('streams', key)} has {len(metrics)} metrics in force "
            f"{when}: {listed(metrics)}."
        )
        hint = "Keep one. Hand over by giving the old one a `to` and the new one a `from`."
        path = ("metric", max(i for i, e in enumerate(given) if e.metric == metrics[-1]))
    return finding(
        "S01", Severity.BLOCKS, f"streams/{key}", what, hint, path=path, matched=listed(metrics)
    )


def _reach(entry: MetricInForce, others: tuple[MetricInForce, ...]) -> tuple[int, int]:
    """First and last day of an entry as ordinals. On the day of a hand-over the new one is in force.

    Whether the old metric's last day is written as the day before or as the day of the hand-over makes
    no difference.
    """
    start = entry.from_.toordinal() if entry.from_ else _FIRST
    end = entry.to.toordinal() if entry.to else _LAST
    handed_over = any(
        o.metric != entry.metric and o.from_ is not None and o.from_ == entry.to for o in others
    )
    return start, end - 1 if handed_over and end > start else end


def _faults(
    stream: Stream, spans: list[tuple[date, date]]
) -> Iterator[tuple[date, date, tuple[str, ...]]]:
    """Longest runs of days on which the metrics in force are not exactly one, with those metrics."""
    reaches = [(*_reach(e, stream.metric), e.metric) for e in stream.metric]
    for first, last in spans:
        low, high = first.toordinal(), last.toordinal()
        cuts = {low} | {c for s, e, _ in reaches for c in (s, e + 1) if low < c <= high}
        open_run: tuple[int, tuple[str, ...]] | None = None
        for cut in [*sorted(cuts), high + 1]:
            metrics = tuple(sorted({m for s, e, m in reaches if s <= cut <= e}))
            if open_run and (cut > high or open_run[1] != metrics):
                yield date.fromordinal(open_run[0]), date.fromordinal(cut - 1), open_run[1]
                open_run = None
            if cut <= high and len(metrics) != 1 and open_run is None:
                open_run = (cut, metrics)


def check_shared_metric(ground: Ground) -> Iterator[Finding]:
    """S03: a value metric of streams with different objectives that no declared input joins."""
    users: dict[str, list[str]] = defaultdict(list)
    for key in sorted(ground.plan.streams):
        for metric in ground.value_metrics[key]:
            if not _is_declared_input(ground, key, metric):
                users[metric].append(key)
    for metric, streams in users.items():
        if len(streams) > 1 and _share_no_objective(ground, streams):
            yield finding(
                "S03",
                Severity.WARNS,
                f"metrics/{metric}" if metric in ground.plan.metrics else f"streams/{streams[0]}",
                f"{begins('metrics', metric)} is the value metric of {len(streams)} streams with "
                f"different objectives: {listed(streams)}.",
                "Give each stream a metric of its own; where this one drives theirs, list it under "
                "the stream's `inputs` instead.",
                matched=listed(streams),
            )


def _is_declared_input(ground: Ground, key: str, metric: str) -> bool:
    inputs = ground.plan.streams[key].inputs
    known = ground.plan.metrics.get(metric)
    return metric in inputs or (known is not None and not set(inputs).isdisjoint(known.drives))


def _share_no_objective(ground: Ground, streams: list[str]) -> bool:
    served = {tuple(sorted(ground.plan.streams[key].objective)) for key in streams}
    return len(served - {()}) > 1


def check_key_result_metric(ground: Ground) -> Iterator[Finding]:
    """S04: a key result's metric is the stream's, a declared input of it, or a guardrail."""
    for key, result in ground.plan.key_results.items():
        streams = _streams_of(ground, result)
        if result.metric is None or not streams or not ground.is_checked(result.cycle):
            continue
        allowed = set().union(*(_allowed(ground, stream, result) for stream in streams))
        if result.metric in allowed:
            continue
        where = name("streams", streams[0]) if len(streams) == 1 else f"any of {listed(streams)}"
        yield finding(
            "S04",
            Severity.BLOCKS,
            f"key_results/{key}",
            f"{begins('key_results', key)} is about {name('metrics', result.metric)}, which is "
            f"neither the metric, an input nor a guardrail of {where}.",
            "Use the stream's metric, or declare this one under the stream's `inputs` if it drives it.",
            path=("metric",),
            matched=result.metric,
        )


def _streams_of(ground: Ground, result: KeyResult) -> list[str]:
    if result.stream is not None:
        return [result.stream] if result.stream in ground.plan.streams else []
    if result.objective is None:
        return []
    return list(ground.streams_of.get(result.objective, ()))


def _allowed(ground: Ground, key: str, result: KeyResult) -> set[str]:
    """Metrics that a key result of this stream may move, in the key result's cycle."""
    stream = ground.plan.streams[key]
    cycle = ground.plan.cycles.get(result.cycle) if result.cycle else None
    values = {
        e.metric for e in stream.metric if not cycle or in_force(e, cycle.first_day, cycle.last_day)
    }
    inputs = values | set(stream.inputs)
    queue = list(inputs)
    while queue:
        fresh = [d for d in ground.drivers_of.get(queue.pop(), ()) if d not in inputs]
        inputs.update(fresh)
        queue += fresh
    return inputs | {g.metric for g in stream.guardrails}


def check_guardrails(ground: Ground) -> Iterator[Finding]:
    """S13: a stream has a guardrail, and it is another number than its metric."""
    for key, stream in ground.plan.streams.items():
        if not stream.guardrails:
            yield finding(
                "S13",
                Severity.WARNS,
                f"streams/{key}",
                f"{begins('streams', key)} has no guardrail.",
                "Add `guardrails:` with a number that would get worse if the metric were pushed at "
                "somebody's cost.",
            )
        for place, rail in enumerate(stream.guardrails):
            if rail.metric in {e.metric for e in stream.metric}:
                yield finding(
                    "S13",
                    Severity.WARNS,
                    f"streams/{key}",
                    f"{begins('streams', key)} guards {name('metrics', rail.metric)} with itself.",
                    "Choose another number as the guardrail.",
                    path=("guardrails", place),
                    matched=rail.metric,
                )
