"""Values of a metric from any API that answers with JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar

from mainstem.errors import SourceError
from mainstem.sources.http_metric import client
from mainstem.sources.http_metric.translate import Paths, checked, read
from mainstem.sources.observed import (
    AGAIN,
    DEFINITIONS,
    definition_marks,
    digest_of,
    first_day,
    meaning_of,
    today_of,
)
from mainstem.sources.observing import Seen
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Refused, Watch


class HttpMetricSource:
    """One question of an API: where it is, what is sent, and where days and values stand in the answer."""

    kind: ClassVar[str] = "http-metric"
    words: ClassVar[str] = "Values from any API that answers with JSON."
    options: ClassVar[tuple[Option, ...]] = (
        Option("metric", "text", "The metric of the plan that gets the values.", required=True),
        Option("url", "url", "The address; {since} and {until} stand for the days asked for.", required=True),
        Option("method", "choice", "How it is asked.", default="GET", choices=("GET", "POST")),
        Option("body", "block", "With POST: the JSON that is sent; days stand as in the address."),
        Option("headers", "mapping", "Further headers. Credentials go into `token`, not here."),
        Option("token", "secret", "Sent in a header."),
        Option("header", "text", "The header that carries the token.", default="Authorization"),
        Option("scheme", "text", "The word before the token; `none` for no word.", default="Bearer"),
        Option("user", "text", "With a user, the token is the password of basic authentication."),
        Option("second_token", "secret", "For APIs that want two."),
        Option("second_header", "text", "The header that carries the second one.",
               default="x-application-key"),
        Option("rows", "text", "JMESPath to the rows: a list, or a mapping of key and value."),
        Option("day", "text", "JMESPath from a row to its day.", default="day"),
        Option("value", "text", "JMESPath from a row to its value.", default="value"),
        Option("next", "text", "JMESPath to the next page: an address, or what stands for {next}."),
        Option("next_parameter", "text", "The parameter for that where {next} stands nowhere.",
               default="page"),
        Option("day_format", "text", "How days are written, as in strptime: %G%V. By default guessed."),
        Option("combine", "choice", "What becomes of several values for one day.", default="refuse",
               choices=("refuse", "sum", "last")),
        Option("factor", "number", "Values are multiplied by it: 100 for shares as per cent.", default="1"),
        Option("since", "text", "First day; by default a year ago."),
        Option("again", "number", "Days that are read again each time, for late corrections.",
               default=str(AGAIN)),
        Option("days_at_once", "number", "Days of one request; by default all."),
        DEFINITIONS,
        Option("lag", "number", "Days at the end that are not yet whole: 0 reads today too.", default="1"),
    )  # fmt: skip

    def metrics(self, of: Connection) -> tuple[str, ...]:
        """Metrics that the settings name."""
        return tuple(filter(None, (of.text("metric"),)))

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Asks for the last days and says what was found in the answer."""
        until = today_of(of, watch.at) - timedelta(days=1)
        try:
            paths = _paths(of)
            yield Checked("paths", True, "all can be read")
            with client.opened(of, watch) as calls:
                days = client.Days(until - timedelta(days=27), until)
                answer = next(client.pages(calls, of, days, paths))
            yield Checked("address and credentials", True, "it answers with JSON")
            got = read(answer, of.text("metric"), paths)
        except SourceError as error:
            yield Checked("address, credentials and paths", False, error.message, error.hint)
            return
        except Refused as error:
            yield Checked("rows", False, f"{error.reason} ({error.sample})", _LOOK)
            return
        first = got.rejects[0] if got.rejects else None
        why = f"; {first.place}: {first.reason} ({first.sample})" if first else ""
        found = sum(one.value is not None for one in got.values)
        none = len(got.values) - found
        said = f"{found:,} values of the last four weeks, {len(got.rejects):,} refused{why}" + (
            f"; {none:,} days have nothing at `value`" if none else ""
        )
        yield Checked("values", found > 0, said, "" if found else _LOOK)

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """Values of the days since the cursor, and of those before it that are read again."""
        paths, asked = _paths(of), digest_of(of, "again")
        until = today_of(of, watch.at) - timedelta(days=int(float(of.text("lag") or 1)))
        first = first_day(of, cursor, until)
        if first > until:
            return
        total = (until - first).days + 1
        meaning = meaning_of(of, _MEANS)
        if marks := definition_marks(of, cursor, self.metrics(of), meaning, first):
            yield Seen(cursor, marks=marks)
        with client.opened(of, watch) as calls:
            for days in _stretches(first, until, int(float(of.text("days_at_once") or 0))):
                last = days.until == until
                after = {"through": days.until.isoformat(), "asked": asked, "means": meaning}
                for answer in client.pages(calls, of, days, paths):
                    # pages of one stretch have the cursor before it: it is read again as a whole
                    yield _seen(answer, of, paths, cursor)
                yield Seen(after, is_last=last)
                cursor = after
                watch.progress((days.until - first).days + 1, total, "days")


#: Options that say what is counted.
_MEANS = ("url", "method", "body", "rows", "day", "value", "combine", "factor")
_LOOK = "Look at one answer, and at `rows`, `day` and `value`."


def _seen(answer: object, of: Connection, paths: Paths, cursor: Cursor) -> Seen:
    try:
        got = read(answer, of.text("metric"), paths)
    except Refused as error:
        # not a refusal of a row: going on would leave its days out for good
        raise SourceError(
            f"The answer to {of.name} cannot be read: {error.reason} ({error.sample}).", _LOOK,
            code="source.answer",
        ) from None  # fmt: skip
    return Seen(cursor, got.values, got.marks, got.rejects)


def _stretches(first: date, until: date, at_once: int) -> Iterator[client.Days]:
    while first <= until:
        end = min(until, first + timedelta(days=at_once - 1)) if at_once > 0 else until
        yield client.Days(first, end)
        first = end + timedelta(days=1)


def _paths(of: Connection) -> Paths:
    paths = Paths(
        of.text("rows"), of.text("day") or "day", of.text("value") or "value", of.text("next"),
        of.text("combine") or "refuse", float(of.text("factor") or 1), of.text("day_format"),
        of.timezone,
    )  # fmt: skip
    return checked(paths)
