"""Every source of work, one line each. Nothing is imported before it is needed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from mainstem.errors import SourceError
from mainstem.sources.base import Source

#: In the order in which they are asked whether they recognise a path.
SOURCES: dict[str, str] = {
    "git": "mainstem.sources.git.source:GitSource",
    "table": "mainstem.sources.table.source:TableSource",
}


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
    return cast(Source, getattr(import_module(module), cls)())


def source_for(path: Path, name: str | None = None) -> Source:
    """The source that reads a path: the named one, else the first that recognises it.

    Raises:
        SourceError: if none does.
    """
    if name is not None:
        return make_source(name)
    for known in SOURCES:
        source = make_source(known)
        if source.recognises(path):
            return source
    raise SourceError(
        f"Nothing here knows how to read {path}.",
        "It reads git repositories and logs, CSV, TSV, Excel, JSON Lines and Parquet files, and folders"
        f" of them. Name a source with --kind ({', '.join(SOURCES)}) if it is one of those.",
        code="source.unrecognised",
    )
