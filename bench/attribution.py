"""How good suggestions are on labels that people set: ``python -m bench.attribution [FILE …] [--speed]``.

Without files: the components of three public trackers in ../shared/data (items with exactly one component
that at least ten items have). A FILE is JSON lines with ``title``, ``label`` and ``day`` (or ``created``),
and if you have them ``key``, ``project``, ``type``, ``labels``, ``components``, ``paths``, ``team``, ``epic``.

Split by time, never at random. Labels are turned into streams and kinds of the rest in turn, by how
frequent they are, so that there is a Value Score to be wrong about. ``--speed`` adds the times of training
and of 10,000 suggestions at two sizes, on made-up mixtures of real titles.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from mainstem.services.suggestions.learning.training import suggest, train
from mainstem.work.examples import Example, Labelled, TeamId

DATA = Path(__file__).parents[2] / "shared" / "data"
AT = datetime(2026, 1, 1, tzinfo=UTC)
LEAST = 10


@dataclass(frozen=True, slots=True)
class Tracker:
    """Labelled items, and the name of each target."""

    name: str
    items: Sequence[Labelled]
    names: dict[str, str]


def fluid() -> Iterator[tuple[Example, str]]:
    """The Fluid tracker: its components were set by people."""
    for row in _lines(DATA / "jira-fluid-project" / "issues.jsonl.gz"):
        if len(row["components"]) == 1:
            found = row["components"][0]
            label = found if isinstance(found, str) else found["name"]
            day = date.fromisoformat(row["date"][:10])
            yield (
                Example(row["title"], row["summary"], day, row["project"]["key"], row["type"]),
                label,
            )


def apache(name: str) -> Iterator[tuple[Example, str]]:
    """One of the two Apache trackers."""
    for row in _lines(DATA / "apache-jira-rest" / f"{name}.jsonl.gz"):
        f = row["fields"]
        if len(f["components"]) == 1:
            day = date.fromisoformat(f["created"][:10])
            example = Example(
                row["key"], f["summary"], day, f["project"]["key"], f["issuetype"]["name"]
            )
            yield example, f["components"][0]["name"]


def from_file(path: Path) -> Iterator[tuple[Example, str]]:
    """Anybody's labels; what decided a label must not be among its fields."""
    for n, row in enumerate(_lines(path)):
        team = row.get("team")
        yield Example(
            str(row.get("key", n)), row.get("title") or row.get("summary") or "",
            date.fromisoformat(str(row.get("day") or row["created"])[:10]), row.get("project") or "",
            row.get("type") or "", tuple(row.get("labels") or ()), tuple(row.get("components") or ()),
            tuple(row.get("paths") or ()), TeamId(team) if team else None, str(row.get("epic") or ""),
        ), str(row["label"])  # fmt: skip


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opens = gzip.open if path.suffix == ".gz" else open
    with opens(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def tracker(name: str, rows: Sequence[tuple[Example, str]]) -> Tracker:
    """Labels become streams and kinds in turn."""
    many = [label for label, n in Counter(r[1] for r in rows).most_common() if n >= LEAST]
    target = {label: f"{'kind' if n % 2 else 'stream'}:{label}" for n, label in enumerate(many)}
    items = [Labelled(e, target[label], by_person=True) for e, label in rows if label in target]
    return Tracker(name, items, {t: label for label, t in target.items()})


def trackers(paths: Sequence[Path]) -> Iterator[Tracker]:
    """What is asked for, else what is in ../shared/data."""
    if paths:
        yield from (tracker(p.name, list(from_file(p))) for p in paths)
    elif DATA.exists():
        yield tracker("Fluid", list(fluid()))
        yield tracker("ActiveMQ", list(apache("ActiveMQ")))
        yield tracker("ZooKeeper", list(apache("Zookeeper")))


def quality(found: Tracker) -> list[str]:
    """The rows of one tracker."""
    m = train(found.items, found.names, at=AT).measured
    head = f"| {found.name}: {m.learned:,} learned, {m.later:,} later from {m.first_day}, {m.unheard:,} of labels not seen before |"
    at, errors = m.threshold, [m.value_error, m.value_error_sure, m.value_error_all]
    cover = (
        f"{at.coverage:.1%} ({at.right} of {at.count} right, ≥ {at.lower:.2f})"
        if at.count
        else "none"
    )
    off = " / ".join("–" if e is None else f"{e:.3f}" for e in errors)
    out = [
        f"{head} **suggestions** | **{m.macro_f1:.3f}** | {m.accuracy:.3f} | {cover} |"
        f" {m.suggested:.1%}, {m.suggested_right or 0:.1%} right | {m.calibration_error:.3f} | {off} |"
        f" {'yes' if m.beats else 'no'} |"
    ]
    for b in m.baselines:
        out.append(
            f"| | {b.name} | {b.macro_f1:.3f} | {b.accuracy:.3f} | {b.coverage:.1%} | | | | |"
        )
    return out


def mixed(count: int) -> Tracker:
    """Made-up items: halves of two real titles of one label, 20 labels, 40 teams."""
    rng, base = random.Random(5), next(trackers(()))
    by_target: dict[str, list[Example]] = {}
    for x in base.items:
        by_target.setdefault(x.target, []).append(x.example)
    top = sorted(by_target, key=lambda t: -len(by_target[t]))[:20]
    sizes, out = [len(by_target[t]) for t in top], []
    for n in range(count):
        target = rng.choices(top, sizes)[0]
        a, b = rng.choice(by_target[target]), rng.choice(by_target[target])
        left, right = a.title.split(), b.title.split()
        title = " ".join(left[: len(left) // 2 + 1] + right[len(right) // 2 :])
        day, team = date(2016, 1, 1) + timedelta(days=n // 40), TeamId(f"team-{rng.randrange(40)}")
        out.append(Labelled(replace(a, key=f"X-{n}", title=title, day=day, team=team), target))
    return Tracker(f"{count:,} mixed", out, {t: base.names[t] for t in top})


def speed(count: int) -> str:
    """Training with its measurement, and 10,000 suggestions with their reasons."""
    found = mixed(count)
    start, cpu = time.perf_counter(), time.process_time()
    model = train(found.items, found.names, at=AT)
    trained = time.perf_counter() - start, time.process_time() - cpu
    start, cpu = time.perf_counter(), time.process_time()
    suggest(model, [x.example for x in mixed(10_000).items])
    said = time.perf_counter() - start, time.process_time() - cpu
    return f"| {count:,} | {trained[0]:.0f} | {trained[1]:.0f} | {said[0]:.1f} | {said[1]:.1f} |"


def main(arguments: Sequence[str]) -> None:
    """Prints the tables."""
    print("| tracker | way | macro-F1 | right | coverage at 95 % (verified later) | suggested at ≥ 50 % sure |"
          " calibration error | Value Score off: suggested / sure / all | beats |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for found in trackers([Path(a) for a in arguments if not a.startswith("-")]):
        print("\n".join(quality(found)), flush=True)
    if "--speed" in arguments:
        print(
            "\n| labelled items | training s | processor s | 10,000 suggestions s | processor s |"
        )
        print("| --- | --- | --- | --- | --- |")
        for count in (10_000, 100_000):
            print(speed(count), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
