"""Whatever goes wrong on the way, the ledger ends as the vendor is: nothing lost, nothing twice.

A few schedules here; ``python -m tests.sources.soaking 1000`` runs a thousand.
"""

from __future__ import annotations

import pytest

from tests.sources.soaking import soak
from tests.standin.server import seeds


@pytest.mark.parametrize("seed", seeds(12))
def test_after_all_faults_the_ledger_equals_the_vendors_truth(seed: int) -> None:
    soak(seed)
