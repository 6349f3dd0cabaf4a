"""Commits to work: one item each, and one ``item`` of effort on its author's day. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any, Literal

from mainstem.sources.git.commit import Commit
from mainstem.sources.git.people import Person, is_bot, people_of
from mainstem.work.codeowners import CodeOwners
from mainstem.work.records import MICRO, UNIT_CODES

#: Days on which nobody commits: clocks that were never set, and those that ran over.
FIRST_YEAR, LAST_YEAR = 1980, 2099
_FIRST = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_END = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
_EPOCH = date(1970, 1, 1).toordinal()
#: Paths kept of one commit; more say no more about what it was for.
MOST_PATHS = 5_000
#: Paths of one commit that are asked for their owner.
_VOTING_PATHS = 50
_MOST_REFS, _MOST_TITLE, _MOST_VALUE = 20, 1_000, 200
_PREFIX = re.compile(
    r"^(?P<word>[A-Za-z][\w./-]{0,39})(?:\((?P<scope>[^()]{1,80})\))?(?P<broken>!)?:\s"
)
_TYPES: Mapping[str, str] = {
    **{t: t for t in ["feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert", "release", "deps", "security"]},
    "feature": "feat", "bugfix": "fix", "hotfix": "fix", "doc": "docs", "tests": "test", "dep": "deps",
    "performance": "perf", "refactoring": "refactor",
}  # fmt: skip
# searched from the number backwards: a mark that seldom occurs makes it quick
_NUMBER = re.compile(r"[-#][1-9]\d{0,6}(?![\w-])")
_TRACKER = re.compile(r"(?:^|[^\w/.-])([A-Z][A-Z0-9_]{1,9})$")
_NO_ISSUE = frozenset(
    [
        "UTF",
        "SHA",
        "ISO",
        "RFC",
        "CVE",
        "CWE",
        "MD",
        "AES",
        "RSA",
        "TLS",
        "SSL",
        "HTTP",
        "IPV",
        "PEP",
        "EIP",
        "BIP",
        "GPT",
        "COVID",
        "ARM",
        "X86",
        "PR",
        "MR",
        "GH",
    ]
)
_TRAILER = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,39}): ?(\S.*)$")
#: Trailers that name people, or are different in every commit.
_NO_FIELD = re.compile(r"(?:-by|-to)$|^(?:cc|author|reviewers?|change-id|git-svn-id|https?)$")


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns commits into rows of staged files.

    Attributes:
        project: Name of the repository.
        zone: The organisation's; days are cut in it.
        address: Web address of a commit without its name, or empty.
        bots: Further names or addresses of programs, in lower case.
        merges: ``item``: merges are items without effort; ``count``: with effort.
        links: A key of a tracker in the message becomes the item's parent.
        owners: The repository's CODEOWNERS; a commit's team is the owner of most of its paths.
        canonical: Person as written -> as ``.mailmap`` wants them.
    """

    project: str
    zone: tzinfo
    address: str = ""
    bots: frozenset[str] = frozenset()
    merges: Literal["item", "count"] = "item"
    links: bool = True
    owners: CodeOwners | None = None
    canonical: dict[Person, Person] = field(default_factory=dict)
    _owned: dict[str, str | None] = field(default_factory=dict)

    def refusal(self, commit: Commit) -> str | None:
        """Why a commit cannot be used, in words that are the same for all of their kind, or ``None``."""
        if commit.authored is None:
            return "no date that can be read"
        if not _is_possible(commit.authored):
            return f"impossible date (before {FIRST_YEAR} or after {LAST_YEAR})"
        return None

    def rows(self, commit: Commit) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The item and the records of a commit that was not refused.

        Its one item of effort is split equally, to the last millionth, over the author and the
        co-authors, programs only where there is nobody else. A merge is an item without effort, since
        its work is in the commits that it joins.
        """
        written = people_of(commit.author, commit.mail, commit.body)
        people = [self.canonical.get(p, p) for p in written] if len(written) > 1 else written
        bots = [is_bot(p, self.bots) for p in people]
        item = self._item(commit, all(bots))
        if commit.parents > 1 and self.merges == "item":
            return item, []
        return item, self._records(commit, people, bots)

    def _records(
        self, commit: Commit, people: Sequence[Person], bots: Sequence[bool]
    ) -> list[dict[str, Any]]:
        """A row for each place in the list of people, so that a new ``.mailmap`` corrects old rows."""
        assert commit.authored is not None
        day = _day_in(self.zone, commit.authored)
        return [
            {
                "row_key": f"{commit.sha}#{place}", "item_key": commit.sha, "day": day,
                "person": people[place].word or None, "unit": UNIT_CODES["item"], "amount": amount,
                "bot": bots[place],
            }
            for place, amount in enumerate(split_over(people, bots))
        ]  # fmt: skip

    def _team(self, paths: Sequence[str]) -> str | None:
        """The first owner of most paths; the one met first on a tie. Paths nobody owns do not count."""
        assert self.owners is not None
        votes: dict[str, int] = {}
        for path in paths[:_VOTING_PATHS]:
            if path not in self._owned:
                self._owned[path] = next(iter(self.owners.owners_of(path)), None)
            owner = self._owned[path]
            if owner is not None:
                votes[owner] = votes.get(owner, 0) + 1
        return max(votes, key=votes.__getitem__, default=None)

    def _item(self, commit: Commit, bot: bool) -> dict[str, Any]:
        assert commit.authored is not None
        kind, labels = kind_and_labels(commit)
        fields = fields_of(commit)
        issue = next((r for r in fields.get("refs", "").split(", ") if _is_issue(r)), None)
        late = commit.committed
        done = late if late is not None and _is_possible(late) else commit.authored
        created = _stamp(commit.authored)
        item: dict[str, Any] = {
            "key": commit.sha, "type": kind, "title": commit.subject[:_MOST_TITLE], "state": "done",
            "project": self.project, "labels": labels, "components": [],
            "paths": commit.paths[:MOST_PATHS], "fields": fields, "shares": {}, "bot": bot,
            "created": created, "done": created if done == commit.authored else _stamp(done),
        }  # fmt: skip
        if self.owners is not None:
            item["team"] = self._team(commit.paths)
        if self.links and issue:
            item["parent"] = issue
        if self.address:
            item["url"] = self.address + commit.sha
        return item


def split_over(people: Sequence[Person], bots: Sequence[bool]) -> list[int]:
    """Millionths of one item for each place in a list of people; they sum to a million.

    Somebody named twice counts at the first place. Programs get nothing where there is a person.
    """
    if len(people) == 1:
        return [MICRO]
    counted: dict[str, int] = {}
    for place, (person, bot) in enumerate(zip(people, bots, strict=True)):
        if not bot or all(bots):
            counted.setdefault(person.word.lower(), place)
    amounts, n = [0] * len(people), len(counted)
    for nth, place in enumerate(counted.values()):
        amounts[place] = MICRO * (nth + 1) // n - MICRO * nth // n
    return amounts


def kind_and_labels(commit: Commit) -> tuple[str, list[str]]:
    """Type and labels from the subject: ``feat(player)!: …`` is ``feat`` with ``player`` and ``breaking``.

    A prefix that is no known type (``commands: …``) is taken for the area and becomes a label.
    """
    found = _PREFIX.match(commit.subject)
    labels: list[str] = []
    kind = "revert" if commit.subject.startswith('Revert "') else "commit"
    if found:
        known = _TYPES.get(found["word"].lower())
        kind = known or kind
        labels = [] if known else [found["word"]]
        labels += [s.strip() for s in (found["scope"] or "").split(",") if s.strip()]
        labels += ["breaking"] if found["broken"] else []
    return "merge" if commit.parents > 1 else kind, list(dict.fromkeys(labels))


def fields_of(commit: Commit) -> dict[str, str]:
    """Issue keys in the message as ``refs``, and trailers of the last paragraph that name no people."""
    refs = refs_in(f"{commit.subject}\n{commit.body}")
    fields = {"refs": ", ".join(refs)} if refs else {}
    for line in (
        commit.body.rstrip().rpartition("\n\n")[2].split("\n") if ": " in commit.body else ()
    ):
        trailer = _TRAILER.match(line)
        if trailer and "@" not in trailer[2] and not _NO_FIELD.search(trailer[1].lower()):
            fields.setdefault(trailer[1].lower(), trailer[2].strip()[:_MOST_VALUE])
    return fields


def refs_in(text: str) -> list[str]:
    """Issues that a text names, each once: ``PROJ-12`` and ``#34``."""
    refs: dict[str, None] = {}
    for found in _NUMBER.finditer(text):
        start = found.start()
        if text[start] == "#":
            if start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "/-_#"):
                refs[found[0]] = None
        elif text[start - 1].isupper() or text[start - 1].isdigit() or text[start - 1] == "_":
            tracker = _TRACKER.search(text, max(0, start - 12), start)
            if tracker:
                refs[tracker[1] + found[0]] = None
    return list(refs)[:_MOST_REFS]


def _is_issue(ref: str) -> bool:
    return "-" in ref and ref.partition("-")[0] not in _NO_ISSUE


def _is_possible(seconds: int) -> bool:
    """Whether somebody can have worked at a moment."""
    return _FIRST <= seconds < _END


def _day_in(zone: tzinfo, seconds: int) -> str:
    """The day of a moment, as ISO text; asks the zone once for all moments of a quiet day."""
    days = seconds // 86_400
    shift = _shift(zone, days)
    if shift is None:
        return datetime.fromtimestamp(seconds, zone).date().isoformat()
    return _day((seconds + shift) // 86_400)


@lru_cache(maxsize=20_000)
def _shift(zone: tzinfo, days: int) -> int | None:
    """Seconds that a zone is ahead on a day of UTC; ``None`` where its clocks are moved on that day."""
    ends = (datetime.fromtimestamp(days * 86_400 + s, zone).utcoffset() for s in (0, 86_399))
    first, last = (int(o.total_seconds()) if o is not None else None for o in ends)
    return first if first == last else None


def _stamp(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    return f"{_day(days)} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


@lru_cache(maxsize=20_000)
def _day(days: int) -> str:
    return date.fromordinal(_EPOCH + days).isoformat()
