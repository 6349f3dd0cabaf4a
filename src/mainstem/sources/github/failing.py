"""What GitHub's failures mean, and what to do about each.

Limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
GraphQL: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
Single sign-on: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer, Wait

#: GitHub asks for a minute where it names no time after a secondary limit.
MINUTE = 60.0
_SHOWN = 200
_SSO_HINT = (
    "The organisation asks for single sign-on: on GitHub under Settings, Developer settings, the"
    " token's “Configure SSO”, authorise it for the organisation."
)
_SECONDARY = (b"secondary rate limit", b"abuse detection")
#: Code of the error for a page token that GitHub does not take any more.
EXPIRED, EXPIRED_TYPE = "source.page_token", "INVALID_CURSOR_ARGUMENTS"
#: GraphQL's words for what one may not see; what is left of the answer is whole.
KEPT_BACK = {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES", "SAML"}


class TooMuch(SourceError):
    """GitHub did not finish a query in its ten seconds; asking for less at once helps."""

    code = "source.passing"


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry of ``errors`` in an answer of GraphQL. ``path`` leads to what is absent."""

    type: str
    message: str
    path: tuple[str | int, ...]

    @property
    def is_kept_back(self) -> bool:
        """Whether it is absent because the account may not see it, for good."""
        return self.type in KEPT_BACK


def failures(found: Any) -> tuple[Failure, ...]:
    """The errors of an answer of GraphQL."""
    errors = found.get("errors") if isinstance(found, Mapping) else None
    given = errors if isinstance(errors, list) else []
    return tuple(_failure(e) for e in given if isinstance(e, Mapping))


def _failure(error: Mapping[str, Any]) -> Failure:
    more = error.get("extensions")
    more = more if isinstance(more, Mapping) else {}
    kind = "SAML" if more.get("saml_failure") is True else error.get("type") or more.get("code")
    path = error.get("path")
    steps = tuple(s for s in path if isinstance(s, str | int)) if isinstance(path, list) else ()
    return Failure(str(kind or ""), " ".join(str(error.get("message", "")).split())[:_SHOWN], steps)


def explain_rest(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
    """GitHub's own meanings of failures of REST, and of GraphQL where its status says so."""
    if status not in (403, 429):
        return None
    said = body[:2_000].decode("utf-8", "replace")
    limit = _limit(status, headers, said)
    if limit is not None:
        return limit
    if headers.get("x-github-sso", "").startswith("required"):
        return SourceError(
            "GitHub refuses the token until single sign-on has taken it.", _SSO_HINT,
            code="source.rights",
        )  # fmt: skip
    if "Resource not accessible" in said:
        needs = headers.get("x-accepted-github-permissions", "")
        return SourceError(
            "The token or app may not read this" + (f"; it needs {needs}." if needs else "."),
            "Give it the permission on GitHub; docs/sources/github.md lists those that are needed.",
            code="source.rights",
        )
    return None


def _limit(status: int, headers: Mapping[str, str], said: str) -> SourceError | None:
    low = said.lower()
    secondary = "secondary rate limit" in low or "abuse detection" in low
    hint = "It waits and goes on by itself; ask less often if it stays so."
    if secondary or "retry-after" in headers:
        return Wait("GitHub asks for fewer calls (its secondary limit).", hint, MINUTE)
    if headers.get("x-ratelimit-remaining") == "0" or "rate limit exceeded" in low:
        return SourceError(
            "GitHub's limit of calls for this account is used up for now.", hint,
            code="source.passing", permanent=False,
        )  # fmt: skip
    return Wait("GitHub asks for fewer calls.", hint, MINUTE) if status == 429 else None


def explain_graphql(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
    """As ``explain_rest``; a server that gave up on a query is asked for less."""
    if status in (502, 504):
        return TooMuch("GitHub did not finish a query in time.", "It is tried again with less.")
    return explain_rest(status, headers, body)


def judge_graphql(answer: Answer) -> SourceError | None:
    """Failures that come with status 200 and spoil the whole answer; parts that are absent do not."""
    is_secondary = any(words in answer.body.lower() for words in _SECONDARY)
    if b'"errors"' not in answer.body and not is_secondary:
        return None
    try:
        found = answer.json()
    except SourceError:
        return None  # cut off: whoever reads it asks again
    errors = failures(found)
    kinds = {e.type for e in errors}
    has_data = isinstance(found, Mapping) and found.get("data")
    if is_secondary and not has_data:
        # its documentation: a secondary limit comes with status 200 or 403, and is told in words alone
        return _limit(403, answer.headers, "secondary rate limit")
    if "RATE_LIMITED" in kinds or "RATE_LIMIT" in kinds:
        return _limit(403, {"x-ratelimit-remaining": "0", **answer.headers}, "")
    if kinds & {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"} or _gave_up(found, errors):
        return TooMuch("GitHub did not finish a query in time.", "It is tried again with less.")
    return None


def _gave_up(found: Any, errors: tuple[Failure, ...]) -> bool:
    """Whether the server gave up: it says so in words only."""
    words = ("something went wrong while executing", "couldn't respond to your request in time")
    said = any(w in e.message.lower() for e in errors for w in words)
    return said and not (isinstance(found, Mapping) and found.get("data"))


def refusal(errors: tuple[Failure, ...], what: str) -> SourceError:
    """The error for an answer that has nothing in it but errors."""
    first = errors[0] if errors else Failure("", "an answer without data", ())
    if first.type == EXPIRED_TYPE:
        return SourceError(f"{what}: {first.message}", "It begins anew.", code=EXPIRED)
    if first.type == "SAML":
        return SourceError(f"{what}: GitHub refuses the token.", _SSO_HINT, code="source.rights")
    if first.type in ("INSUFFICIENT_SCOPES", "FORBIDDEN"):
        return SourceError(
            f"{what}: {first.message}",
            "Give the token the scope or permission; docs/sources/github.md lists those that are needed.",
            code="source.rights",
        )
    if first.type == "NOT_FOUND":
        return SourceError(
            f"{what}: {first.message}",
            "Check the name. GitHub says the same of what is not there and of what may not be seen.",
            code="source.absent",
        )
    return SourceError(
        f"{what}: {first.message}",
        "If the settings are right, please report it with this message.",
        code="source.refused",
    )
