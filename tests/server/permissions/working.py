"""Who reaches which address of work items and sources."""

from __future__ import annotations

from typing import Any

_NOBODY_YET = dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada", "otto"), 404)
_SHARES = {
    "vera": 403,
    "carl": 403,
    "lena": 400,
    "owen": 400,
    "petra": 400,
    "ada": 400,
    "otto": 404,
}
_READERS = {**dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada"), 200), "otto": 404}
_ANSWERS = _NOBODY_YET
_ABSENT = {**dict.fromkeys(("vera", "carl", "lena", "owen", "petra"), 403), "ada": 404, "otto": 404}

# there is no ledger in this test, so no lump: who may gets as far as being told that
_NO_LUMP = {
    **dict.fromkeys(("carl", "lena", "owen", "petra", "ada"), 400),
    "vera": 403,
    "otto": 404,
}
_NO_LUMP_LEAD = {**_NO_LUMP, "carl": 403}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/items/"): "viewer",
    ("GET", "/items/complete?q=st&at=2"): "viewer",
    ("GET", "/items/contests/"): "viewer",
    ("GET", "/items/contests/rates/"): "viewer",
    ("GET", "/items/suggestions/"): "viewer",
    ("GET", "/items/suggestions/audit/"): "viewer",
    ("GET", "/items/suggestions/model/"): "viewer",
    ("POST", "/items/suggestions/accept"): _SHARES,
    ("POST", "/items/suggestions/decline"): {**_SHARES, **dict.fromkeys(("lena", "owen", "petra", "ada"), 404)},
    ("POST", "/items/suggestions/audit/draw"): {**_SHARES, **dict.fromkeys(("lena", "owen", "petra", "ada"), 409)},
    ("POST", "/items/suggestions/audit/1"): _SHARES,
    ("POST", "/items/suggestions/model/train"): "planner",
    ("POST", "/items/suggestions/model/forget"): "planner",
    # there is no ledger in this test, so no item and nothing to contest
    ("POST", "/items/contest"): {**_NOBODY_YET, **dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada"), 400)},
    ("POST", "/items/contests/1/agree"): _ANSWERS,
    ("POST", "/items/contests/1/decline"): {**_ANSWERS, **dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada"), 400)},
    ("POST", "/items/contests/1/withdraw"): _ANSWERS,
    ("GET", "/items/triage/"): "viewer",
    ("GET", "/items/claims/try"): "viewer",
    ("POST", "/items/triage/nothing/assign"): _NO_LUMP_LEAD,
    ("POST", "/items/triage/nothing/kind"): _NO_LUMP_LEAD,
    ("POST", "/items/triage/nothing/claim"): _NO_LUMP,
    ("POST", "/items/triage/nothing/skip"): _NO_LUMP,
    ("GET", "/items/shares/new?item=PLAY-1"): _SHARES,
    ("POST", "/items/shares/set"): _SHARES,
    ("GET", "/items/shares/9/"): _NOBODY_YET,
    ("POST", "/items/shares/9/undo"): {**_NOBODY_YET, "vera": 403, "carl": 403},
    ("GET", "/items/tracker/PLAY-1"): {**_READERS, **dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada"), 400)},
    ("GET", "/sources/"): "viewer",
    ("GET", "/sources/landings/1"): _NOBODY_YET,
    ("GET", "/sources/people/"): "administrator",
    ("POST", "/sources/people/"): "administrator",
    ("GET", "/sources/import/"): "administrator",
    ("POST", "/sources/import/"): "administrator",
    ("GET", "/sources/import/abcdefghijklmnop"): _ABSENT,
    ("POST", "/sources/import/abcdefghijklmnop/mapping"): _ABSENT,
    ("POST", "/sources/import/abcdefghijklmnop/run"): _ABSENT,
    ("GET", "/sources/connect/"): "administrator",
    ("GET", "/sources/connect/jira"): "administrator",
    ("POST", "/sources/connect/jira"): {**_ABSENT, "ada": 400},
    ("GET", "/sources/connected/nothing/"): _NOBODY_YET,
    ("GET", "/sources/connected/nothing/change"): _ABSENT,
    ("POST", "/sources/connected/nothing/change"): _ABSENT,
    ("GET", "/sources/connected/nothing/remove"): _ABSENT,
    **{
        ("POST", f"/sources/connected/nothing/{step}"): _ABSENT
        for step in ("sync", "stop", "test", "prove", "switch", "secret", "remove")
    },
    # its signature lets a message in; nobody learns whether there is such an address
    ("POST", "/hooks/in/nothing"): {**_NOBODY_YET, "nobody": 404},
    # off until the operator gives it a secret; then a signature lets one in, whoever it is
    ("POST", "/hooks/chat/"): {**_NOBODY_YET, "nobody": 404},
}  # fmt: skip
