"""Which folders of a repository see most work, as candidates for streams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PARTS = 3
#: A part with less than this share of what could be parts is not worth a stream of its own yet.
LEAST_SHARE = 0.05
#: A part with more than this share of it is looked into, as it says too little.
DOMINANT = 0.35
#: Folders that only hold others.
_HOLDERS = frozenset(
    ["app", "apps", "cmd", "components", "crates", "internal", "lib", "libs", "main", "modules",
     "packages", "pkg", "plugins", "projects", "services", "source", "sources", "src"]
)  # fmt: skip
_TESTS = frozenset(["e2e", "spec", "specs", "test", "testdata", "testing", "tests"])
#: Folders that serve the parts rather than a customer.
_SIDE = _TESTS | frozenset(
    ["bench", "benchmarks", "ci", "doc", "docs", "documentation", "example", "examples", "fixtures",
     "hack", "scripts"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A folder with its share of all work, and folders of tests that mirror it."""

    folder: str
    share: float
    tests: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tree:
    total: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    folders: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, path: str, amount: float) -> None:
        """Adds work to all folders above a file; a folder itself ends with ``/``."""
        steps = path.split("/")[:-1]
        self.total[""] += amount
        for depth in range(1, len(steps) + 1):
            here, above = "/".join(steps[:depth]), "/".join(steps[: depth - 1])
            self.total[here] += amount
            self.folders[above].add(here)

    def inside(self, folder: str) -> list[str]:
        """The folders in one, most work first."""
        return sorted(self.folders[folder], key=lambda f: (-self.total[f], f))


def find_parts(work: Mapping[str, float], *, below: str = "", most: int = MOST_PARTS) -> list[Part]:
    """The folders that see most work, biggest first.

    A folder that dominates, that only holds others, or that has nearly everything in one folder is
    looked into. Tests, documentation and hidden folders are taken only if there is nothing else.

    Args:
        work: File → work, in any one unit.
        below: Folder from which to look, without a ``/`` at the end.
        most: Most parts to give.
    """
    code = {path: amount for path, amount in work.items() if not _is_beside(path, below)}
    tree = _tree(work)
    found = _named(_chosen(_tree(code), below) or _chosen(tree, below))
    whole = tree.total[""]
    mirrors = _mirrors(tree, found)
    parts = [Part(f, tree.total[f] / whole, tuple(sorted(mirrors[f]))) for f in found]
    return sorted(parts, key=lambda part: (-part.share, part.folder))[:most]


def find_beside(
    work: Mapping[str, float], *, below: str = "", least: float = LEAST_SHARE
) -> list[Part]:
    """Folders right below that serve the parts (tests, documentation, hidden ones), biggest first."""
    tree = _tree(work)
    whole = tree.total[""]
    beside = [f for f in tree.inside(below) if _is_side(f)]
    return [Part(f, tree.total[f] / whole) for f in beside if tree.total[f] >= least * whole]


def _tree(work: Mapping[str, float]) -> _Tree:
    tree = _Tree()
    for path, amount in work.items():
        tree.add(path, amount)
    return tree


def _is_beside(path: str, below: str) -> bool:
    inside = path[len(below) :].strip("/").split("/")[:-1]
    return any(_is_side(name) for name in inside)


def _chosen(tree: _Tree, below: str) -> list[str]:
    waiting, out = tree.inside(below), []
    whole = sum(tree.total[folder] for folder in waiting)
    while waiting:
        folder = waiting.pop(0)
        if tree.total[folder] < LEAST_SHARE * whole:
            continue
        if _is_to_be_opened(tree, folder, whole):
            waiting += tree.inside(folder)
        else:
            out.append(folder)
    return out


def _is_side(folder: str) -> bool:
    name = folder.rpartition("/")[2].lower()
    return name.startswith((".", "_")) or name in _SIDE


def _is_to_be_opened(tree: _Tree, folder: str, whole: float) -> bool:
    inside = tree.inside(folder)
    if not inside:
        return False
    here = tree.total[folder]
    if tree.total[inside[0]] >= 0.9 * here:
        return True
    big = [f for f in inside if tree.total[f] >= LEAST_SHARE * whole]
    if _is_holder(folder):
        return len(big) >= 2
    named = [f for f in big if not _is_holder(f)]
    is_covered = sum(tree.total[f] for f in named) >= 0.6 * here
    return here > DOMINANT * whole and len(named) >= 2 and is_covered


def _is_holder(folder: str) -> bool:
    return folder.rpartition("/")[2].lower() in _HOLDERS


def _named(found: list[str]) -> list[str]:
    """``crates/linter`` instead of ``crates/linter/src``, where that takes no other part along."""
    out = []
    for folder in found:
        above = folder.rpartition("/")[0]
        alone = sum(1 for other in found if f"{other}/".startswith(f"{above}/")) == 1
        out.append(above if above and alone and _is_holder(folder) else folder)
    return out


def _mirrors(tree: _Tree, parts: list[str]) -> dict[str, list[str]]:
    """Folders of tests that stand where a part stands (``tests/plan``), each for one part at most."""
    fits = sorted(
        (len(f"/{part}".removesuffix(f"/{_mirrored(other)}")), other, part)
        for other in tree.total
        if _mirrored(other)
        for part in parts
        if f"/{part}".endswith(f"/{_mirrored(other)}")
    )
    out: dict[str, list[str]] = {part: [] for part in parts}
    taken = list(parts)
    for _, other, part in fits:
        if not any(_overlap(other, one) for one in taken):
            out[part].append(other)
            taken.append(other)
    return out


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _mirrored(folder: str) -> str:
    """What a folder of tests is called below its first folder of that kind; empty for all others."""
    steps = folder.split("/")
    first = next((place for place, step in enumerate(steps) if step.lower() in _TESTS), len(steps))
    return "/".join(steps[first + 1 :])
