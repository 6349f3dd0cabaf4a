"""Every source of work, one line each. Nothing is imported before it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mainstem.errors import SourceError
from mainstem.sources.git.recognising import is_history

if TYPE_CHECKING:
    from mainstem.sources.base import Source
    from mainstem.sources.observing import Observing
    from mainstem.sources.remote import Connected

#: In the order in which they are asked whether they recognise a path.
SOURCES: dict[str, str] = {
    "git": "mainstem.sources.git.source:GitSource",
    "table": "mainstem.sources.table.source:TableSource",
}

#: Sources that are connected: asked again and again for what is new. In the order in which they are offered.
CONNECTED: dict[str, str] = {
    "jira": "mainstem.sources.jira.source:JiraSource",
    "github": "mainstem.sources.github.source:GitHubSource",
    "gitlab": "mainstem.sources.gitlab.source:GitLabSource",
    "azure": "mainstem.sources.azure.source:AzureSource",
    "linear": "mainstem.sources.linear.source:LinearSource",
    "redmine": "mainstem.sources.redmine.source:RedmineSource",
    "openproject": "mainstem.sources.openproject.source:OpenProjectSource",
    "git": "mainstem.sources.git.connected:GitConnected",
    "files": "mainstem.sources.table.connected:FilesConnected",
    "sql": "mainstem.sources.sql.source:SqlSource",
}

#: Sources of values of metrics.
OBSERVING: dict[str, str] = {
    "prometheus": "mainstem.sources.prometheus.source:PrometheusSource",
    "http-metric": "mainstem.sources.http_metric.source:HttpMetricSource",
    "csv-metric": "mainstem.sources.csv_metric.source:CsvMetricSource",
    "sql-metric": "mainstem.sources.sql.metric:SqlMetricSource",
}


def make_connected(kind: str) -> Connected:
    """A kind of connected source.

    Raises:
        SourceError: naming the kinds there are.
    """
    return cast("Connected", _made(kind, CONNECTED))


def make_observing(kind: str) -> Observing:
    """A kind of source that brings values of metrics.

    Raises:
        SourceError: naming the kinds there are.
    """
    return cast("Observing", _made(kind, OBSERVING))


def _made(kind: str, table: Mapping[str, str]) -> object:
    if kind not in table:
        raise SourceError(
            f"There is no kind of source {kind!r}.", f"The kinds are {', '.join(table)}.",
            code="source.unknown",
        )  # fmt: skip
    module, _, cls = table[kind].partition(":")
    return getattr(import_module(module), cls)()


def make_source(name: str) -> Source:
    """A source by its name.

    Raises:
        SourceError: naming the sources there are.
    """
    if name not in SOURCES:
        raise SourceError(
            f"There is no source {name!r}.",
            f"The sources are {', '.join(SOURCES)}.",
            code="source.unknown",
        )
    module, _, cls = SOURCES[name].partition(":")
    return cast("Source", getattr(import_module(module), cls)())


@dataclass(frozen=True, slots=True)
class TableDescription:
    """How a table would be read, before it is.

    Attributes:
        table: Which table of the file.
        is_time: Whether a row is a time entry; else it is a work item.
        columns: (role, column, an example, why).
        fields: Other columns, which become fields of the item.
        notes: Things worth a person's attention.
        mapping: The same as YAML that can be corrected and given back as the option ``mapping``.
    """

    table: str
    is_time: bool
    columns: tuple[tuple[str, str, str, str], ...]
    fields: tuple[str, ...]
    notes: tuple[str, ...]
    mapping: str


def describe_table(path: Path, options: Mapping[str, str]) -> list[TableDescription]:
    """How the tables of a file would be read, without reading them whole.

    Raises:
        SourceError: if it cannot be opened, or is no work.
    """
    describing = import_module("mainstem.sources.table.describing")
    mapping = import_module("mainstem.sources.table.mapping")
    return [
        TableDescription(
            d.table, d.mapping.rows == "time", d.columns, d.fields, d.notes,
            mapping.write_mapping(d.mapping),
        )
        for d in describing.describe_mapping(path, dict(options))
    ]  # fmt: skip


def source_for(path: Path, name: str | None = None) -> Source:
    """The source that reads a path: the named one, else the first that recognises it.

    Raises:
        SourceError: if none does.
    """
    if name is not None:
        return make_source(name)
    for known in SOURCES:
        if known == "git" and not is_history(path):
            continue  # what only git needs is not loaded to be told no
        source = make_source(known)
        if source.recognises(path):
            return source
    if path.suffix.lower() in (".zip", ".7z", ".rar", ".tar", ".tgz"):
        raise SourceError(
            f"{path} is packed.", "Unpack it, and import the file or folder that comes out.",
            code="source.unrecognised",
        )  # fmt: skip
    raise SourceError(
        f"Nothing here knows how to read {path}.",
        "It reads git repositories and logs, CSV, TSV, Excel, JSON Lines and Parquet files, and folders"
        f" of them. Name a source with --kind ({', '.join(SOURCES)}) if it is one of those.",
        code="source.unrecognised",
    )
