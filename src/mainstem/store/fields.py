"""A field for plain values that comes back exactly as it was put in, on every database."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class KeptJSON(models.JSONField):
    """JSON kept as its text, so that the order of keys stays: people chose it.

    PostgreSQL's ``jsonb`` would sort keys and write numbers its own way; its ``json`` does not. Values
    cannot be searched by their parts, which nothing asks for.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """``json`` instead of ``jsonb`` on PostgreSQL."""
        return "json" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """The text, so that no driver makes ``jsonb`` of it on the way."""
        if connection.vendor != "postgresql" or value is None:
            return super().get_db_prep_value(value, connection, prepared)
        from psycopg.types.json import Json

        return Json(value, dumps=lambda v: json.dumps(v, cls=self.encoder))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """PostgreSQL's driver has read ``json`` already; elsewhere it is text."""
        if connection.vendor == "postgresql":
            return value
        return super().from_db_value(value, expression, connection)
