"""Importing a git history: ours, against ``perceval git`` on the same repository.

``python -m bench.git [COMMITS]`` makes a repository of that size with fast-import and runs both.
Perceval is installed in an environment of its own in ``bench/work``.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.data import WORK, as_installed


def make_repository(commits: int) -> Path:
    """2,000 files of 200 lines, about four changed a commit in a few lines, 150 authors, some co-authors."""
    path = WORK / f"repository-{commits}"
    if path.exists():
        return path
    path.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    feed = subprocess.Popen(
        ["git", "-C", str(path), "fast-import", "--quiet"], stdin=subprocess.PIPE
    )
    assert feed.stdin is not None
    draw = random.Random(7)
    names = [
        f"src/{a}/{b}/file{n}.go"
        for a in ("player", "ads", "pay", "core", "api")
        for b in "wxyz"
        for n in range(100)
    ]
    contents: dict[str, list[str]] = {}
    when = 1_500_000_000
    for n in range(commits):
        when += draw.randrange(60, 20_000)
        who = f"Person {n % 150} <p{n % 150}@example.org> {when} +0200"
        words = "word " * draw.randrange(80)
        text = f"feat({draw.choice(['player', 'ads'])}): change number {n} (#{n})\n\nBecause PROJ-{n} wanted it.\n\n{words}\n"
        if draw.random() < 0.1:
            text += f"\nCo-authored-by: Person {n % 150 + 1} <p{n % 150 + 1}@example.org>\n"
        message = text.encode()
        head = f"commit refs/heads/main\nmark :{n + 1}\nauthor {who}\ncommitter {who}\ndata {len(message)}\n"
        out = [head.encode(), message, f"\nfrom :{n}\n".encode() if n else b"\n"]
        for name in draw.sample(names, min(1 + int(draw.expovariate(0.3)), 30)):
            lines = contents.setdefault(name, [f"line {k}" for k in range(200)])
            for _ in range(draw.randrange(1, 20)):
                lines[draw.randrange(200)] = f"line {draw.random()}"
            body = "\n".join(lines).encode()
            out.append(f"M 100644 inline {name}\ndata {len(body)}\n".encode() + body + b"\n")
        feed.stdin.write(b"".join(out) + b"\n")
    feed.stdin.close()
    feed.wait()
    subprocess.run(["git", "-C", str(path), "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    return path


def ours(path: Path) -> float:
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.work.importing import import_work

    root = WORK / "imported-git"
    shutil.rmtree(root, ignore_errors=True)
    start = time.perf_counter()
    import_work(Workspace(None, None, root), path, at=datetime(2026, 10, 5, tzinfo=UTC))
    return time.perf_counter() - start


def perceval(path: Path) -> float:
    home = WORK / "perceval"
    if not home.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run(
            [str(home / "bin/pip"), "install", "-q", "perceval", "setuptools<81"], check=True
        )
    mirror = WORK / "perceval-mirror"
    shutil.rmtree(mirror, ignore_errors=True)
    out = WORK / "perceval.json"
    start = time.perf_counter()
    subprocess.run([str(home / "bin/perceval"), "git", str(path), "--git-path", str(mirror), "-o", str(out), "--json-line"],
                   check=True, capture_output=True)  # fmt: skip
    return time.perf_counter() - start


def _ours_alone(path: Path) -> float:
    done = subprocess.run([sys.executable, "-m", "bench.git", "--one", str(path)],
                          capture_output=True, text=True, check=True, env=as_installed())  # fmt: skip
    return float(done.stdout)


def compare(commits: int, runs: int = 3) -> dict[str, object]:
    """Both in turn; perceval clones first, as it always does."""
    path = make_repository(commits)
    perceval(path)
    _ours_alone(path)
    a, b = [], []
    for _ in range(runs):
        b.append(perceval(path))
        a.append(_ours_alone(path))
    ratio = statistics.median(y / x for x, y in zip(a, b, strict=True))
    return {
        "commits": commits,
        "ours": statistics.median(a),
        "perceval": statistics.median(b),
        "times faster": ratio,
    }


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--one":
        print(ours(Path(sys.argv[2])))
    else:
        print(json.dumps(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 15_000)))
