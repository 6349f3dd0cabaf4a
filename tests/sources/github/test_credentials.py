"""Tokens, apps, rights: what is shown to GitHub, and what is said when it does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources.github.client import addresses
from mainstem.sources.github.source import GitHubSource
from mainstem.sources.remote import Checked, Watch
from tests.sources.github.folding import Fold, connection
from tests.standin.github import GitHubStandIn
from tests.standin.server import Faults

SOURCE = GitHubSource()


@pytest.fixture(scope="module")
def key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@pytest.mark.parametrize("hours", [0.0, -5.0, 3.0])
def test_an_app_signs_by_githubs_clock_and_renews_its_token(key: Any, hours: float) -> None:
    with GitHubStandIn(Faults(clock=hours), issues=30) as hub:
        hub.public_key = key.public_key()
        of = connection(hub.url, app_id="12", installation_id="34", private_key=pem(key))
        fold = Fold()
        for batch in SOURCE.pull(of, {}, fold.watch()):
            fold.land([batch])
            hub.tokens = set()  # every token ends at once
        assert len(fold.items) == 30


def test_an_app_is_told_which_permission_it_lacks(key: Any) -> None:
    with GitHubStandIn() as hub:
        hub.public_key = key.public_key()
        of = connection(
            hub.url, app_id="12", installation_id="34", private_key=pem(key), groups="yes"
        )
        said = {c.what: c for c in SOURCE.test(of, Fold().watch())}
    assert said["permission issues"].ok
    assert not said["permission members"].ok
    assert "members" in said["permission members"].hint


def test_where_answers_are_asked_for_the_right_to_write_them_is_tested_too(key: Any) -> None:
    with GitHubStandIn() as hub:
        hub.public_key = key.public_key()
        app = {"app_id": "12", "installation_id": "34", "private_key": pem(key)}
        said = rights(connection(hub.url, **app, answers="comment"))
        assert said == (False, "missing: issues, pull_requests")
        assert rights(connection(hub.url, **app, answers="check")) == (False, "missing: checks")
        hub.rights = {"issues": "write", "pull_requests": "write"}
        assert rights(connection(hub.url, **app, answers="comment")) == (True, "given")
        # a classic token's scopes are told
        hub.tokens.add(hub.token)
        assert rights(connection(hub.url, answers="comment")) == (True, "given")
        assert rights(connection(hub.url)) is None


def rights(of: Any) -> tuple[bool, str] | None:
    found = {c.what: c for c in SOURCE.test(of, Fold().watch())}.get("right to answer")
    return None if found is None else (found.ok, found.said)


@pytest.mark.parametrize(
    "given", ["", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_said_without_being_shown(given: str) -> None:
    of = connection("https://api.github.com", app_id="1", installation_id="2", private_key=given)
    checked = list(SOURCE.test(of, Fold().watch()))
    assert [c.ok for c in checked] == [False]
    assert "private_key" in checked[0].said
    assert "secret" not in repr(checked)


def test_a_wrong_token_is_a_permanent_failure_that_does_not_show_it() -> None:
    with GitHubStandIn() as hub:
        of = connection(hub.url, token="wrong-one")
        with pytest.raises(SourceError) as caught:
            list(SOURCE.pull(of, {}, Fold().watch()))
        checked = list(SOURCE.test(of, Fold().watch()))
    assert caught.value.permanent
    assert caught.value.code == "source.credentials"
    assert [c.ok for c in checked] == [False]
    assert "wrong-one" not in f"{caught.value!r} {caught.value.hint} {checked!r} {of!r}"


def test_a_test_names_what_is_reachable_and_what_is_not() -> None:
    with GitHubStandIn(repositories=("acme/shop", "acme/till")) as hub:
        hub.hidden = {"acme/till"}
        of = connection(
            hub.url, repositories="acme/shop\nacme/till", groups="yes", projects_fields="yes",
            fields="Size", team_field="Status",
        )  # fmt: skip
        watch = Fold().watch()
        said = {c.what: c for c in SOURCE.test(of, watch)}
    assert said["credentials"].ok and "classic" in said["credentials"].said
    assert said["right to browse acme/shop"].ok
    assert not said["right to browse acme/till"].ok
    assert not said["scope read:project"].ok
    assert said["scope read:org"].ok
    assert "numbers first" in said["points Estimate"].said
    assert said["team_field Status"].ok
    assert not said["fields Size"].ok and "Status" in said["fields Size"].hint
    assert "6 people" in said["teams of acme"].said
    assert watch.meter.requests <= 10


@pytest.mark.parametrize(
    ("given", "rest", "graph", "is_server"),
    [
        ("", "https://api.github.com", "https://api.github.com/graphql", False),
        ("https://github.com/", "https://api.github.com", "https://api.github.com/graphql", False),
        ("https://acme.ghe.com", "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql", False),
        ("https://git.example", "https://git.example/api/v3", "https://git.example/api/graphql", True),
        ("https://git.example/api/v3/", "https://git.example/api/v3", "https://git.example/api/graphql", True),
        ("https://x.example/git/api/graphql", "https://x.example/git/api/v3", "https://x.example/git/api/graphql", True),
    ],
)  # fmt: skip
def test_an_address_leads_to_both_apis(given: str, rest: str, graph: str, is_server: bool) -> None:
    assert addresses(given) == (rest, graph, is_server)


@pytest.mark.parametrize(
    "options",
    [
        {"repositories": ""}, {"repositories": "shop"}, {"since": "soon"}, {"roll_call": "often"},
        {"labels_points": "("}, {"labels_points": "points"}, {"app_id": "1"},
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_said_before_anything_is_asked(options: dict[str, str]) -> None:
    watch = Fold().watch()
    with pytest.raises(SourceError) as caught:
        list(SOURCE.pull(connection("https://api.github.com", **options), {}, watch))
    assert caught.value.permanent
    assert caught.value.hint
    assert watch.meter.requests == 0


class Patient(Watch):
    """A watch that notes how long it would have waited."""

    slept: list[float]

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def served(*answers: httpx.Response) -> tuple[Patient, list[httpx.Request]]:
    """A GitHub that gives these answers in turn."""
    left: Iterator[httpx.Response] = iter(answers)
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return next(left)

    watch = Patient(datetime.now(UTC), transport=httpx.MockTransport(answer))
    watch.slept = []
    return watch, asked


def whole(status: int = 200, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def ask(watch: Watch) -> Any:
    from mainstem.sources.github.client import Hub

    with Hub(connection("https://api.github.com"), watch) as hub:
        return hub.ask("query Viewer { viewer { login } }", {}).data


GOOD = {"data": {"viewer": {"login": "ada"}}}


def test_a_limit_that_comes_with_status_200_is_waited_for() -> None:
    reset = str(int((datetime.now(UTC) + timedelta(seconds=50)).timestamp()))
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    watch, asked = served(
        whole(200, limited, x_ratelimit_remaining="0", x_ratelimit_reset=reset), whole(200, GOOD)
    )
    assert ask(watch) == GOOD["data"]
    assert len(asked) == 2
    assert 40 < sum(watch.slept) < 60


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_without_a_time_is_waited_for_a_minute(status: int) -> None:
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
    watch, _ = served(whole(status, said), whole(200, GOOD))
    assert ask(watch) == GOOD["data"]
    assert 55 < sum(watch.slept) <= 60


def _sso() -> httpx.Response:
    return whole(403, {"message": "Resource protected by organization SAML enforcement."},
                 x_github_sso="required; url=https://github.com/orgs/a/sso?authorization_request=AZ1")  # fmt: skip


def _permission() -> httpx.Response:
    return whole(403, {"message": "Resource not accessible by personal access token"},
                 x_accepted_github_permissions="issues=read")  # fmt: skip


def _saml() -> httpx.Response:
    error = {"type": "FORBIDDEN", "extensions": {"saml_failure": True}, "message": "SAML"}
    return whole(200, {"data": None, "errors": [error]})


def _scopes() -> httpx.Response:
    return whole(
        200, {"errors": [{"type": "INSUFFICIENT_SCOPES", "message": "needs read:project"}]}
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_sso, "Configure SSO"),
        (_permission, "issues=read"),
        (_saml, "Configure SSO"),
        (_scopes, "read:project"),
    ],
)
def test_a_missing_right_is_named_at_once(answer: Callable[[], httpx.Response], words: str) -> None:
    watch, asked = served(answer())
    with pytest.raises(SourceError) as caught:
        ask(watch)
    assert caught.value.permanent
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert "AZ1" not in f"{caught.value.message} {caught.value.hint}"
    assert len(asked) == 1


def test_an_answer_that_was_cut_off_is_asked_for_again() -> None:
    cut = httpx.Response(200, content=b'{"data": {"viewer"')
    watch, asked = served(cut, whole(200, GOOD))
    assert ask(watch) == GOOD["data"]
    assert len(asked) == 2


def test_what_is_wrong_is_a_checked_thing() -> None:
    watch, _ = served(whole(401, {"message": "Bad credentials"}))
    (only,) = SOURCE.test(connection("https://api.github.com"), watch)
    assert isinstance(only, Checked) and not only.ok and only.hint
