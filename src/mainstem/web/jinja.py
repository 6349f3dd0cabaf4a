"""The environment in which templates are printed: everything is escaped, nothing is guessed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from mainstem.figures.wording import day
from mainstem.web.once import once
from mainstem.web.printing import sheet_rows, table_rows


@cache
def asset(path: str) -> str:
    """Address of a static file, with its content in it, so that it may be kept for good.

    Raises:
        FileNotFoundError: there is no such file.
    """
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    digest = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]
    return f"{settings.STATIC_URL}{path}?v={digest}"


def url(name: str, /, *args: Any, **kwargs: Any) -> str:
    """Address of a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def new_act() -> str:
    """A word for an act of a room that a form sends: sent twice, it happens once."""
    return secrets.token_hex(8)


def environment(**options: Any) -> jinja2.Environment:
    """Made by Django once."""
    options["undefined"] = jinja2.StrictUndefined
    made = jinja2.Environment(**{**options, "autoescape": True, "trim_blocks": True,
                                 "lstrip_blocks": True})  # fmt: skip
    # `static` is what the parts call it
    made.globals.update(
        day=_day_of, url=url, once=once, new_act=new_act, asset=asset, static=asset,
        sheet_rows=sheet_rows, table_rows=table_rows,
    )  # fmt: skip
    return made


def _day_of(moment: datetime) -> str:
    """A day in words, for moments that libraries hand to their pages."""
    return day(moment.date())
