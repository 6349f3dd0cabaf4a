"""Django's settings, all made from ``mainstem.config``: there is no second place to set anything."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from mainstem.config import settings as read_settings
from mainstem.database import database
from mainstem.web.logging import log_config

_GIVEN = read_settings()
_HERE = Path(__file__).parent
DATA = _GIVEN.data.resolve()
DATA.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """The secret as set, else one that is made once and kept where only this user reads it."""
    if given := _GIVEN.text("MAINSTEM_SECRET"):
        return given
    place = DATA / "secret"
    if not place.exists():
        fresh = place.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        # the first of several processes that start at once decides
        with contextlib.suppress(FileExistsError):
            place.hardlink_to(fresh)
        fresh.unlink()
    return place.read_text().strip()


PUBLIC_URL = _GIVEN.text("MAINSTEM_URL").rstrip("/")
_PUBLIC = urlsplit(PUBLIC_URL)
_IS_HTTPS = _PUBLIC.scheme == "https"

SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = [
    "localhost", "127.0.0.1", "[::1]", "testserver",
    *((_PUBLIC.hostname,) if _PUBLIC.hostname else ()),
    *_GIVEN.words("MAINSTEM_HOSTS"),
]  # fmt: skip
CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "mainstem.store",
    "mainstem.web",
]

MIDDLEWARE = [
    "mainstem.web.middleware.request_id.RequestId",
    "mainstem.web.middleware.measuring.Measuring",
    "mainstem.web.middleware.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "mainstem.web.middleware.policy.ContentPolicy",
    "mainstem.web.middleware.files.Files",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "mainstem.web.middleware.acting.Acting",
    "mainstem.web.recent.Recent",
    "mainstem.web.middleware.entering.Entering",
    "mainstem.web.middleware.errors.Errors",
    # innermost, so that what allauth raises to itself reaches it before it becomes a page
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "mainstem.web.urls"
WSGI_APPLICATION = "mainstem.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "mainstem.web.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "mainstem.web.contexts.frame.frame",
            ],
        },
    },
    # only for what libraries render themselves
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# fields of forms too are printed by Jinja: a list of a hundred streams takes a tenth of the time
FORM_RENDERER = "django.forms.renderers.Jinja2"

DATABASES = {"default": database(_GIVEN.text("DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "mainstem.store.session_store"
SESSION_COOKIE_NAME = "mainstem_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_NAME = "mainstem_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _IS_HTTPS
CSRF_FAILURE_VIEW = "mainstem.web.views.failures.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _IS_HTTPS
SECURE_HSTS_PRELOAD = _IS_HTTPS
X_FRAME_OPTIONS = "DENY"
PROXIES = _GIVEN.number("MAINSTEM_PROXIES")
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

METRICS = _GIVEN.is_on("MAINSTEM_METRICS")
LOGGING_CONFIG = "mainstem.web.logging.apply"
LOGGING = log_config(_GIVEN.text("MAINSTEM_LOG"))

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_HANDLERS = ["mainstem.web.uploads.BoundedUpload"]

LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static", _HERE.parent / "figures/static"]
STATIC_ROOT = None
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

from mainstem.web.mailing import mail_settings
from mainstem.web.sign_in import *  # noqa: F403

globals().update(mail_settings(_GIVEN, DATA))
