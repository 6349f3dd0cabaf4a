"""Teams out of a CODEOWNERS file, with how much of the recent work each owns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from mainstem.ids import slug
from mainstem.work.codeowners import CodeOwners, parse_codeowners

#: Where platforms look for the file, in the order in which it is taken.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MOST_TEAMS = 40
_MOST_BYTES = 3_000_000
#: Rules times files that are tried; beyond it the files with least work are left out.
_MOST_TRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class OwningTeam:
    """A team that owns paths. ``owner`` is as CODEOWNERS writes it; ``share`` of all recent work."""

    id: str
    owner: str
    share: float


@dataclass(frozen=True, slots=True)
class Owners:
    """A CODEOWNERS file read for a starter plan.

    Attributes:
        file: Where it was found, from the repository's folder.
        teams: Teams, most work first.
        rules: The file's rules.
        people: How many single people it names; their names go nowhere.
    """

    file: PurePath
    teams: tuple[OwningTeam, ...]
    rules: CodeOwners
    people: int

    def teams_of(self, work: Mapping[str, float]) -> list[tuple[OwningTeam, float]]:
        """Teams that own the given work, with their share of it, biggest first."""
        by_owner = _by_owner(self.rules, work)
        whole = sum(work.values()) or 1
        found = [(t, by_owner[t.owner] / whole) for t in self.teams if by_owner[t.owner]]
        return sorted(found, key=lambda pair: -pair[1])


def read_owners(root: Path, work: Mapping[str, float]) -> Owners | None:
    """The repository's CODEOWNERS with its teams; ``None`` if there is none."""
    file = next((place for place in PLACES if (root / place).is_file()), None)
    if file is None:
        return None
    try:
        with (root / file).open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    rules = parse_codeowners(text, file=PurePath(file))
    named = list(dict.fromkeys(owner for rule in rules.rules for owner in rule.owners))
    groups = [owner for owner in named if is_group(owner)]
    owned = _by_owner(rules, work)
    whole = sum(work.values()) or 1
    groups.sort(key=lambda owner: -owned[owner])
    ids = _ids(groups)
    teams = tuple(OwningTeam(ids[o], o, owned[o] / whole) for o in groups)
    return Owners(PurePath(file), teams, rules, len(named) - len(groups))


def is_group(owner: str) -> bool:
    """Whether an owner is a team (``@organisation/team``) rather than a person or an address."""
    return owner.startswith("@") and not owner.startswith("@@") and "/" in owner


def _ids(owners: list[str]) -> dict[str, str]:
    """Identifiers from the last word, or from all of them where that is not unique."""
    last = Counter(slug(owner.rpartition("/")[2]) for owner in owners)
    out: dict[str, str] = {}
    for owner in owners:
        short = slug(owner.rpartition("/")[2])
        wanted = short if last[short] == 1 else slug(owner)
        number = 2
        while wanted in out.values():
            wanted, number = f"{slug(owner)}-{number}", number + 1
        out[owner] = wanted
    return out


def _by_owner(rules: CodeOwners, work: Mapping[str, float]) -> defaultdict[str, float]:
    most = max(200, _MOST_TRIES // max(1, len(rules.rules)))
    heaviest = sorted(work.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    out: defaultdict[str, float] = defaultdict(float)
    for path, amount in heaviest:
        for owner in rules.owners_of(path if path[-1] != "/" else f"{path}x"):
            out[owner] += amount
    return out
