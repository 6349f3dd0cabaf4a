"""Who reaches what is for running the server."""

from __future__ import annotations

from typing import Any

_NOBODY = dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada", "otto", "nobody"), 404)
_NO_JOB = {**dict.fromkeys(("vera", "carl", "lena", "owen", "petra"), 403), "ada": 404, "otto": 404}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/healthz"): "everybody",
    # 200 or 503, as the jobs of the process run or not; it tells nobody anything of the organisation
    ("GET", "/readyz"): {"nobody": 200},
    ("GET", "/metrics"): _NOBODY,
    ("GET", "/settings/jobs/"): "administrator",
    ("POST", "/settings/jobs/1/run"): _NO_JOB,
    # closed to everybody where the server does not serve a demo
    ("GET", "/demo/"): _NOBODY,
    ("POST", "/demo/enter"): _NOBODY,
}  # fmt: skip
