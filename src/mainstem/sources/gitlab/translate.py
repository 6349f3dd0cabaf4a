"""JSON of GitLab → ``Issue``; pure. Whatever comes, it is an issue or ``Refused``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from mainstem.sources.dates import moment
from mainstem.sources.gitlab import history, labels, spent
from mainstem.sources.gitlab.scopes import MARKS
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.spent import Spent, clean
from mainstem.sources.issue import Issue, Log, Move, Stretch
from mainstem.sources.remote import Refused, Reject

#: What stands before GitLab's own number of a thing, which never changes: its stable id.
IDENTS = {"issues": "issue", "merge_requests": "mr", "epics": "epic"}
_KEY = re.compile(r"^[^#!&\s]+[#!&]\d+$")
_WEB = re.compile(r"^/?(?:groups/)?(?P<path>.+?)/(?:-/)?(?:issues|work_items|merge_requests|epics)/"
                  r"(?P<iid>\d{1,18})$")  # fmt: skip
_MOST_PATHS = 3_000


@dataclass(frozen=True, slots=True)
class Details:
    """What was read about one issue beside itself, as it came. ``None``: it was not, or could not be."""

    states: Sequence[Any] | None = None
    labels: Sequence[Any] | None = None
    notes: Sequence[Any] | None = None
    timelogs: Sequence[Any] | None = None
    changed: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What is the same for all issues of a sync.

    Attributes:
        teams: Account → team, from groups.
        epics: Ids of epics → keys, as far as they are known.
    """

    settings: Settings
    teams: Mapping[str, str] = field(default_factory=dict)
    epics: Mapping[str, str] = field(default_factory=dict)

    def is_bot(self, person: str | None) -> bool:
        """Whether an account is a program."""
        return labels.is_bot(person, self.settings.bots)


@dataclass(frozen=True, slots=True)
class Read:
    """An issue, and the parts of it that were refused."""

    issue: Issue
    rejects: tuple[Reject, ...] = ()


def ident_of(raw: object, kind: str) -> str:
    """The stable id.

    Raises:
        Refused: there is none.
    """
    number = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise Refused("it has no id", number)
    return f"{IDENTS[kind]}:{number}"


def key_of(raw: Mapping[str, Any], kind: str, below: str = "") -> str:
    """The key: ``shop/web#12``, ``shop/web!7``, ``shop&3``.

    Raises:
        Refused: neither its references nor its address say it.
    """
    references = raw.get("references")
    full = clean(references.get("full")) if isinstance(references, dict) else None
    if full and len(full) <= 500 and _KEY.match(full):
        return full
    found = _of_address(raw.get("web_url") or raw.get("url"), below)
    if found is None:
        raise Refused("it has no reference", full or raw.get("web_url"))
    return f"{found[0]}{MARKS[kind]}{found[1]}"


def read_issue(raw: object, kind: str, details: Details, given: Given) -> Read:
    """What an issue, a merge request or an epic says.

    Args:
        kind: ``issues``, ``merge_requests`` or ``epics``.

    Raises:
        Refused: it cannot become work.
    """
    if not isinstance(raw, dict):
        raise Refused("it is no object", raw)
    issue = _plain(raw, kind, given)
    if kind == "merge_requests":
        issue = _as_merge_request(issue, raw, details, given)
    elif kind == "epics":
        issue = replace(issue, type="epic", parent=_parent_epic(raw, given))
    elif clean(str(raw.get("moved_to_id") or "")):
        return Read(_as_moved(issue, raw))
    else:
        issue = _as_issue(issue, raw, details, given)
    logged, rejects = _logs(issue, raw, details, given)
    rejects += _damaged(issue.key, details)
    return Read(replace(issue, logs=logged), tuple(rejects))


def _plain(raw: Mapping[str, Any], kind: str, given: Given) -> Issue:
    """What issues, merge requests and epics have in common."""
    settings = given.settings
    ident, key = ident_of(raw, kind), key_of(raw, kind, settings.below)
    names = labels.names_of(raw.get("labels"))
    scopes = labels.scoped(names)
    people = labels.people_of(raw)
    person = people[0] if people else None
    return Issue(
        ident=ident,
        key=key,
        type=_type(raw),
        title=clean(raw.get("title")),
        state=_state(raw),
        project=re.split(r"[#!&]", key)[0],
        labels=names,
        epic=_epic(raw, settings.below),
        team=scopes.get(settings.team_field) or given.teams.get(person or ""),
        fields={**scopes, **labels.fields_of(raw, settings.fields)},
        url=clean(raw.get("web_url")),
        created=moment(raw.get("created_at"), "moment of creation"),
        done=_closed(raw),
        points=labels.points_of(raw, scopes, settings.points),
        person=person,
        bot=given.is_bot(person),
    )


def _as_issue(issue: Issue, raw: Mapping[str, Any], details: Details, given: Given) -> Issue:
    states = details.states or ()
    done = issue.done or (history.last_closed(states) if issue.state == "closed" else None)
    if issue.state == "closed" and done is None:
        done = moment(raw.get("updated_at"), "moment of change")
    moves = history.moves_of(states, given.is_bot)
    started, stretches = _progress(issue, raw, details, given, done)
    return replace(
        issue, done=done, started=started, stretches=stretches,
        moves=moves or _moves(raw, (("closed", "closed_at", "closed_by"),), given),
    )  # fmt: skip


def _progress(
    issue: Issue, raw: Mapping[str, Any], details: Details, given: Given, done: datetime | None
) -> tuple[datetime | None, tuple[Stretch, ...]]:
    """When it was first in progress, and who had it then; nothing where no label means that."""
    wanted = given.settings.in_progress
    if not wanted or details.labels is None or issue.created is None:
        return None, ()
    held = [name.casefold() for name in issue.labels if name.casefold() in wanted]
    states = history.worked(
        history.label_turns(details.labels, wanted), held,
        history.state_turns(details.states or ()), issue.created,
    )  # fmt: skip
    started = next((at for at, working in states if working), None)
    people = labels.people_of(raw)
    turns = history.assignee_turns(details.notes or ())
    return started, history.had_it(states, turns, people, issue.created, done)


def _as_merge_request(
    issue: Issue, raw: Mapping[str, Any], details: Details, given: Given
) -> Issue:
    author = labels.username_of(raw.get("author")) or clean(raw.get("author_username"))
    person = author or issue.person
    merged = moment(raw.get("merged_at"), "moment of merging")
    if merged is None and raw.get("state") == "merged":
        merged = _closed(raw) or moment(raw.get("updated_at"), "moment of change")
    what = (
        ("opened", "created_at", "author"),
        ("merged", "merged_at", "merge_user" if raw.get("merge_user") else "merged_by"),
        ("closed", "closed_at", "closed_by"),
    )
    team = issue.fields.get(given.settings.team_field) or given.teams.get(person or "")
    return replace(
        issue, type="merge_request", started=issue.created, done=merged, points=None, person=person,
        bot=given.is_bot(person), team=team, moves=_moves(raw, what, given),
        paths=_paths(details.changed),
    )  # fmt: skip


def _as_moved(issue: Issue, raw: Mapping[str, Any]) -> Issue:
    """What is left where an issue was: its work is counted where it is now."""
    fields = {**issue.fields, "moved_to": f"issue:{raw.get('moved_to_id')}"[:40]}
    return replace(issue, state="moved", done=None, points=None, fields=fields)


def _moves(
    raw: Mapping[str, Any], what: Sequence[tuple[str, str, str]], given: Given
) -> tuple[Move, ...]:
    """Changes of state that stand in the issue itself: name, moment, by whom."""
    out = []
    for name, when, who in what:
        at, person = moment(raw.get(when), when), labels.username_of(raw.get(who))
        if at is not None and person:
            out.append(Move(name, at, person, given.is_bot(person)))
    return tuple(out)


def _logs(
    issue: Issue, raw: Mapping[str, Any], details: Details, given: Given
) -> tuple[tuple[Log, ...], list[Reject]]:
    total = spent_of(raw)
    if not given.settings.time or total <= 0:
        return (), []
    zone = given.settings.zone
    if details.timelogs is not None:
        entries, rejects = spent.of_timelogs(details.timelogs, issue.key, zone)
    elif details.notes is not None:
        entries, rejects = spent.of_notes(details.notes, issue.key, zone)
    else:
        one = _in_one(issue, raw, total, given)
        return one.logs, list(one.rejects)
    netted = spent.net(entries, issue.key, given.is_bot)
    logs = tuple(replace(log, team=given.teams.get(log.person or "")) for log in netted.logs)
    return logs, [*rejects, *netted.rejects] or _untold(issue.key, total, logs)


def _in_one(issue: Issue, raw: Mapping[str, Any], total: int, given: Given) -> Spent:
    """All of it on the day it was done or else changed last, where nobody may say when and by whom."""
    at = issue.done or moment(raw.get("updated_at"), "moment of change") or issue.created
    if at is None:
        return Spent(rejects=(Reject(issue.key, "time spent without a day", str(total)),))
    on = at.astimezone(given.settings.zone).date()
    return spent.as_one(total, on, issue.person, issue.bot, issue.key)


def _untold(key: str, total: int, logs: Sequence[Log]) -> list[Reject]:
    """What GitLab shows as spent beyond its entries: imports from elsewhere may bring a sum alone."""
    left = total - round(sum(log.seconds for log in logs))
    reason = "more time is shown as spent than its entries tell; the seconds that nobody tells of"
    return [Reject(key, reason, str(left))] if left > 0 else []


def spent_of(raw: object) -> int:
    """Seconds of time spent that an issue shows; 0 if it shows none."""
    stats = raw.get("time_stats") if isinstance(raw, dict) else None
    total = stats.get("total_time_spent") if isinstance(stats, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _damaged(key: str, details: Details) -> list[Reject]:
    events = [*(details.states or ()), *(details.labels or ())]
    reason = "an event of its history has no moment"
    return [Reject(key, reason, sample) for sample in history.damaged(events)]


def _type(raw: Mapping[str, Any]) -> str:
    found = clean(raw.get("issue_type")) or clean(raw.get("type")) or "issue"
    return found.lower()


def _state(raw: Mapping[str, Any]) -> str:
    found = clean(raw.get("state"))
    if found is None:
        raise Refused("it has no state", raw.get("state"))
    return found


def _closed(raw: Mapping[str, Any]) -> datetime | None:
    """``closed_at`` of what is closed: GitLab empties it when an issue is opened again."""
    closed = moment(raw.get("closed_at"), "moment of closing")
    return closed if raw.get("state") == "closed" else None


def _epic(raw: Mapping[str, Any], below: str) -> str | None:
    epic = raw.get("epic")
    if not isinstance(epic, dict):
        return None
    found = _of_address(epic.get("url") or epic.get("web_url"), below)
    if found is not None:
        return f"{found[0]}&{found[1]}"
    number = epic.get("iid") or epic.get("id")
    return f"&{number}" if isinstance(number, int) and not isinstance(number, bool) else None


def _parent_epic(raw: Mapping[str, Any], given: Given) -> str | None:
    parent = raw.get("parent_id")
    return given.epics.get(f"epic:{parent}") if isinstance(parent, int) else None


def _of_address(address: object, below: str) -> tuple[str, str] | None:
    """Path and number out of an address such as ``https://host/shop/web/-/issues/12``."""
    if not isinstance(address, str) or len(address) > 2_000:
        return None
    try:
        path = urlsplit(address).path.strip("/")
    except ValueError:
        return None
    path = path.removeprefix(f"{below}/") if below else path
    found = _WEB.match(path)
    if found is None or re.search(r"[#!&\s]", found["path"]):
        return None
    return found["path"], found["iid"]


def _paths(changed: Sequence[Any]) -> tuple[str, ...]:
    """Old and new paths of the changed files."""
    found: dict[str, None] = {}
    for change in changed[:_MOST_PATHS]:
        for name in ("new_path", "old_path"):
            path = clean(change.get(name)) if isinstance(change, dict) else None
            if path:
                found[path] = None
    return tuple(found)
