"""What a refresh went by (rules, links, memberships), kept beside the ledger, so that the next one sees what changed.

A rule that is gone must be matched once more: what it had won, or taken part in, does not always show
in the attribution (two claims of one stream share one reason; who comes second may have no share). A
link that is gone shows there even less: another may have taken its place.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from mainstem.ledger.attribute import Plain, Rule
from mainstem.ledger.membership import Stretch
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Condition


@dataclass(frozen=True, slots=True)
class Said:
    """What plan and people say, in a form in which two of them can be compared.

    Attributes:
        rules: What makes a rule the same -> its condition as JSON.
        links: Key in lower case -> [target, parts, reason] of its links, sorted.
        words: Word in an item's own shares -> target.
        members: [person, team, first, last, parts] of each membership, days as ISO texts.
    """

    rules: Mapping[str, str]
    links: Mapping[str, Sequence[Sequence[int]]]
    words: Mapping[str, int]
    members: Sequence[Sequence[Any]]

    @property
    def stretches(self) -> list[Stretch]:
        """The memberships."""
        day = date.fromisoformat
        return [Stretch(p, t, day(a), day(b), parts) for p, t, a, b, parts in self.members]


def digest(*parts: object) -> str:
    """A short stable digest of values by their ``repr``."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def said_by(plain: Plain, stretches: Iterable[Stretch]) -> Said:
    """What plan and people say."""
    links: dict[str, list[list[int]]] = {}
    for key, *rest in plain.links:
        links.setdefault(key, []).append(rest)
    members = [[s.person, s.team, str(s.first), str(s.last), s.parts] for s in stretches]
    by_key = {k: sorted(v) for k, v in links.items()}
    return Said(_rules(plain), by_key, plain.target_of_share, sorted(members))


def _rules(plain: Plain) -> dict[str, str]:
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


def name_of(said: Said) -> str:
    """The name under which it is kept."""
    return digest(
        sorted(said.rules), sorted(said.links.items()), sorted(said.words.items()), said.members
    )


def keep(ledger: Ledger, said: Said) -> str:
    """Keeps what was said; what is kept already is left as it is.

    Returns:
        Its name.
    """
    name = name_of(said)
    folder = ledger.root / "rules"
    target = folder / f"{name}.json.gz"
    if not target.exists():
        folder.mkdir(exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(
            gzip.compress(
                json.dumps({f.name: getattr(said, f.name) for f in fields(said)}).encode(),
                3,
                mtime=0,
            )
        )
        fresh.replace(target)
    return name


def forget_others(ledger: Ledger, name: str) -> None:
    """Removes what was kept under other names: only the last refresh is ever compared with."""
    for file in (ledger.root / "rules").glob("*.json.gz"):
        if file.name != f"{name}.json.gz":
            file.unlink(missing_ok=True)


def kept(ledger: Ledger, name: object) -> Said | None:
    """What was said, by its name; ``None`` if it is not there."""
    target = ledger.root / "rules" / f"{name}.json.gz"
    if not isinstance(name, str) or not target.exists():
        return None
    found = json.loads(gzip.decompress(target.read_bytes()))
    return Said(**found) if found.keys() == {f.name for f in fields(Said)} else None


def changed_rules(old: Said, new: Said) -> list[Rule]:
    """Rules that are only in one of the two, each condition once, to see which items they touch."""
    then, now = old.rules, new.rules
    asked = {then[d] for d in then.keys() - now.keys()} | {now[d] for d in now.keys() - then.keys()}
    return as_rules(sorted(asked))


def changed_keys(old: Said, new: Said) -> list[str]:
    """Keys of items, in lower case, of which the links do not say the same in both."""
    return _differing(old.links, new.links)


def changed_words(old: Said, new: Said) -> list[str]:
    """Words in items' own shares that do not mean the same in both."""
    return _differing(old.words, new.words)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))


def as_rules(asked: Iterable[str]) -> list[Rule]:
    """Conditions as rules that are only good for finding what they match."""
    return [
        Rule(n, 0, 0, 0, 0, False, Condition.model_validate_json(text))
        for n, text in enumerate(asked, 1)
    ]
