"""Importing a git history: ours, against ``perceval git`` on the same repository.

``python -m bench.git [COMMITS]`` makes a repository of that size with fast-import and runs both.
Perceval is installed in an environment of its own in ``bench/work``.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.data import WORK


def make_repository(commits: int) -> Path:
    """A repository with merges-free history, three changed files a commit, 60 authors."""
    path = WORK / f"repository-{commits}"
    if path.exists():
        return path
    path.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    feed = subprocess.Popen(
        ["git", "-C", str(path), "fast-import", "--quiet"], stdin=subprocess.PIPE
    )
    assert feed.stdin is not None
    for n in range(commits):
        who = f"Author {n % 60} <a{n % 60}@example.org> {1500000000 + n * 3600} +0200"
        message = (
            f"feat(area{n % 40}): change number {n}\n\nSome words on why it was done.\n".encode()
        )
        out = [b"commit refs/heads/main\n", f"mark :{n + 1}\nauthor {who}\ncommitter {who}\n".encode(),
               f"data {len(message)}\n".encode(), message]  # fmt: skip
        if n:
            out.append(f"from :{n}\n".encode())
        for f in range(3):
            text = f"line {n}\n" * 20
            out.append(
                f"M 100644 inline area{n % 40}/part{f}/file{n % 97}.txt\ndata {len(text)}\n{text}".encode()
            )
        feed.stdin.write(b"".join(out) + b"\n")
    feed.stdin.close()
    feed.wait()
    subprocess.run(["git", "-C", str(path), "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    return path


def ours(path: Path) -> float:
    from mainstem.services.importing import import_work
    from mainstem.services.workspace import Workspace

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


def compare(commits: int, runs: int = 3) -> dict[str, object]:
    """Both in turn; perceval clones first, as it always does."""
    path = make_repository(commits)
    perceval(path)
    a, b = [], []
    for _ in range(runs):
        b.append(perceval(path))
        done = subprocess.run([sys.executable, "-m", "bench.git", "--one", str(path)],
                              capture_output=True, text=True, check=True)  # fmt: skip
        a.append(float(done.stdout))
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
