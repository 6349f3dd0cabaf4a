"""A board of a thousand cards while one is dragged: ``python -m bench.workshop_board [CARDS] [SECONDS]``.

A real server on a small organisation, a real room filled by acts, Chromium. A card is dragged over the board with the
mouse for some seconds while another browser adds four cards a second; what is measured are the times between frames
(``requestAnimationFrame``) and how long the page takes until it is laid out and knows all records.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chromium import playwright
from tests.server.journeys.conftest import ROOT, served, surroundings

CARDS, SECONDS = 1_000, 10.0
#: A frame of a screen of 60 Hz is 16.7 ms; one that took longer than this was missed.
MISSED = 25.0
FRAMES = """() => { let last = performance.now(); globalThis.frames_seen = [];
  const next = now => { frames_seen.push(now - last); last = now; requestAnimationFrame(next) };
  requestAnimationFrame(next) }"""
WRITES = """step => { const room = document.querySelector('workshop-room');
  setInterval(() => room.act({act: 'add_card', kind: 'note', step, text: 'Written meanwhile', card: room.word()}), 250) }"""
READY = "() => document.querySelector('workshop-room').number > 0 && document.querySelectorAll('.look-wide .card').length >= {}"


def _run(module: str, folder: Path, *more: str) -> Any:
    made = subprocess.run(
        [sys.executable, "-m", f"tests.server.journeys.{module}", str(folder), *more], cwd=ROOT,
        env=surroundings(folder), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])


def _at(share: float, frames: list[float]) -> float:
    return sorted(frames)[min(int(len(frames) * share), len(frames) - 1)]


def _drag(page: Any, seconds: float) -> list[float]:
    """Drags the thirteenth card round the board; the milliseconds between frames meanwhile."""
    box = page.locator(".look-wide .card .card-text").nth(12).bounding_box()
    x, y = box["x"] + 20, box["y"] + 5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8)
    page.evaluate("() => frames_seen.splice(0)")
    began = time.perf_counter()
    while (gone := time.perf_counter() - began) < seconds:
        page.mouse.move(720 + 420 * math.sin(gone * 2), 450 + 300 * math.sin(gone * 3.3))
    frames: list[float] = page.evaluate("() => frames_seen.splice(0)")
    page.mouse.up()
    return frames


def main(cards: int = CARDS, seconds: float = SECONDS) -> None:
    """Fills a room, drags, prints a row."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "data"
        folder.mkdir()
        sessions = _run("small_site", folder)
        room = _run("small_room", folder, str(cards))
        with served(folder) as address:
            browser = playwright().chromium.launch(
                args=["--no-sandbox"], executable_path=_chromium()
            )
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies(
                [{"name": "mainstem_session", "value": sessions["petra"], "url": address}]
            )
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{address}/workshop/{room['workshop']}/?step={room['steps']['talk']}")
            page.wait_for_function(READY.format(cards), timeout=60_000)
            ready = time.perf_counter() - began
            other = browser.new_context(storage_state=context.storage_state()).new_page()
            other.goto(page.url)
            other.wait_for_function(READY.format(cards), timeout=60_000)
            page.evaluate(FRAMES)
            page.bring_to_front()
            page.wait_for_timeout(2_000)
            idle = page.evaluate("() => frames_seen.splice(0)")
            other.evaluate(WRITES, room["steps"]["talk"])
            frames = _drag(page, seconds)
            browser.close()
    print(f"{cards} cards, ready after {ready:.1f} s; standing still p95 {_at(0.95, idle):.1f} ms")
    missed = sum(f > MISSED for f in frames) / len(frames)
    print(
        "| cards | frames a second while dragging | p50 ms | p95 ms | p99 ms | longest ms | frames missed |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(f"| {cards:,} | {1000 * len(frames) / sum(frames):.1f} | {_at(0.5, frames):.1f} | {_at(0.95, frames):.1f} "
          f"| {_at(0.99, frames):.1f} | {max(frames):.1f} | {missed:.1%} |")  # fmt: skip


def _chromium() -> str:
    import os
    import shutil

    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("needs Chromium: install it, or name it in CHROMIUM")
    return found


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    main(int(given[0]) if given else CARDS, given[1] if len(given) > 1 else SECONDS)
