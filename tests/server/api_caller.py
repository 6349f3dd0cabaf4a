"""A program that calls the API with a token, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from tests.server.cast import Cast, actor
from tests.server.factories import NOW, TODAY

V1 = "/api/v1"


class Caller:
    """Sends JSON with a token; answers are Django's, with ``.json()``."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, **heads: str) -> Any:
        """``If_Match="…"`` among ``heads`` is the head ``If-Match``."""
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= {name.replace("_", "-"): value for name, value in heads.items()}
        sent: dict[str, Any] = {"content_type": "application/json"} if method != "get" else {}
        if body is not None:
            sent["data"] = body
        elif method == "post":
            sent["data"] = b""
        return getattr(self.client, method)(V1 + path, headers=headers, **sent)

    def get(self, path: str, **heads: str) -> Any:
        return self.ask("get", path, **heads)

    def post(self, path: str, body: Any = None, **heads: str) -> Any:
        return self.ask("post", path, body, **heads)

    def patch(self, path: str, body: Any, **heads: str) -> Any:
        return self.ask("patch", path, body, **heads)

    def delete(self, path: str, **heads: str) -> Any:
        return self.ask("delete", path, **heads)


def token_of(name: str, ground: Any, cast: Cast, scope: str = "write") -> str:
    """A token of somebody of the cast."""
    from mainstem.services.people.tokens import create_token

    made = create_token(
        "test", scope, TODAY + timedelta(days=30), ground, actor(name, cast), at=NOW
    )
    return made.text


def caller(name: str, ground: Any, cast: Cast, scope: str = "write") -> Caller:
    """Somebody of the cast as a program."""
    return Caller(token_of(name, ground, cast, scope))
