"""Values of metrics out of Prometheus: a query at the end of each day, week, month or quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.observed import (
    AGAIN,
    DEFINITIONS,
    definition_marks,
    digest_of,
    first_day,
    meaning_of,
    today_of,
)
from mainstem.sources.observing import Mark, Observed, Seen
from mainstem.sources.prometheus import client
from mainstem.sources.prometheus.translate import Stretch, first_days, read, samples, stretches
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Refused, Watch


class PrometheusSource:
    """Range queries, one for each metric."""

    kind: ClassVar[str] = "prometheus"
    words: ClassVar[str] = "Values out of Prometheus, or of what speaks its query API."
    options: ClassVar[tuple[Option, ...]] = (
        Option("url", "url", "Where Prometheus is, without /api/v1.", required=True),
        Option("metric", "text", "The metric of the plan that gets the values; with `query`."),
        Option("query", "block", "PromQL that gives one number; $period stands for the length of a period."),
        Option("queries", "mapping", "Metric: query, for several at once; instead of `metric` and `query`."),
        Option("per", "choice", "What a value stands for.", default="day",
               choices=("day", "week", "month", "quarter")),
        Option("token", "secret", "Sent as bearer token."),
        Option("user", "text", "With a user, basic authentication is used."),
        Option("password", "secret", "The user's password."),
        Option("headers", "mapping", "Further headers, such as X-Scope-OrgID."),
        Option("since", "text", "First day; by default a year ago."),
        Option("again", "number", "Days that are read again each time.", default=str(AGAIN)),
        DEFINITIONS,
    )  # fmt: skip

    def metrics(self, of: Connection) -> tuple[str, ...]:
        """Metrics that the settings name."""
        named = (of.text("metric"), *of.mapping("queries"))
        return tuple(dict.fromkeys(m for m in named if m))

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Whether it answers, and what each query gives now."""
        try:
            queries = _queries(of)
            with client.opened(of, watch) as calls:
                yield _version(calls)
                yesterday = today_of(of, watch.at) - timedelta(days=1)
                for metric, query in queries.items():
                    yield _tried(calls, metric, query, of, yesterday)
        except SourceError as error:
            yield Checked("address and credentials", False, error.message, error.hint)

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """Values of all periods that are over since the cursor, and of the days before it."""
        queries, per = _queries(of), of.text("per") or "day"
        yesterday = today_of(of, watch.at) - timedelta(days=1)
        firsts = first_days(first_day(of, cursor, yesterday), yesterday, per)
        meaning = meaning_of(of, ("query", "queries", "per"))
        cut = stretches(firsts, of.timezone)
        if not cut:
            return
        has_begun = dict.fromkeys(queries, cursor.get("asked") == digest_of(of, "again"))
        if marks := definition_marks(of, cursor, queries, meaning, firsts[0]):
            yield Seen(cursor, marks=marks)
        with client.opened(of, watch) as calls:
            for n, stretch in enumerate(cut):
                after = {"through": stretch.firsts[-1].isoformat(), "asked": digest_of(of, "again"),
                         "means": meaning}  # fmt: skip
                yield _seen(calls, queries, stretch, has_begun, after, is_last=n + 1 == len(cut))
                watch.progress(n + 1, len(cut), "stretches of days")


def _seen(
    calls: Calls,
    queries: Mapping[str, str],
    stretch: Stretch,
    has_begun: dict[str, bool],
    after: Cursor,
    *,
    is_last: bool,
) -> Seen:
    values: list[Observed] = []
    marks: list[Mark] = []
    for metric, query in queries.items():
        try:
            found = samples(client.ask_range(calls, query, stretch), metric)
        except Refused as error:
            raise _no_answer(calls, error) from None
        got, said = read(found, stretch, metric, has_begun=has_begun[metric])
        has_begun[metric] = has_begun[metric] or bool(got)
        values += got
        marks += said
    return Seen(after, values, marks, is_last=is_last)


def _no_answer(calls: Calls, why: Refused) -> SourceError:
    # not a refusal of a row: going on would leave its days out for good
    return SourceError(
        f"{calls.base} does not answer as Prometheus does: {why.reason}.",
        "Check the address: it is the one under which /api/v1/query_range is.", code="source.answer",
    )  # fmt: skip


def _version(calls: Calls) -> Checked:
    try:
        found = client.version(calls)
    except SourceError as error:
        if error.code != "source.absent":
            raise
        return Checked("server", True, "it does not say its version", optional=True)
    return Checked("server", True, f"Prometheus {found}".strip())


def _tried(calls: Calls, metric: str, query: str, of: Connection, last: date) -> Checked:
    """Asks for the last ten whole periods."""
    per = of.text("per") or "day"
    spans = {"day": 10, "week": 70, "month": 310, "quarter": 920}
    cut = stretches(first_days(last - timedelta(days=spans[per]), last, per), of.timezone)
    try:
        found = [
            text
            for s in cut
            for text in samples(client.ask_range(calls, query, s), metric).values()
        ]
    except SourceError as error:
        if not error.permanent or error.code in ("source.credentials", "source.rights"):
            raise
        return Checked(f"query of {metric}", False, error.message, error.hint)
    except Refused as error:
        return Checked(
            f"query of {metric}", False, error.reason, "Is the address that of Prometheus?"
        )
    if not found:
        hint = "Try it on Prometheus' own page; nothing may have been scraped so long ago."
        return Checked(f"query of {metric}", False, "it finds nothing in the last periods", hint)
    return Checked(f"query of {metric}", True, f"{len(found)} values, the last {found[-1]}")


def _queries(of: Connection) -> Mapping[str, str]:
    queries, metric, query = of.mapping("queries"), of.text("metric"), of.text("query")
    if queries and not metric and not query:
        return queries
    if metric and query and not queries:
        return {metric: query}
    raise SourceError(
        f"{of.name} needs a `metric` with a `query`, or `queries`.",
        "`queries` maps metrics to queries: `orders: sum(increase(orders_total[$period]))`.",
        code="source.option",
    )
