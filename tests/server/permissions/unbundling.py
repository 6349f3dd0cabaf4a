"""Who reaches which address of unbundling. Number 1 is there for nobody."""

from __future__ import annotations

from typing import Any

_READS = ("vera", "carl", "lena", "owen", "petra", "ada")
_NOTHING = dict.fromkeys((*_READS, "otto"), 404)
#: Who may propose learns that there is none; who may not, that they may not.
_ACTS = {**dict.fromkeys(_READS, 404), "vera": 403, "otto": 404}
_V1 = "/api/v1/unbundlings"

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/unbundle/"): "viewer",
    ("POST", "/unbundle/start"): {**dict.fromkeys(_READS, 400), "vera": 403, "otto": 404},
    ("GET", "/unbundle/1/"): _NOTHING,
    ("GET", "/unbundle/1/end"): _NOTHING,
    **{("POST", f"/unbundle/1/{act}"): _ACTS
       for act in ("answer", "take", "pass", "ask", "settle", "open", "stop")},
    ("GET", _V1): "viewer",
    ("POST", _V1): {**dict.fromkeys(_READS, 400), "vera": 403, "otto": 404},
    ("GET", f"{_V1}/1"): _NOTHING,
    ("GET", f"{_V1}/1/questions"): _NOTHING,
    ("GET", f"{_V1}/1/question?key=streams/start-fast|metric"): _NOTHING,
    **{("POST", f"{_V1}/1/{act}"): {**_ACTS, **dict.fromkeys(_READS[1:], 400)}
       for act in ("answers", "removals", "passes", "asks")},
    ("POST", f"{_V1}/1/open"): _ACTS,
    ("POST", f"{_V1}/1/stop"): _ACTS,
}  # fmt: skip
