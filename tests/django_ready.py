"""Sets Django up for tests, once for each process, with a data folder of its own. Import it first."""

from __future__ import annotations

import os
import tempfile

import django
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# before Django reads its settings
os.environ["MAINSTEM_DATA"] = tempfile.mkdtemp(prefix="mainstem-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "mainstem.web.settings"
django.setup()
# a file, as on a server: threads that share a database in memory do not wait for each other's locks
if connections["default"].vendor == "sqlite":
    place = f"{os.environ['MAINSTEM_DATA']}/test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = place


def _keep_tests_transaction_open() -> None:
    """A connection that is closed in mid-transaction takes the test's own transaction with it.

    Faces close what they opened when a request ends; in a test the request runs inside of the transaction
    that is rolled back at the end, on the same connection.
    """
    plain = BaseDatabaseWrapper.close

    def close(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            plain(self)

    BaseDatabaseWrapper.close = close


_keep_tests_transaction_open()
