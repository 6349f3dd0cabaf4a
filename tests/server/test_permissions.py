"""Every address x every role, in one table: what is not in it fails.

Each area lists its routes in ``tests/server/permissions``: a role means "this and more may, less is
refused, an outsider finds nothing"; a mapping says the status for each of the cast.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.server import permissions

#: From least to most, with somebody who is it and nothing else.
ORDER = ("viewer", "contributor", "lead", "owner", "planner", "administrator")
IS = {
    "vera": "viewer", "carl": "contributor", "lena": "lead", "owen": "owner", "petra": "planner",
    "ada": "administrator",
}  # fmt: skip
#: Addresses of libraries and files that have tests of their own, each with the reason.
ELSEWHERE = {
    "^static/": "files of the package, for everybody",
}


def table() -> dict[tuple[str, str], Any]:
    out: dict[tuple[str, str], Any] = {}
    for module in pkgutil.iter_modules(permissions.__path__):
        found = importlib.import_module(f"{permissions.__name__}.{module.name}")
        clash = out.keys() & found.ROUTES.keys()
        assert not clash, f"{module.name} lists {clash} again"
        out.update(found.ROUTES)
    return out


def patterns(of: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in (of or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


def rows() -> list[Any]:
    return [pytest.param(*key, wanted, id=" ".join(key)) for key, wanted in sorted(table().items())]


def test_every_address_is_in_the_table() -> None:
    listed = {resolve(path.partition("?")[0]).route for _, path in table()}
    missing = [
        route
        for route, _ in patterns()
        if route not in listed and not any(route.startswith(e.strip("^")) for e in ELSEWHERE)
    ]
    assert not missing, f"no row in tests/server/permissions for: {missing}"


def expected(wanted: Any, name: str, method: str) -> set[int]:
    """The statuses that somebody may get. A page that is allowed may also redirect."""
    if isinstance(wanted, dict):
        return {wanted[name]} if name in wanted else set(range(200, 600))
    if wanted == "everybody":
        return {200, 302, 303} if method == "GET" else {200, 302, 303, 400}
    least = wanted[0] if isinstance(wanted, tuple) else wanted
    if name == "otto":
        return {404}
    if ORDER.index(IS[name]) < ORDER.index(least):
        return {403, 404}
    if method == "GET":
        return {200, 302, 303}
    return {200, 201, 202, 204, 302, 303, 400, 404, 409}


@pytest.mark.parametrize(("method", "path", "wanted"), rows())
def test_who_may_what(
    method: str, path: str, wanted: Any, as_: Any, cast: Any, ground: Any
) -> None:
    for name in (*IS, "otto"):
        browser = as_(name)
        response = getattr(browser, method.lower())(path)
        allowed = expected(wanted, name, method)
        assert response.status_code in allowed, (
            f"{name} got {response.status_code} for {method} {path}, not one of {sorted(allowed)}"
        )


@pytest.mark.parametrize(("method", "path", "wanted"), rows())
def test_somebody_who_is_not_signed_in_learns_nothing(
    method: str, path: str, wanted: Any, client: Any, ground: Any, cast: Any
) -> None:
    if wanted == "everybody" or (isinstance(wanted, dict) and wanted.get("nobody") == 200):
        return
    response = getattr(client, method.lower())(path)
    if response.status_code in (302, 303):
        assert response.headers["Location"].startswith("/account/login/")
    else:
        assert response.status_code in (401, 403, 404)
    body = response.content.decode()
    for secret in ("Streamly", "Playback", "start-fast", "Start to first frame"):
        assert secret not in body.replace(path, "")
