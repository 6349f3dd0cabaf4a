"""The documentation of people and rights says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from mainstem.config import SETTINGS
from mainstem.services.people.access import ROLES
from mainstem.services.people.invitations import OPEN_FOR
from mainstem.services.people.tokens import LONGEST

DOCS = Path(__file__).parents[2] / "docs"


def rows(page: str, heading: str) -> list[list[str]]:
    section = (DOCS / page).read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_roles_is_that_of_the_program():
    told = [(name, may) for name, _, may in rows("people-and-rights.md", "Roles")]
    assert told == [ROLES[role] for role in ROLES]


def test_every_setting_that_the_pages_name_exists():
    known = {s.name for s in SETTINGS}
    for page in ("sign-in.md", "people-and-rights.md"):
        named = set(re.findall(r"\bMAINSTEM_[A-Z_]+", (DOCS / page).read_text()))
        assert {n.removesuffix("_FILE") for n in named} <= known


def test_addresses_that_providers_are_given_are_those_of_the_server():
    from django.urls import reverse

    text = (DOCS / "sign-in.md").read_text()
    for address in (
        reverse("openid_connect_callback", args=["sso"]), reverse("saml_metadata", args=["sso"]),
        reverse("saml_acs", args=["sso"]),
    ):  # fmt: skip
        assert f"https://YOUR-HOST{address}" in text


def test_times_are_as_told(settings):
    assert OPEN_FOR.days == 7
    assert LONGEST == 366
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 3600
    assert settings.SESSION_COOKIE_AGE == 14 * 24 * 3600
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"] == "10/m/ip,5/5m/key"
    assert any(v.get("OPTIONS") == {"min_length": 10} for v in settings.AUTH_PASSWORD_VALIDATORS)
