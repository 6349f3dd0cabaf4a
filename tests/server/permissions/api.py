"""Who reaches which address of the API, signed in by a session.

Writes are sent without a body: who may is told what is missing (400), who may not learns that first.
"""

from __future__ import annotations

from typing import Any

_NAMES = ("vera", "carl", "lena", "owen", "petra", "ada")
_V1 = "/api/v1"
_EVERYBODY_ELSE_404 = {**dict.fromkeys(_NAMES, 404), "otto": 404}


def _each(status: int, **others: int) -> dict[str, int]:
    """The same status for everybody but an outsider, except where it is said."""
    return {**dict.fromkeys(_NAMES, status), "otto": 404, **others}


_PLAN = {
    "cycles": "2026-q4", "customers": "viewer", "teams": "growth", "metrics": "starts",
    "objectives": "effortless", "streams": "start-fast", "key-results": "kr-start",
    "initiatives": "warm-start", "dependencies": "tiles",
}  # fmt: skip
#: Reading: address → least role.
_READ = {
    "/openapi.json": "viewer", "/me": "viewer", "/sessions": "viewer", "/tokens": "viewer",
    "/plan": "viewer", "/plan/organisation": "viewer", "/plan/compare?old=r1": "viewer",
    "/plan/references?subject=streams/start-fast": "viewer", "/revisions": "viewer",
    "/challenge": "viewer", "/challenge/metrics/starts": "viewer", "/statements": "viewer",
    "/revisions/1": "viewer", "/findings": "viewer", "/proposals": "viewer", "/cycles": "viewer",
    "/cycles/2026-q4": "viewer", "/key-results": "viewer", "/key-results/kr-start": "viewer",
    "/readings?key_result=kr-start": "viewer", "/check-ins?key_result=kr-start": "viewer",
    "/metrics/starts/card": "viewer", "/moved": "viewer", "/initiatives/warm-start/moved": "viewer",
    "/metric-readings": "viewer", "/streams/start-fast/metrics": "viewer",
    "/score": "viewer", "/score/flows": "viewer", "/score/change?before=2026-09&after=2026-10": "viewer",
    "/items": "viewer", "/items/completions": "viewer", "/contests": "viewer", "/suggestions": "viewer", "/suggestions/models": "viewer",
    "/suggestions/audit": "viewer", "/find?q=start": "viewer",
    "/watches": "viewer", "/notices": "viewer", "/remarks?subject=streams/start-fast": "viewer",
    "/derivation": "viewer", "/people": "administrator", "/groups": "administrator",
    "/invitations": "administrator", "/agendas": "viewer", "/agendas/day": "viewer", "/metrics/starts/values": "viewer",
    "/audit": "administrator", "/audit/export": "administrator",
    "/hooks": "administrator", "/jobs": "administrator", "/sources": "viewer",
    "/decisions": "viewer", "/connections": "viewer", "/connection-kinds": "administrator",
}  # fmt: skip
#: Writing without a body: (method, address) → least role.
_WRITE = {
    ("PATCH", "/me"): "viewer", ("POST", "/tokens"): "viewer", ("POST", "/watches"): "viewer",
    ("POST", "/notices/read"): "viewer", ("DELETE", "/watches?subject=streams/start-fast"): "viewer",
    ("POST", "/plan/changes"): "contributor", ("POST", "/plan/rename"): "contributor",
    ("PATCH", "/plan/organisation"): "contributor", ("POST", "/findings/accept"): "contributor",
    ("POST", "/proposals"): "contributor", ("PATCH", "/proposals/1"): "contributor",
    ("POST", "/proposals/1/changes"): "contributor", ("POST", "/proposals/1/apply"): "contributor",
    ("POST", "/proposals/1/open"): "contributor", ("POST", "/proposals/1/decline"): "contributor",
    ("POST", "/proposals/1/withdraw"): "contributor", ("POST", "/cycle-steps"): "planner",
    ("POST", "/next-cycles"): "contributor", ("POST", "/check-ins"): "contributor",
    ("POST", "/scores"): "contributor", ("POST", "/milestones"): "contributor",
    ("POST", "/challenge/metrics/starts/answers"): "contributor",
    ("POST", "/contests"): "viewer", ("POST", "/contests/1/agree"): "viewer",
    ("POST", "/contests/1/decline"): "viewer", ("POST", "/contests/1/withdraw"): "viewer",
    # without a body: whoever may read may ask whether work qualifies
    ("POST", "/qualify"): "viewer", ("POST", "/decisions"): "contributor",
    ("POST", "/decisions/1/steps"): "contributor", ("POST", "/decisions/1/done"): "contributor",
    ("POST", "/suggestions/accept"): "lead", ("POST", "/suggestions/decline"): "lead",
    ("POST", "/suggestions/audit"): "lead", ("POST", "/suggestions/audit/1"): "lead",
    ("POST", "/suggestions/models"): "planner", ("DELETE", "/suggestions/models"): "planner",
    ("POST", "/claims/preview"): "viewer", ("POST", "/triage/nothing/take"): "contributor",
    ("POST", "/triage/nothing/skip"): "contributor", ("POST", "/triage/nothing/claim"): "contributor",
    ("POST", "/triage/nothing/assign"): "lead", ("POST", "/triage/nothing/kind"): "lead",
    ("POST", "/shares/preview"): "lead", ("POST", "/shares"): "lead", ("POST", "/shares/undo"): "lead",
    ("POST", "/streams/start-fast/metrics/proposals"): "contributor",
    ("POST", "/remarks"): "contributor", ("DELETE", "/remarks/1"): "contributor",
    ("PATCH", "/people/1"): "administrator", ("POST", "/people/1/grants"): "administrator",
    ("DELETE", "/people/1/grants/1"): "administrator", ("POST", "/people/1/memberships"): "administrator",
    ("DELETE", "/people/1/memberships/1"): "administrator", ("DELETE", "/people/9/sessions"): "administrator",
    ("DELETE", "/people/999999/second-steps"): "administrator",
    ("DELETE", "/people/1/tokens/999999"): "administrator",
    ("POST", "/metrics/starts/values"): "contributor",
    ("POST", "/metrics/starts/values/upload"): "contributor",
    ("POST", "/agendas"): "lead", ("PATCH", "/agendas/nothing"): "lead",
    ("DELETE", "/agendas/nothing"): "lead",
    ("POST", "/groups"): "administrator", ("DELETE", "/groups/1"): "administrator",
    ("POST", "/invitations"): "administrator", ("POST", "/invitations/1/resend"): "administrator",
    ("DELETE", "/invitations/1"): "administrator", ("POST", "/hooks"): "administrator",
    ("PATCH", "/hooks/1"): "administrator", ("DELETE", "/hooks/1"): "administrator",
    ("POST", "/uploads"): "administrator", ("POST", "/uploads/nothing/read"): "administrator",
    ("POST", "/deliveries/1/again"): "administrator", ("POST", "/jobs/1/run"): "administrator",
    ("POST", "/connections"): "administrator", ("PATCH", "/connections/nothing"): "administrator",
    ("DELETE", "/connections/nothing"): "administrator",
    **{
        ("POST", f"/connections/nothing/{step}"): "administrator"
        for step in ("sync", "stop", "test", "prove", "hook-secret")
    },
}  # fmt: skip

ROUTES: dict[tuple[str, str], Any] = {
    **{("GET", _V1 + path): least for path, least in _READ.items()},
    **{(method, _V1 + path): least for (method, path), least in _WRITE.items()},
    **{("GET", f"{_V1}/plan/{section}"): "viewer" for section in _PLAN},
    **{("GET", f"{_V1}/plan/{section}/{ident}"): "viewer" for section, ident in _PLAN.items()},
    **{("POST", f"{_V1}/plan/{section}"): "contributor" for section in _PLAN},
    **{("PATCH", f"{_V1}/plan/{section}/{ident}"): "contributor" for section, ident in _PLAN.items()},
    # things of others are not theirs to remove; nobody but planners removes a whole stream or team
    ("DELETE", f"{_V1}/plan/streams/start-fast"): "planner",
    ("DELETE", f"{_V1}/plan/teams/growth"): "planner",
    ("DELETE", f"{_V1}/plan/key-results/kr-start"): _each(403, lena=200, owen=404, petra=404, ada=404),
    ("DELETE", f"{_V1}/plan/initiatives/edge-prefetch"): _each(403, lena=200, owen=404, petra=404, ada=404),
    **{
        ("DELETE", f"{_V1}/plan/{section}/{ident}"): "planner"
        for section, ident in _PLAN.items() if section in ("cycles", "customers", "metrics", "objectives")
    },
    ("DELETE", f"{_V1}/plan/dependencies/tiles"): _each(403, lena=200, owen=404, petra=404, ada=404),
    ("GET", f"{_V1}/proposals/1"): _EVERYBODY_ELSE_404,
    ("GET", f"{_V1}/decisions/1"): _EVERYBODY_ELSE_404,
    ("GET", f"{_V1}/items/table/PLAY-1"): _each(409),
    ("GET", f"{_V1}/triage"): _each(409),
    ("GET", f"{_V1}/claims/rates"): _each(409),
    ("GET", f"{_V1}/landings/1"): _EVERYBODY_ELSE_404,
    ("GET", f"{_V1}/uploads/nothing"): _each(403, ada=404),
    ("GET", f"{_V1}/people/999999"): _each(403, ada=404),
    ("GET", f"{_V1}/people/999999/tokens"): _each(403, ada=404),
    # nothing was typed for that day; the values of a metric are its owner's and planners'
    ("DELETE", f"{_V1}/metrics/starts/values/2026-10-01"): _each(403, owen=404, petra=404, ada=404),
    ("GET", f"{_V1}/hooks/1/deliveries"): _each(403, ada=404),
    ("GET", f"{_V1}/connections/nothing"): _EVERYBODY_ELSE_404,
    ("GET", f"{_V1}/connections/nothing/proof"): _EVERYBODY_ELSE_404,
    ("GET", f"{_V1}/connections/nothing/settings"): _each(403, ada=404),
    ("GET", f"{_V1}/connections/nothing/answers"): _each(403, ada=404),
    ("POST", f"{_V1}/revisions/1/undo"): "contributor",
    ("DELETE", f"{_V1}/tokens/1"): _EVERYBODY_ELSE_404,
    ("DELETE", f"{_V1}/sessions/999999"): _EVERYBODY_ELSE_404,
    # whatever else is asked for below /api/: nothing, but only for who is signed in
    ("GET", "/api/"): _EVERYBODY_ELSE_404,
    ("GET", "/api/v2/plan"): _EVERYBODY_ELSE_404,
    ("GET", "/api/docs"): "viewer",
}  # fmt: skip
