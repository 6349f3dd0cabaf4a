"""GitHub's issues and pull requests, as GraphQL gives them, → ``Issue``; pure.

Any JSON at all becomes an ``Issue`` or is ``Refused`` with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mainstem.sources.dates import moment
from mainstem.sources.github.history import histories_of, reviews_of
from mainstem.sources.github.people import Person, person, person_in
from mainstem.sources.github.project_fields import ProjectValue, named, project_values, usual
from mainstem.sources.github.shape import Node, flag, needed, node, nodes, ordinal, part, text
from mainstem.sources.issue import Issue
from mainstem.sources.remote import Refused

PULL, PLAIN = "pull request", "issue"
#: More than this is a slip of somebody's hand.
MOST_POINTS = 100_000.0
_EPIC = "epic"
#: How many parents above each other the query asks for.
_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source wants its issues read.

    Attributes:
        points: Name or id of a number field of projects; empty: none.
        points_label: Pattern of labels whose first group is a number of points.
        team: A field of projects, or, ending in ``:`` or ``/``, the beginning of labels.
        fields: Further fields of projects, by name or id.
        bots: Logins of programs, in lower case.
        in_progress: Values of the project field Status that mean that somebody works on it, lower case.
        groups: Login → team slug.
    """

    points: str = ""
    points_label: re.Pattern[str] | None = None
    team: str = ""
    fields: tuple[str, ...] = ()
    bots: frozenset[str] = frozenset()
    in_progress: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What both kinds have, read once."""

    key: str
    labels: tuple[str, ...]
    values: list[ProjectValue]
    author: Person | None
    has: tuple[Person, ...]


def issue_of(value: object, how: Reading) -> Issue:
    """An issue or a pull request.

    Args:
        value: A node of ``queries.ISSUE`` or ``queries.PULL``.

    Raises:
        Refused: it cannot become work; the reason says why.
    """
    found = node(value, "item")
    kind = text(found, "__typename")
    if kind == "Issue":
        return _issue(found, how)
    if kind == "PullRequest":
        return _pull(found, how)
    raise Refused("it is neither an issue nor a pull request", kind or "")


def key_of(value: Node) -> str:
    """``owner/name#12``.

    Raises:
        Refused: it has no repository or no number.
    """
    return f"{_repository(value)}#{ordinal(value, 'number')}"


def _repository(value: Node) -> str:
    return needed(node(value.get("repository"), "repository"), "nameWithOwner")


def _seen(found: Node, how: Reading) -> _Seen:
    people = [person(one, how.bots) for one in nodes(found, "assignees")]
    return _Seen(
        key_of(found), tuple(_label_names(found)), project_values(found),
        person_in(found, "author", how.bots), tuple(p for p in people if p is not None),
    )  # fmt: skip


def _issue(found: Node, how: Reading) -> Issue:
    seen = _seen(found, how)
    closed = moment(found.get("closedAt"), "moment of closing")
    state, is_done = _issue_state(found, closed)
    histories = histories_of(found, closed, how.bots, how.in_progress)
    parent, epic = _above(found)
    who = seen.has[0] if seen.has else None
    kind = part(found, "issueType")
    return Issue(
        ident=_ident(found), key=seen.key,
        type=(text(kind, "name") if kind else None) or PLAIN,
        title=text(found, "title"), state=state, project=_repository(found), labels=seen.labels,
        epic=epic, parent=parent, team=_team(seen, who, how),
        fields={**_fields(found, seen, how), **_issue_links(found)}, url=text(found, "url"),
        created=moment(found.get("createdAt"), "moment of creation"), started=histories.started,
        done=closed if is_done else None, points=_points(seen, how),
        person=who.name if who else None,
        bot=who.is_bot if who else bool(seen.author and seen.author.is_bot),
        moves=histories.moves, stretches=histories.stretches,
    )  # fmt: skip


def _pull(found: Node, how: Reading) -> Issue:
    seen = _seen(found, how)
    created = moment(found.get("createdAt"), "moment of creation")
    merged = moment(found.get("mergedAt"), "moment of merging")
    who = seen.author
    return Issue(
        ident=_ident(found), key=seen.key, type=PULL, title=text(found, "title"),
        state=_pull_state(found, merged), project=_repository(found), labels=seen.labels,
        paths=_paths(found), team=_team(seen, who, how),
        fields={**_fields(found, seen, how), **_pull_links(found)}, url=text(found, "url"),
        created=created, started=created, done=merged, points=_points(seen, how),
        person=who.name if who else None, bot=bool(who and who.is_bot),
        moves=reviews_of(found, who, created, merged, how.bots),
    )  # fmt: skip


def _ident(found: Node) -> str:
    ident = needed(found, "id")
    if "#" in ident:
        raise Refused("the id has a # in it", ident)
    return ident


def _issue_state(found: Node, closed: datetime | None) -> tuple[str, bool]:
    """The state in words, and whether it means that the work was done."""
    if closed is None or (text(found, "state") or "").upper() == "OPEN":
        return "open", False
    why = (text(found, "stateReason") or "").upper()
    if why in ("NOT_PLANNED", "DUPLICATE"):
        return why.lower().replace("_", " "), False
    return "closed", True


def _pull_state(found: Node, merged: datetime | None) -> str:
    if merged is not None:
        return "merged"
    if (text(found, "pullState") or "").upper() == "OPEN":
        return "draft" if flag(found, "isDraft") else "open"
    return "closed"


def _label_names(found: Node) -> list[str]:
    names = [text(label, "name") for label in nodes(found, "labels")]
    return [n for n in names if n]


def _paths(found: Node) -> tuple[str, ...]:
    paths = [text(changed, "path") for changed in nodes(found, "files")]
    return tuple(dict.fromkeys(p for p in paths if p))


def _above(found: Node) -> tuple[str | None, str | None]:
    """The parent, and the nearest epic above."""
    direct: str | None = None
    at = part(found, "parent")
    for _ in range(_LEVELS):
        if at is None:
            break
        key = key_of(at)
        direct = direct or key
        if _is_epic(at):
            return direct, key
        at = part(at, "parent")
    return direct, None


def _is_epic(found: Node) -> bool:
    kind = part(found, "issueType")
    if kind is not None and (text(kind, "name") or "").lower() == _EPIC:
        return True
    return any(name.lower() == _EPIC for name in _label_names(found))


def _fields(found: Node, seen: _Seen, how: Reading) -> dict[str, str]:
    """What else a claim may ask for; empty values are left out."""
    milestone = part(found, "milestone")
    out = {
        "milestone": text(milestone, "title") if milestone else None,
        "author": seen.author.name if seen.author else None,
        "assignees": ", ".join(p.name for p in seen.has),
        **usual(seen.values),
    }
    for wanted in how.fields:
        value = named(seen.values, wanted)
        out[wanted] = value.text if value else None
    return {name: value for name, value in out.items() if value}


def _issue_links(found: Node) -> dict[str, str]:
    reason = (text(found, "stateReason") or "").lower().replace("_", " ")
    linked = [key_of(one) for one in nodes(found, "closedByPullRequestsReferences")]
    out = {"resolution": reason, "pull requests": ", ".join(linked)}
    return {name: value for name, value in out.items() if value}


def _pull_links(found: Node) -> dict[str, str]:
    closes = [key_of(one) for one in nodes(found, "closingIssuesReferences")]
    out = {"branch": text(found, "baseRefName") or "", "closes": ", ".join(closes)}
    return {name: value for name, value in out.items() if value}


def _points(seen: _Seen, how: Reading) -> float | None:
    value = named(seen.values, how.points, number=True) if how.points else None
    found = value.number if value else _points_label(seen.labels, how.points_label)
    if found is not None and not 0 <= found <= MOST_POINTS:
        raise Refused("the points are an impossible number", found)
    return found


def _points_label(labels: tuple[str, ...], pattern: re.Pattern[str] | None) -> float | None:
    for label in labels if pattern else ():
        match = pattern.search(label) if pattern else None
        try:
            if match is not None:
                return float(match.group(1))
        except (ValueError, TypeError):
            continue
    return None


def _team(seen: _Seen, who: Person | None, how: Reading) -> str | None:
    if how.team.endswith((":", "/")):
        start = how.team.lower()
        for label in seen.labels:
            if label.lower().startswith(start):
                return label[len(start) :].strip() or None
    elif how.team:
        value = named(seen.values, how.team)
        if value is not None:
            return value.text
    return how.groups.get(who.login.lower()) if who else None
