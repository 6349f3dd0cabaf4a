"""Sets Django up for tests, once for each process, with a data folder of its own. Import it first."""

from __future__ import annotations

import os
import tempfile

import django
from django.db import connections

# before Django reads its settings
os.environ["MAINSTEM_DATA"] = tempfile.mkdtemp(prefix="mainstem-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "mainstem.web.settings"
django.setup()
# a file, as on a server: threads that share a database in memory do not wait for each other's locks
if connections["default"].vendor == "sqlite":
    place = f"{os.environ['MAINSTEM_DATA']}/test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = place
