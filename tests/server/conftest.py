"""A server for tests: its own data folder, a small plan in the store, and a cast with known rights."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.django_ready  # noqa: F401
from tests.server.cast import Cast, make_cast
from tests.server.factories import NOW, TODAY, small_plan


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Passwords are hashed quickly, mail goes to a list, and data to the test's own folder.

    The thread beside a sync sees nothing of a test's transaction, so it does not look unless a test says so.
    """
    monkeypatch.setattr("mainstem.services.sources.watching.LOOK", 600.0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ground(db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The ground of a server with the small plan, on a fixed day; all faces stand on it."""
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan
    from mainstem.plan.standing import Signature
    from mainstem.services.server import ground as grounds
    from mainstem.services.server.shelf import Shelf
    from mainstem.store.check_ins import CheckInBook
    from mainstem.store.plans import StoredPlans

    plans = StoredPlans()
    made = grounds.Ground(plans, Shelf(tmp_path / "ledger"), tmp_path, CheckInBook(), TODAY)
    plans.write(diff(Plan(), small_plan()), Signature(NOW, None, "Start", origin="start"))
    monkeypatch.setattr("mainstem.services.server.ground.server_ground", lambda: made)
    monkeypatch.setattr("mainstem.web.middleware.acting.server_ground", lambda: made)
    return made


@pytest.fixture
def cast(ground) -> Cast:
    """One person of each role, and an outsider."""
    return make_cast()


@pytest.fixture
def as_(client, cast):
    """``as_("vera")`` is a browser (Django's test client) in which Vera is signed in."""
    from django.test import Client

    def signed_in(name: str) -> Client:
        browser = Client()
        browser.force_login(
            cast[name], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return browser

    return signed_in


@pytest.fixture
def tiny_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one kind of source that there is: the tiny tracker of tests."""
    kinds = {"tiny": "tests.server.tiny_tracker:TinySource"}
    for module in ("sources.registry", "services.sources.connecting", "services.sources.inbound"):
        monkeypatch.setattr(f"mainstem.{module}.CONNECTED", kinds)
    for module in ("sources.registry", "services.sources.connecting"):
        monkeypatch.setattr(f"mainstem.{module}.OBSERVING", {})
    monkeypatch.setattr("mainstem.services.sources.connecting.OWN", {})


@pytest.fixture
def tiny(tiny_kind: None):
    """A tiny tracker on loopback."""
    from tests.server.tiny_tracker import Tiny

    with Tiny() as made:
        yield made
