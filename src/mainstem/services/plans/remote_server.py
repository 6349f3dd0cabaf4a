"""A server somewhere else, over its API: the other half of keeping a folder and a server in step."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mainstem.errors import (
    Absent,
    Conflict,
    Forbidden,
    Invalid,
    MainstemError,
    SourceError,
    UsageError,
)
from mainstem.plan.changes import Change, to_json
from mainstem.plan.model import Plan
from mainstem.plan.standing import Standing

if TYPE_CHECKING:
    import httpx

_HERE = ("localhost", "127.0.0.1", "::1")
_ERRORS: dict[int, type[MainstemError]] = {
    401: Forbidden, 403: Forbidden, 404: Absent, 409: Conflict, 412: Conflict, 400: Invalid, 422: Invalid,
}  # fmt: skip
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server at an address, as the person that a token acts for.

    Attributes:
        name: Its address, such as ``https://mainstem.example.org``.
        token: An API token with the scope ``write``; ``read`` is enough for an export.
    """

    name: str
    token: str = field(repr=False)

    @classmethod
    def at(cls, address: str, token: str) -> RemoteServer:
        """The server at an address.

        Raises:
            UsageError: no token, or the address would send it in clear text over a network.
        """
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in _HERE:
            raise UsageError(
                f"{parts.scheme}://{parts.hostname} would send your token where others can read it.",
                "Use the server's https:// address.",
                code="server.clear_text",
            )
        if not token:
            raise UsageError(
                f"{address} wants to know who you are.",
                "Make a token in your account there and set MAINSTEM_TOKEN, or MAINSTEM_TOKEN_FILE.",
                code="server.token",
            )
        return cls(address.rstrip("/"), token)

    def read(self) -> Standing:
        """The plan as it stands there, with its check-ins."""
        told = self._ask("GET", "/plan", params={"check_ins": "true"})
        return Standing(Plan.model_validate(told["plan"]), str(told["revision"]))

    def write(self, changes: Sequence[Change], base: str, why: str) -> str:
        """Makes changes made for the revision ``base``; the new revision.

        The request carries a key, so that one that was cut off is not made twice.

        Raises:
            Conflict: others changed the same meanwhile; nothing was done.
            Forbidden: a change is not theirs to make.
        """
        body = {"changes": [to_json(c) for c in changes], "base": base or "r0", "why": why}
        told = self._ask("POST", "/plan/changes", json=body, key=str(uuid.uuid4()))
        return str(told["done"]["revision"])

    def _ask(self, method: str, path: str, *, key: str = "", **given: Any) -> Any:
        import httpx

        head = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        try:
            with httpx.Client(
                base_url=f"{self.name}/api/v1", timeout=SECONDS, headers=head,
                transport=httpx.HTTPTransport(retries=2),
            ) as client:  # fmt: skip
                answer = client.request(method, path, **given)
        except httpx.HTTPError as error:
            raise SourceError(
                f"{self.name} did not answer: {type(error).__name__}.",
                "Check the address and whether the server runs.",
                permanent=False,
            ) from error
        return self._told(answer)

    def _told(self, answer: httpx.Response) -> Any:
        try:
            told = answer.json()
        except ValueError:
            told = {}
        if answer.is_success and told:
            return told
        fault = told.get("error", {}) if isinstance(told, dict) else {}
        if not fault:
            raise SourceError(
                f"{self.name} answered {answer.status_code} and nothing that Mainstem says.",
                "Check that it is the address of a Mainstem server.",
            )
        kind = _ERRORS.get(answer.status_code, MainstemError)
        raise kind(
            f"{self.name}: {fault['message']}", fault.get("hint", ""), code=fault.get("code")
        )
