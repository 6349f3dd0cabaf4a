"""What the settings of a public server come to: Django's own list of worries is empty."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mainstem.config import settings as read_settings
from mainstem.errors import UsageError
from mainstem.web.mailing import mail_settings
from mainstem.web.sign_in import caches


def run(code_or_args, tmp_path, **env):
    # what the tests set for themselves (DJANGO_) is no part of what a server is given
    ours = ("MAINSTEM_", "DATABASE_URL", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    given = {
        **clean,
        "MAINSTEM_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "mainstem.web.settings",
        **env,
    }
    return subprocess.run(
        [sys.executable, *code_or_args], env=given, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "more", [{}, {"MAINSTEM_PROXIES": "1"}, {"DATABASE_URL": "postgresql://u:p@localhost/x"}]
)
def test_a_public_server_has_nothing_that_django_warns_of(more, tmp_path):
    done = run(
        ["-m", "django", "check", "--deploy", "--fail-level", "INFO"], tmp_path,
        MAINSTEM_URL="https://mainstem.example.org", **more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_cookies_of_a_public_server_are_for_tls_only_and_those_of_this_machine_are_not(tmp_path):
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL",
    )
    ask = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    public = run(["-c", ask], tmp_path, MAINSTEM_URL="https://mainstem.example.org")
    assert json.loads(public.stdout) == [True, True, True, "https"]
    assert json.loads(run(["-c", ask], tmp_path).stdout) == [False, False, False, "http"]


def mailing(tmp_path, **given):
    return mail_settings(read_settings(given), tmp_path)


def test_mail_goes_by_smtp_with_tls_and_the_password_unpacked(tmp_path):
    made = mailing(
        tmp_path,
        MAINSTEM_MAIL="smtp://me%40x.org:p%2Fw@mail.example.org",
        MAINSTEM_URL="https://m.example.org",
    )
    assert (made["EMAIL_HOST"], made["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert (made["EMAIL_HOST_USER"], made["EMAIL_HOST_PASSWORD"]) == ("me@x.org", "p/w")
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"]) == (True, False)
    assert made["DEFAULT_FROM_EMAIL"] == "Mainstem <mainstem@m.example.org>"
    assert made["EMAIL_TIMEOUT"] > 0


def test_mail_by_smtps_begins_with_tls_and_mail_to_this_machine_goes_plainly(tmp_path):
    tls = mailing(tmp_path, MAINSTEM_MAIL="smtps://mail.example.org")
    assert (tls["EMAIL_PORT"], tls["EMAIL_USE_SSL"], tls["EMAIL_USE_TLS"]) == (465, True, False)
    here = mailing(tmp_path, MAINSTEM_MAIL="smtp://localhost:2525")
    assert (here["EMAIL_PORT"], here["EMAIL_USE_TLS"]) == (2525, False)


def test_mail_is_kept_in_a_folder_where_none_is_sent(tmp_path):
    assert mailing(tmp_path)["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert (
        mailing(tmp_path, MAINSTEM_MAIL="file:///var/spool/our%20mail")["EMAIL_FILE_PATH"]
        == "/var/spool/our mail"
    )


def test_a_sender_that_is_no_address_is_refused_at_the_start(tmp_path):
    with pytest.raises(UsageError):
        mailing(tmp_path, MAINSTEM_MAIL_FROM="Mainstem")


def test_attempts_are_counted_together_where_many_processes_may_serve():
    def backend(**given):
        return caches(read_settings(given))["default"]["BACKEND"].rpartition(".")[2]

    assert backend() == "LocMemCache"
    assert backend(DATABASE_URL="sqlite:///x.sqlite3") == "LocMemCache"
    assert backend(DATABASE_URL="postgresql://u:p@localhost/x") == "DatabaseCache"


def test_a_real_mail_server_gets_what_is_sent(tmp_path, settings):
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    from mainstem.services.telling.posting import post

    got = []

    class Keep(Message):
        def handle_message(self, message):
            got.append((message["To"], message["Subject"], message.get_payload()))

    server = Controller(Keep(), hostname="127.0.0.1", port=0)
    # port 0 is any that is free; the one it got is known once it runs
    server.port = _free_port()
    server.start()
    try:
        for name, value in mailing(
            tmp_path, MAINSTEM_MAIL=f"smtp://127.0.0.1:{server.port}"
        ).items():
            setattr(settings, name, value)
        assert post("vera@example.org", "Two\nlines", "Hello Vera")
    finally:
        server.stop()
    ((to, subject, text),) = got
    assert (to, subject, text.strip()) == ("vera@example.org", "Two lines", "Hello Vera")
    assert not post("vera@example.org", "Later", "Nobody listens")


def _free_port() -> int:
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
