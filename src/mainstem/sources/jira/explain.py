"""What Jira means by a failure, and what to do about it.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/ (status codes),
https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/ (CAPTCHA),
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ (429).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mainstem.errors import SourceError

#: Code of a refused page token: the search is begun again from the mark, never tried again with the token.
TOKEN = "jira.token"
_LOGIN = "x-seraph-loginreason"
_MOST = 4_000


class Explainer:
    """Explains failures of one connection; give it to ``Calls`` as ``explain``.

    Args:
        name: The source's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
        """The meaning of a failure, or ``None`` where it is the usual one."""
        signed = self.signed_in(headers)
        if signed is not None:
            return signed
        if status == 400 and not _is_json(body):
            return SourceError(
                f"Jira refused a request of {self._name} with an answer that was cut off or is no JSON.",
                "It is tried again. If it stays so, something before Jira may refuse it: a proxy, a sign-in page.",
                code="source.answer", permanent=False,
            )  # fmt: skip
        said = said_by(body)
        if status == 400:
            return self._refused(said)
        if status == 403 and "xsrf" in said.casefold():
            return SourceError(
                f"Jira refused a request of {self._name} as if a browser had sent it ({said}).",
                "A proxy before Jira may change the header User-Agent; let it pass unchanged.",
                code="source.refused",
            )
        return None

    def signed_in(self, headers: Mapping[str, str]) -> SourceError | None:
        """Whether the account was let in; Jira may answer as to a stranger instead of failing."""
        reason = headers.get(_LOGIN, "").upper()
        if "AUTHENTICATION_DENIED" in reason:
            return SourceError(
                f"Jira wants the account of {self._name} to solve a CAPTCHA, after failed attempts to sign in.",
                "Sign in to Jira once in a browser with this account, then make sure that the token in the"
                " settings is the right one. An administrator can also reset the count of failed attempts.",
                code="source.credentials",
            )
        if "AUTHENTICATED_FAILED" in reason:
            return SourceError(
                f"Jira does not take the credentials of {self._name}.",
                "On Cloud give the account's e-mail address as `user` and an API token as `token`; on Data"
                " Center a personal access token as `token`, without `user`. Tokens expire: make a new one.",
                code="source.credentials",
            )
        return None

    def _refused(self, said: str) -> SourceError | None:
        small = said.casefold()
        if "token" in small and ("page" in small or "expired" in small or "invalid" in small):
            return SourceError(
                f"Jira no longer takes a page token of {self._name} ({said}).",
                "The search is begun again where it was.",
                code=TOKEN,
            )
        if "field 'project'" in small:
            return SourceError(
                f"A project of {self._name} is not there, or its account may not browse it ({said}).",
                "Check `projects`; they are keys, as in ABC-12. If the project exists, give the account the"
                " permission Browse Projects in it.",
                code="source.rights",
            )
        if "jql" in small or "field '" in small or "query" in small:
            return SourceError(
                f"Jira refuses the query of {self._name} ({said}).",
                "Try the condition of the option `jql` in Jira's own search, without ORDER BY.",
                code="source.settings",
            )
        return None


def said_by(body: bytes) -> str:
    """Jira's own words in an error, on one line, at most 300 characters."""
    try:
        found = json.loads(body[:_MOST] or b"null")
    except (ValueError, RecursionError):
        return ""
    return " ".join(_words(found).split())[:300]


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body or b"null")
    except (ValueError, RecursionError):
        return False
    return True


def _words(found: Any) -> str:
    if not isinstance(found, dict):
        return ""
    messages = found.get("errorMessages")
    if isinstance(messages, list) and messages:
        return " ".join(str(m) for m in messages[:3])
    errors = found.get("errors")
    if isinstance(errors, dict) and errors:
        return " ".join(f"{k}: {v}" for k, v in list(errors.items())[:3])
    message = found.get("message") or found.get("errorMessage")
    return message if isinstance(message, str) else ""
