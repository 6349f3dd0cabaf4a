"""Who reaches which address of the plan."""

from __future__ import annotations

from typing import Any

_READS = ("vera", "carl", "lena", "owen", "petra", "ada")


def _for(least: int, others: int, *may: str) -> dict[str, int]:
    """``least`` for those named, ``others`` for the rest of the cast; nothing for an outsider."""
    return {**{name: least if name in may else others for name in _READS}, "otto": 404}


ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/plan/"): "viewer",
    ("GET", "/plan/?at=r1"): "viewer",
    ("GET", "/plan/plan.yaml"): "viewer",
    ("GET", "/plan/upload"): "contributor",
    ("POST", "/plan/upload"): _for(400, 403, "carl", "lena", "owen", "petra", "ada"),
    ("POST", "/plan/confirm"): "contributor",
    ("POST", "/plan/accept"): _for(400, 403, "carl", "lena", "owen", "petra", "ada"),
    ("GET", "/plan/compare/"): "viewer",
    ("GET", "/plan/revisions/"): "viewer",
    ("GET", "/plan/revisions/1/"): "viewer",
    ("POST", "/plan/revisions/1/undo"): {"vera": 403, "carl": 403, "lena": 403, "owen": 403, "otto": 404},
    ("GET", "/plan/proposals/"): "viewer",
    ("GET", "/plan/proposals/1/"): dict.fromkeys((*_READS, "otto"), 404),
    ("POST", "/plan/proposals/1/describe"): _for(404, 403, "carl", "lena", "owen", "petra", "ada"),
    ("POST", "/plan/proposals/1/remark"): _for(400, 403, "carl", "lena", "owen", "petra", "ada"),
    ("POST", "/plan/proposals/1/move"): _for(404, 403, "carl", "lena", "owen", "petra", "ada"),
    ("POST", "/plan/proposals/1/apply"): _for(404, 403, "carl", "lena", "owen", "petra", "ada"),
    ("GET", "/plan/cycles/2026-q4/"): "viewer",
    ("POST", "/plan/cycles/2026-q4/step"): "planner",
    ("POST", "/plan/cycles/2026-q4/next"): "contributor",
    ("GET", "/plan/organisation/edit"): "contributor",
    ("POST", "/plan/organisation/edit"): "contributor",
    ("GET", "/plan/streams/"): "viewer",
    ("GET", "/plan/streams/?format=csv"): "viewer",
    ("GET", "/plan/streams/new"): "contributor",
    ("POST", "/plan/streams/new"): _for(403, 403, "vera", "carl", "lena", "owen"),
    ("GET", "/plan/streams/start-fast/"): "viewer",
    ("GET", "/plan/streams/start-fast/edit"): "contributor",
    ("POST", "/plan/streams/start-fast/edit"): "contributor",
    ("GET", "/plan/streams/start-fast/remove"): "contributor",
    ("POST", "/plan/dependencies/tiles/remove"): {"vera": 403, "carl": 403, "otto": 404},
    ("GET", "/plan/streams/start-fast/history"): "viewer",
    ("GET", "/plan/teams/no/such/"): dict.fromkeys((*_READS, "otto"), 404),
}  # fmt: skip
ROUTES["POST", "/plan/streams/new"] = {
    name: status for name, status in ROUTES["POST", "/plan/streams/new"].items() if name not in ("petra", "ada")
}  # fmt: skip
