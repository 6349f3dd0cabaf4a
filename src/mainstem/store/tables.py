"""All tables of a database as plain rows: to be copied, kept in a file, and compared by digests.

A row is a JSON list of a table's columns in the order of its header. The same rows mean the same on
SQLite and PostgreSQL, so a copy made from one can be put into the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connections, models

from mainstem.store.fields import KeptJSON

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Header:
    """A table: its name and its columns."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and a digest over all of them in the order of their keys."""

    rows: int
    digest: str


def kept_models(registry: Apps | Any = apps) -> list[type[models.Model]]:
    """Every table that Mainstem and the libraries in it keep, in the order of their names."""
    found = registry.get_models(include_auto_created=True)
    return sorted((m for m in found if m._meta.managed), key=lambda m: m._meta.db_table)


def header(model: type[models.Model]) -> Header:
    """A table's name and columns."""
    return Header(model._meta.db_table, tuple(str(f.attname) for f in model._meta.concrete_fields))


def rows(model: type[models.Model], database: str) -> Iterator[str]:
    """A table's rows as text, in the order of their keys; memory does not grow with them."""
    fields = model._meta.concrete_fields
    found = model._base_manager.using(database).order_by("pk")
    values = found.values_list(*header(model).columns).iterator(chunk_size=2000)
    lines = (
        json.dumps([_plain(f, v) for f, v in zip(fields, row, strict=True)], ensure_ascii=False)
        for row in values
    )
    # databases put words in different orders
    yield from lines if isinstance(model._meta.pk, models.IntegerField) else sorted(lines)


def sum_of(lines: Iterable[str]) -> Sum:
    """Counts rows and makes their digest."""
    digest, count = hashlib.sha256(), 0
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
        count += 1
    return Sum(count, digest.hexdigest())


def put(
    model: type[models.Model], columns: Sequence[str], lines: Iterable[str], database: str
) -> None:
    """Puts rows into a table, with the keys that they had."""
    fields = [_field(model, name) for name in columns]
    lines = iter(lines)
    with _as_given(fields):
        while block := list(islice(lines, AT_ONCE)):
            made = []
            for line in block:
                values = zip(fields, json.loads(line), strict=True)
                made.append(model(**{str(f.attname): _typed(f, v) for f, v in values}))
            model._base_manager.using(database).bulk_create(made)


@contextmanager
def _as_given(fields: Iterable[Any]) -> Iterator[None]:
    """Keeps Django from writing the present moment into columns that say when a row was made."""
    stamped = [
        f for f in fields if getattr(f, "auto_now_add", False) or getattr(f, "auto_now", False)
    ]
    before = [(f.auto_now, f.auto_now_add) for f in stamped]
    for f in stamped:
        f.auto_now = f.auto_now_add = False
    try:
        yield
    finally:
        for f, (now, now_add) in zip(stamped, before, strict=True):
            f.auto_now, f.auto_now_add = now, now_add


def clear(some: Iterable[type[models.Model]], database: str) -> None:
    """Empties tables that migrations have filled."""
    for model in some:
        model._base_manager.using(database).all().delete()


def number_on(some: Sequence[type[models.Model]], database: str) -> None:
    """Sets each table's next key above those that it holds."""
    connection = connections[database]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(some)):
            cursor.execute(statement)


def filled(some: Iterable[type[models.Model]], database: str) -> list[str]:
    """Names of the tables that hold rows, other than those that every new database has."""
    return [
        m._meta.db_table
        for m in some
        if m._meta.app_label not in ("contenttypes", "auth")
        and m._base_manager.using(database).exists()
    ]


def _field(model: type[models.Model], name: str) -> Any:
    return next(f for f in model._meta.concrete_fields if f.attname == name)


def _plain(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return value if isinstance(field, KeptJSON) else _canonical(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return value


def _canonical(value: Any) -> Any:
    """JSON in the one form that survives a database which sorts keys and writes 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_canonical(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _typed(field: Any, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    target = field.target_field if field.is_relation else field
    return target.to_python(value)
