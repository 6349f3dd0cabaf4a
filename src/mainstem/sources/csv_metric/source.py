"""Values of metrics out of a CSV file at a path or an address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from mainstem.errors import SourceError
from mainstem.sources.csv_metric import client
from mainstem.sources.csv_metric.translate import Wanted, columns_of, read, table_of
from mainstem.sources.observed import DEFINITIONS, declared, digest_of
from mainstem.sources.observing import Seen
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Watch


class CsvMetricSource:
    """A table with a day and a value in each row."""

    kind: ClassVar[str] = "csv-metric"
    words: ClassVar[str] = "Values out of a CSV file, by path or address."
    options: ClassVar[tuple[Option, ...]] = (
        Option("path", "text", "The file, also packed with gzip; instead of `url`."),
        Option("url", "url", "Where it is downloaded; instead of `path`."),
        Option("token", "secret", "Sent with the download."),
        Option("header", "text", "The header that carries the token.", default="Authorization"),
        Option("scheme", "text", "The word before the token; `none` for no word.", default="Bearer"),
        Option("metric", "text", "The metric that all values are of; instead of `metrics`."),
        Option("metrics", "mapping", "What stands in the column of names: the metric. Others are not read."),
        Option("metric_column", "text", "The column that names the metric.", default=""),
        Option("day", "text", "The column of days; by default day, date, week, month …"),
        Option("value", "text", "The column of values; by default value or count."),
        Option("where", "mapping", "Only rows in which these columns hold just this."),
        Option("decimal", "choice", "What divides off decimals.", default="auto",
               choices=("auto", "point", "comma")),
        Option("day_format", "text", "How days are written, as in strptime: %d.%m.%Y. By default guessed."),
        Option("note", "text", "A column of remarks, shown at their days."),
        Option("definition", "text", "A column that says what is counted; where it changes, a mark is set."),
        DEFINITIONS,
        Option("window", "number", "Days that each value counts over, if more than its own period."),
    )  # fmt: skip

    def metrics(self, of: Connection) -> tuple[str, ...]:
        """Metrics that the settings name."""
        named = (of.text("metric"), *of.mapping("metrics").values())
        return tuple(dict.fromkeys(m for m in named if m))

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Whether the file is there, has the columns, and how many rows can be read."""
        try:
            wanted = _wanted(of)
            body = client.fetch(_clean(of), watch).body or b""
            yield Checked("file", True, f"{len(body):,} bytes")
            columns, _ = table_of(body)
            found = columns_of(columns, wanted)
            yield Checked("columns", True, f"days in {found.day}, values in {found.value}")
        except SourceError as error:
            yield Checked("file and columns", False, error.message, error.hint)
            return
        got = read(body, wanted)
        first = got.rejects[0] if got.rejects else None
        said = f"{len(got.values):,} values, {len(got.rejects):,} rows refused"
        why = f"{first.place}: {first.reason} ({first.sample})" if first else ""
        yield Checked("values", bool(got.values), f"{said}. {why}".strip(), "" if got.values else
                      "Look at the columns and at `where` and `metrics`.")  # fmt: skip

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """All values of the file, unless it is as it was."""
        wanted, asked = _wanted(of), digest_of(of)
        is_same_question = cursor.get("asked") == asked
        etag = str(cursor.get("etag") or "") if is_same_question else ""
        fetched = client.fetch(_clean(of), watch, etag)
        if fetched.body is None:
            yield Seen(cursor, is_last=True)
            return
        after = {"asked": asked, "etag": fetched.etag,
                 "digest": hashlib.sha256(fetched.body).hexdigest()}  # fmt: skip
        if is_same_question and cursor.get("digest") == after["digest"]:
            yield Seen(after, is_last=True)
            return
        got = read(fetched.body, wanted)
        watch.progress(len(got.values), len(got.values), "values")
        yield Seen(after, got.values, got.marks, got.rejects, is_last=True)


def _clean(of: Connection) -> Connection:
    if of.text("scheme") != "none":
        return of
    return Connection(of.name, of.kind, {**of.options, "scheme": ""}, of.secrets, of.timezone)


def _wanted(of: Connection) -> Wanted:
    metric, names = of.text("metric"), of.mapping("metrics")
    if bool(metric) == bool(names):
        raise SourceError(
            f"{of.name} needs either a `metric` or `metrics`.",
            "`metric` where all rows are of one; `metrics` maps what stands in a column.",
            code="source.option",
        )  # fmt: skip
    return Wanted(
        metric=metric, names=names, day=of.text("day"), value=of.text("value"),
        metric_column=of.text("metric_column"), note=of.text("note"),
        definition=of.text("definition"), where=of.mapping("where"),
        decimal=of.text("decimal") or "auto", pattern=of.text("day_format"),
        window=int(float(of.text("window") or 0)), definitions=declared(of), zone=of.timezone,
    )  # fmt: skip
