"""A first sync of Jira: ours, against ``perceval jira`` and ``jira-agile-metrics`` on the same issues.

``python -m bench.jira [ISSUES]`` serves a made-up Jira Data Center and a Jira Cloud, each in a process of its own
with its answers made beforehand, and reads the issues with their histories and work logs. Then 1 % changes and
the next sync is measured. ``--memory ISSUES`` reads so many issues from a Jira that makes them on the way.

``seconds`` are what passes, ``processor`` what the client itself works; the stand-in answers at once, as no
Jira does, so that nothing but the clients is compared. Perceval also fetches the comments of each issue; it has no option to leave them out. The peers are installed in
environments of their own in ``bench/work``; one that cannot be installed is left out, saying so.
"""

from __future__ import annotations

import contextlib
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.standin.jira import JiraStandIn
from tests.standin.server import Asked, Faults, Reply

from bench.data import WORK, as_installed
from mainstem.sources.remote import Connection, Secret, Watch

#: Of the issues, so many change before the next sync.
CHANGED = 0.01
#: Entries of a history that Jira Cloud gives with a search.
CUT = 40


class Served(JiraStandIn):
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


class Endless(JiraStandIn):
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
def served(*what: str) -> Iterator[str]:
    """A stand-in in its own process; its address."""
    command = [sys.executable, "-m", "bench.jira", "--serve", *what]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=as_installed()
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()


def serve(kind: str, issues: int) -> None:
    with Endless(issues) if kind == "endless" else Served(kind, issues) as jira:
        print(jira.url, flush=True)
        sys.stdin.read()


def connection(url: str) -> Connection:
    from mainstem.sources.jira.options import OPTIONS

    given = {o.name: o.default for o in OPTIONS if o.kind != "secret"}
    return Connection(
        "tracker", "jira", {**given, "url": url}, {"token": Secret("x")}, "Europe/Berlin"
    )


def pull(url: str, cursor: Any, folder: str, at: datetime) -> tuple[dict[str, float], Any]:
    """One sync through the source alone."""
    from mainstem.sources.jira.source import JiraSource

    watch, items, records = Watch(at, folder=folder), 0, 0
    start, busy = time.perf_counter(), time.process_time()
    for batch in JiraSource().pull(connection(url), cursor, watch):
        items += len(batch.items)
        records += len(batch.records)
        cursor = batch.cursor
    seconds = time.perf_counter() - start
    meter = watch.meter
    return {
        "seconds": seconds, "processor": time.process_time() - busy, "issues": items, "records": records, "requests": meter.requests,
        "megabytes": meter.received / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }, cursor  # fmt: skip


def ours(url: str) -> dict[str, Any]:
    """A first sync, and the next one after 1 % has changed. In a process of its own."""
    import httpx

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


def compare(issues: int) -> dict[str, Any]:
    """All of it; the peers read Data Center, since neither knows the search of Cloud."""
    with served("cloud", str(issues)) as url:
        cloud = alone("--one", url)
    with served("data-center", str(issues)) as url:
        center = alone("--one", url)
        peers = {"perceval": perceval(url), "jira-agile-metrics": agile_metrics(url)}
    out: dict[str, Any] = {"issues": issues, "cloud": cloud, "data-center": center}
    for name, found in peers.items():
        out[name] = found or "not run"
        for what in ("seconds", "processor") if found else ():
            out[f"{name}, times ours in {what}"] = found[what] / center["first"][what]
    for kind in (cloud, center):
        for what in ("seconds", "requests"):
            kind[f"next, part of the first's {what}"] = kind["next"][what] / kind["first"][what]
    return out


def memory(issues: int) -> dict[str, Any]:
    """Peak of resident memory of a first sync of so many issues, in megabytes."""
    with served("endless", str(issues)) as url:
        return dict(alone("--flat", url))


def main(arguments: list[str]) -> None:
    what, rest = (arguments or ["20000"])[0], arguments[1:]
    if what == "--serve":
        serve(rest[0], int(rest[1]))
    elif what == "--one":
        print(json.dumps(ours(rest[0])))
    elif what == "--flat":
        print(json.dumps(pull(rest[0], {}, str(WORK / "jira-flat"), datetime.now(UTC))[0]))
    elif what == "--memory":
        print(json.dumps([memory(n) for n in (int(rest[0]) // 10, int(rest[0]))], indent=1))
    else:
        print(json.dumps(compare(int(what)), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
