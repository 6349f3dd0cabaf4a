"""Which rules a refresh went by, kept beside the ledger, so that the next one sees what changed.

A rule that is gone must be matched once more: what it had won, or taken part in, does not always show
in the attribution (two claims of one stream share one reason; who comes second may have no share).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping

from mainstem.ledger.attribute import Plain, Rule
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Condition

#: What makes a rule the same -> its condition as JSON.
Rules = Mapping[str, str]


def digest(*parts: object) -> str:
    """A short stable digest of values by their ``repr``."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def rules_of(plain: Plain) -> dict[str, str]:
    """Every claim alternative and rest rule: what it asks, for whom, its rank and its place."""
    out: dict[str, str] = {}
    for kind, rules in (("claim", plain.claims), ("rest", plain.rest)):
        nth: Counter[int] = Counter()
        for r in rules:
            nth[r.target] += 1  # of two claims of one stream the first gives the reason
            asked = r.condition.model_dump_json(
                include=set(Condition.model_fields), by_alias=True, exclude_defaults=True
            )
            same = (kind, asked, r.target, r.rank, r.order, r.by_path, r.reason, nth[r.target])
            out[digest(*same)] = asked
    return out


def name_of(rules: Rules) -> str:
    """The name under which a set of rules is kept."""
    return digest(sorted(rules))


def keep(ledger: Ledger, rules: Rules) -> str:
    """Keeps a set of rules; one that is kept already is left as it is.

    Returns:
        Its name.
    """
    name = name_of(rules)
    folder = ledger.root / "rules"
    target = folder / f"{name}.json.gz"
    if not target.exists():
        folder.mkdir(exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(gzip.compress(json.dumps(rules).encode(), mtime=0))
        fresh.replace(target)
    return name


def kept(ledger: Ledger, name: object) -> dict[str, str] | None:
    """A set of rules by its name; ``None`` if it is not there."""
    target = ledger.root / "rules" / f"{name}.json.gz"
    if not isinstance(name, str) or not target.exists():
        return None
    return dict(json.loads(gzip.decompress(target.read_bytes())))


def changed(old: Rules, new: Rules) -> list[Rule]:
    """Rules that are only in one of the two, each condition once, to see which items they touch."""
    asked = {old[d] for d in old.keys() - new.keys()} | {new[d] for d in new.keys() - old.keys()}
    return as_rules(sorted(asked))


def as_rules(asked: Iterable[str]) -> list[Rule]:
    """Conditions as rules that are only good for finding what they match."""
    return [
        Rule(n, 0, 0, 0, 0, False, Condition.model_validate_json(text))
        for n, text in enumerate(asked, 1)
    ]
