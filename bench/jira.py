"""A first sync of Jira: ours, against ``perceval jira`` and ``jira-agile-metrics`` on the same issues.

``python -m bench.jira [ISSUES]`` serves a made-up Jira Data Center and a Jira Cloud, each in a process of its own
with its answers made beforehand, and reads the issues with their histories and work logs. Then 1 % changes and
the next sync is measured. ``--memory ISSUES`` reads so many issues from a Jira that makes them on the way.

``seconds`` are what passes, ``processor`` what the client itself works, ``standin`` what the stand-in works for
it. The stand-in answers at once, as no Jira does, so that nothing but the clients is compared; with
``--latency MS`` it waits so long before each answer, as a Jira at the other end of a network.

Ours is measured up to the files that are ready to land. Perceval also fetches the comments of each issue, a
request each; it has no option to leave them out, and reads a Jira of ``--part ISSUES`` where all would take too
long (with a latency: 1,000 unless told). Ratios are of issues a second, a peer's start included. The peers are
installed in environments of their own in ``bench/work``; one that cannot be installed is left out, saying so.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.standin.jira import JiraStandIn
from tests.standin.server import Asked, Faults, Reply

from bench.data import WORK, as_installed
from mainstem.sources.gathering import Gathering
from mainstem.sources.remote import Batch, Connection, Secret, Watch

#: Things that are gathered before they would land, as in a sync.
LANDED = 20_000
#: Of the issues, so many change before the next sync.
CHANGED = 0.01
#: Entries of a history that Jira Cloud gives with a search.
CUT = 40
#: Issues that perceval reads where each of its requests waits.
PART = 1_000


class Counting(JiraStandIn):
    """A stand-in that tells what it was asked and what it cost it, in its process, until now."""

    def answer(self, asked: Asked) -> Reply:
        if asked.path != "/bench/cost":
            return super().answer(asked)
        count = sum(n for what, n in self.asked.items() if " /bench/" not in what)
        return Reply({"requests": count, "standin": time.process_time()})


class Served(Counting):
    """The stand-in with everything rendered, and a door for the bench to change some of it."""

    def __init__(self, kind: str, issues: int) -> None:
        super().__init__(Faults(), cloud=kind == "cloud", issues=issues, cut=CUT)
        for item in self.world.items.values():
            self.world.rendered(item, self.cut)

    def answer(self, asked: Asked) -> Reply:
        if asked.path != "/bench/change":
            return super().answer(asked)
        rng = random.Random(5)
        # outside of what the next sync looks behind the beginning of the one before
        self._passed += 3_600
        chosen = rng.sample(list(self.world.items.values()), int(len(self.world.items) * CHANGED))
        for item in chosen:
            act = rng.choice((self.world.edit, self.world.log))
            act(item, self.now())
            self.world.rendered(item, self.cut)
        return Reply({"changed": len(chosen)})


class Endless(Counting):
    """So many issues that they are made on the way, out of a few."""

    def __init__(self, issues: int) -> None:
        super().__init__(Faults(), issues=300, cut=1_000)
        self.many = issues
        short = [i for i in self.world.items.values() if len(i.logs) <= 20]
        self.models = [
            self.world.rendered(i, self.cut)
            .replace(f'"{i.ident}"'.encode(), b'"@ID"').replace(f'"{i.key}"'.encode(), b'"ABC-@ID"')
            for i in short
        ]  # fmt: skip

    def answer(self, asked: Asked) -> Reply:
        if asked.path.endswith("/search/approximate-count"):
            return Reply({"count": self.many})
        if not asked.path.endswith("/search/jql"):
            return super().answer(asked)
        given = asked.json() if asked.method == "POST" else asked.query
        start, size = int(given.get("nextPageToken") or 0), int(given["maxResults"])
        end = min(start + size, self.many)
        if size > 100:
            rows = [f'{{"id":"{n + 1}","key":"ABC-{n + 1}"}}'.encode() for n in range(start, end)]
        else:
            rows = [
                self.models[n % len(self.models)].replace(b"@ID", str(n + 1).encode())
                for n in range(start, end)
            ]
        head = b'{"isLast":true' if end == self.many else f'{{"nextPageToken":"{end}"'.encode()
        return Reply(head + b',"issues":[' + b",".join(rows) + b"]}")


@contextlib.contextmanager
def served(kind: str, issues: int, latency: float = 0.0) -> Iterator[str]:
    """A stand-in in its own process, ``latency`` in milliseconds; its address."""
    command = [
        sys.executable,
        "-m",
        "bench.jira",
        str(issues),
        "--serve",
        kind,
        "--latency",
        str(latency),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=as_installed()
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()


def serve(kind: str, issues: int, latency: float) -> None:
    with Endless(issues) if kind == "endless" else Served(kind, issues) as jira:
        jira.latency = latency / 1000
        print(jira.url, flush=True)
        sys.stdin.read()


def cost(url: str) -> dict[str, float]:
    """What the stand-in at an address was asked and has worked until now."""
    return dict(httpx.get(f"{url}/bench/cost", timeout=600).json())


def connection(url: str) -> Connection:
    from mainstem.sources.jira.options import OPTIONS

    given = {o.name: o.default for o in OPTIONS if o.kind != "secret"}
    return Connection(
        "tracker", "jira", {**given, "url": url}, {"token": Secret("x")}, "Europe/Berlin"
    )


def pull(url: str, cursor: Any, folder: str, at: datetime) -> tuple[dict[str, float], Any]:
    """One sync up to the files that would land; ``staging`` is what of ``processor`` goes into them."""
    from mainstem.sources.jira.source import JiraSource

    watch, before = Watch(at, folder=folder), cost(url)
    start, busy = time.perf_counter(), time.process_time()
    batches = iter(JiraSource().pull(connection(url), cursor, watch))
    found = dict.fromkeys(("issues", "records", "staging"), 0.0)
    while (last := gather(batches, found)) is not None:
        cursor = last.cursor
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    meter, after = watch.meter, cost(url)
    return {
        "seconds": seconds, "processor": busy, **found, "requests": meter.requests,
        "megabytes": meter.received / 1e6, "issues a second": found["issues"] / seconds,
        "standin": after["standin"] - before["standin"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }, cursor  # fmt: skip


def gather(batches: Iterator[Batch], found: dict[str, float]) -> Batch | None:
    """Stages batches until they would land, and adds them to what was found; the last of them, if any."""
    batch, read = None, 0
    with tempfile.TemporaryDirectory(dir=WORK) as into, Gathering(Path(into)) as gathered:
        for batch in batches:
            found["issues"] += len(batch.items)
            found["records"] += len(batch.records)
            read += batch.read
            begun = time.thread_time()
            gathered.add(batch)
            found["staging"] += time.thread_time() - begun
            if read >= LANDED:
                break
        begun = time.thread_time()
        if not gathered.is_empty:
            gathered.staged("tracker")
        found["staging"] += time.thread_time() - begun
    return batch


def ours(url: str) -> dict[str, Any]:
    """A first sync, and the next one after 1 % has changed. In a process of its own."""
    folder = WORK / "jira-folder"
    shutil.rmtree(folder, ignore_errors=True)
    at = datetime.now(UTC)
    first, cursor = pull(url, {}, str(folder), at)
    httpx.post(f"{url}/bench/change", timeout=600).raise_for_status()
    following, _ = pull(url, cursor, str(folder), at + timedelta(minutes=5))
    return {"first": first, "next": following}


def alone(*what: str) -> Any:
    """Runs a measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.jira", *what],
        capture_output=True, text=True, check=True, env=as_installed(),
    )  # fmt: skip
    return json.loads(done.stdout)


def environment(name: str, *packages: str) -> Path | None:
    """An environment for a peer, or ``None`` where it cannot be had."""
    home = WORK / name
    if not (home / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        made = subprocess.run([str(home / "bin/pip"), "install", "-q", *packages], check=False)
        if made.returncode:
            return None
        (home / "installed").touch()
    return home


def perceval(url: str) -> dict[str, float] | None:
    home = environment("perceval", "perceval", "setuptools<81")
    if home is None:
        return None
    out = WORK / "perceval-jira.json"
    command = [
        home / "bin/perceval",
        "jira",
        url,
        "-t",
        "x",
        "--no-archive",
        "-o",
        out,
        "--json-line",
    ]
    return _timed([str(c) for c in command], WORK)


def agile_metrics(url: str) -> dict[str, float] | None:
    home = environment(
        "jira-agile-metrics", "jira-agile-metrics", "pandas<2", "numpy<2", "setuptools<81"
    )
    if home is None:
        return None
    folder = WORK / "agile-metrics"
    folder.mkdir(exist_ok=True)
    (folder / "config.yml").write_text(_SETTINGS.format(url=url), "utf-8")
    seconds = _timed([str(home / "bin/jira-agile-metrics"), "config.yml"], folder)
    if seconds is not None and sum(1 for _ in (folder / "cycletime.csv").open()) < 100:
        print("jira-agile-metrics wrote next to nothing", file=sys.stderr)
        return None
    return seconds


_SETTINGS = """\
Connection:
  Domain: {url}
  Username: reader
  Password: secret
Query: project in (ABC, XYZ, OPS)
Workflow:
  Open: [Open, Backlog]
  Doing: [In Progress, Prüfung]
  Done: [Resolved, 已完成]
Output:
  Cycle time data: cycletime.csv
"""


def _timed(command: list[str], folder: Path) -> dict[str, float] | None:
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - start, "processor": busy}


def peer(run: Callable[[str], dict[str, float] | None], url: str, issues: int) -> dict[str, float]:
    """A peer on a Jira of so many issues, with what it asked; empty where it was not run."""
    before = cost(url)
    found = run(url)
    if found is None:
        return {}
    after = cost(url)
    asked = {what: after[what] - before[what] for what in after}
    return {**found, "issues": issues, "issues a second": issues / found["seconds"], **asked}


def compare(issues: int, latency: float, part: int) -> dict[str, Any]:
    """All of it; the peers read Data Center, since neither knows the search of Cloud.

    Args:
        latency: In milliseconds.
        part: Issues that perceval reads.
    """
    with served("cloud", issues, latency) as url:
        cloud = alone(str(issues), "--one", url)
    with served("data-center", issues, latency) as url:
        center = alone(str(issues), "--one", url)
        peers = {"jira-agile-metrics": peer(agile_metrics, url, issues)}
        if part >= issues:
            peers["perceval"] = peer(perceval, url, issues)
    if part < issues:
        with served("data-center", part, latency) as url:
            peers["perceval"] = peer(perceval, url, part)
    out: dict[str, Any] = {
        "issues": issues,
        "latency, ms": latency,
        "cloud": cloud,
        "data-center": center,
    }
    for name, found in peers.items():
        out[name] = found or "not run"
        for kind, ours_ in (("Cloud", cloud), ("Data Center", center)) if found else ():
            first = ours_["first"]
            times = first["issues a second"] / found["issues a second"]
            out[f"ours on {kind}, times {name} in issues a second"] = times
            work = found["processor"] / found["issues"] / (first["processor"] / first["issues"])
            out[f"{name}, times ours on {kind} in processor for an issue"] = work
    for kind in (cloud, center):
        for what in ("seconds", "requests"):
            kind[f"next, part of the first's {what}"] = kind["next"][what] / kind["first"][what]
    return out


def memory(issues: int) -> dict[str, Any]:
    """Peak of resident memory of a first sync of so many issues, in megabytes."""
    with served("endless", issues) as url:
        return dict(alone(str(issues), "--flat", url))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.jira")
    parser.add_argument("issues", nargs="?", type=int, default=20_000)
    parser.add_argument(
        "--latency", type=float, default=0.0, help="milliseconds before each answer"
    )
    parser.add_argument(
        "--part", type=int, default=0, help="issues that perceval reads; 0: see above"
    )
    parser.add_argument(
        "--memory", type=int, default=0, help="instead: peak memory of so many issues"
    )
    for inner in ("--serve", "--one", "--flat"):
        parser.add_argument(inner, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.serve:
        serve(given.serve, given.issues, given.latency)
    elif given.one:
        print(json.dumps(ours(given.one)))
    elif given.flat:
        print(json.dumps(pull(given.flat, {}, str(WORK / "jira-flat"), datetime.now(UTC))[0]))
    elif given.memory:
        print(json.dumps([memory(n) for n in (given.memory // 10, given.memory)], indent=1))
    else:
        part = given.part or (PART if given.latency else given.issues)
        print(json.dumps(compare(given.issues, given.latency, min(part, given.issues)), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
