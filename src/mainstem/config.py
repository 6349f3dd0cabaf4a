"""Settings from the environment: declared once, refused when wrong, documented from here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable."""

    name: str
    kind: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("MAINSTEM_PLAN", "path", "", "Folder or file of the plan, if not ./plan or ./mainstem.yaml."),
    Setting("MAINSTEM_LEDGER", "path", "", "Folder of the ledger, if not .mainstem/ledger."),
    Setting("MAINSTEM_PEOPLE", "path", "", "The people file, if not people.csv in or beside the plan."),
    Setting(
        "MAINSTEM_MEMORY", "size", "1GB",
        "Most memory that the engine uses before it spills to disk, for instance 512MB or 4GB.",
    ),
    Setting(
        "MAINSTEM_TODAY", "day", "",
        "The day that counts as today for due dates and acceptances; for demonstrations and tests.",
    ),
    Setting(
        "MAINSTEM_SPARK", "url", "",
        "Where questions run on Apache Spark: a master such as spark://host:7077, or sc://host:15002"
        " for Spark Connect. Empty: they run here.",
    ),
)  # fmt: skip


_SPARK = r"(spark|sc|k8s)://\S+|yarn|local(\[[^\]]+\])?"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings, typed."""

    plan: Path | None
    ledger: Path | None
    people: Path | None
    memory: str
    today: str
    spark: str


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings.

    Raises:
        UsageError: for a variable that begins with ``MAINSTEM_`` and is none of ours, or a wrong value.
    """
    given = os.environ if environment is None else environment
    known = {s.name: s for s in SETTINGS}
    for name in given:
        if name.startswith("MAINSTEM_") and name not in known:
            raise UsageError(
                f"The environment sets {name}, which is no setting.",
                f"The settings are {', '.join(known)}. Unset it or correct its name.",
                code="config.unknown",
            )
    found = {name: given.get(name, "").strip() or s.default for name, s in known.items()}
    if not re.fullmatch(r"\d+(\.\d+)? ?(MB|GB|MiB|GiB)", found["MAINSTEM_MEMORY"]):
        raise _wrong("MAINSTEM_MEMORY", found["MAINSTEM_MEMORY"], "a size such as 512MB or 4GB")
    if found["MAINSTEM_TODAY"] and not re.fullmatch(r"\d{4}-\d\d-\d\d", found["MAINSTEM_TODAY"]):
        raise _wrong("MAINSTEM_TODAY", found["MAINSTEM_TODAY"], "a day such as 2026-10-05")
    if found["MAINSTEM_SPARK"] and not re.fullmatch(_SPARK, found["MAINSTEM_SPARK"]):
        raise _wrong(
            "MAINSTEM_SPARK",
            found["MAINSTEM_SPARK"],
            "a URL such as spark://host:7077 or sc://host:15002",
        )
    paths = [Path(found[n]) if found[n] else None for n in list(found)[:3]]
    return Settings(paths[0], paths[1], paths[2], found["MAINSTEM_MEMORY"], found["MAINSTEM_TODAY"],
                    found["MAINSTEM_SPARK"])  # fmt: skip


def _wrong(name: str, value: str, wanted: str) -> UsageError:
    return UsageError(f"{name} is {value!r}.", f"It must be {wanted}.", code="config.invalid")
