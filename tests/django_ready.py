"""Sets Django up for tests, once for each process, with a data folder of its own. Import it first."""

from __future__ import annotations

import os
import tempfile

import django

# before Django reads its settings
os.environ["MAINSTEM_DATA"] = tempfile.mkdtemp(prefix="mainstem-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "mainstem.web.settings"
django.setup()
