"""Bringing the ledger's derived numbers up to the plan, and explaining where effort went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.plan.findings import Finding
from mainstem.plan.model import Condition, Plan
from mainstem.services.plans.kept_plans import keep_plan, kept_plan
from mainstem.services.plans.workspace import Workspace
from mainstem.services.scores.book import Book, engine_in_use, last_refresh, notes_of
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.ledger.attribute import Plain, Rule
    from mainstem.ledger.membership import Stretch
    from mainstem.ledger.names import Numbers
    from mainstem.ledger.refresh import RefreshInputs, Work
    from mainstem.ledger.store import Change, Ledger, View
    from mainstem.work.people import Membership


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What ``refresh`` did, and what it found on the way."""

    work: Work | None
    findings: tuple[Finding, ...]
    unmapped_people: int


def refresh(workspace: Workspace, *, at: datetime, full: bool = False) -> Refreshed:
    """Brings effort by team, attribution and roll-up up to the records, people and plan.

    Does nothing where nothing changed. ``full`` derives everything anew.
    """
    ledger = workspace.open_ledger()
    plan, revision = workspace.usable_plan()
    members, findings = _members(workspace, plan)
    work, unmapped = refresh_plan(ledger, plan, revision, members, at=at, full=full)
    return Refreshed(work, findings, unmapped)


def refresh_plan(
    ledger: Ledger,
    plan: Plan,
    revision: str,
    members: Sequence[Membership],
    *,
    at: datetime,
    full: bool = False,
) -> tuple[Work | None, int]:
    """Brings the ledger up to a revision of a plan and to people, whoever keeps them.

    Where the plan changed in nothing that numbers depend on, only its revision is noted.

    Returns:
        What was done, ``None`` if there was nothing to derive; and how many people of the ledger are in
        no team.
    """
    from mainstem.ledger.refresh import is_fresh
    from mainstem.ledger.refresh import refresh as run

    if not full and _digests_match(ledger, ledger.view(), plan, members, revision):
        return None, 0
    with ledger.change() as change:
        inputs, unmapped = build_inputs(change, plan, members, revision)
        keep_plan(ledger, plan, revision)
        if not full and is_fresh(change.before, inputs):
            _note_revision(change, revision, at)
            return None, unmapped
        return run(ledger, inputs, change, at=at, full=full), unmapped


def _note_revision(change: Change, revision: str, at: datetime) -> None:
    """The same numbers are those of a newer revision of the plan."""
    last = change.before.last("refresh")
    assert last is not None
    if last.plan != revision:
        report = {**last.report, "months": [], "items": 0}
        change.commit(what="refresh", report=report, plan=revision, at=at)


def _digests_match(
    ledger: Ledger, view: View, plan: Plan, members: Sequence[Membership], revision: str
) -> bool:
    """A quick look that needs no lock: same plan, same people, nothing landed since."""
    from mainstem.ledger.refresh import digest

    last = view.last("refresh")
    return (
        last is not None
        and last.number == view.version
        and last.plan == revision
        and last.report["digests"].get("people") == digest(list(members))
        and last.report["digests"].get("version") == VERSION
    )


#: Raised when the meaning of derived numbers changes, so that ledgers are derived anew.
VERSION = "3"


def _members(workspace: Workspace, plan: Plan) -> tuple[list[Membership], tuple[Finding, ...]]:
    if workspace.people is None:
        return [], ()
    from mainstem.work.people import read_people

    found = read_people(workspace.people, plan)
    return list(found.memberships), tuple(found.findings)


def build_inputs(
    change: Change, plan: Plan, members: Sequence[Membership], revision: str
) -> tuple[RefreshInputs, int]:
    """Turns plan and people into numbers that the ledger understands; new words get numbers.

    Returns:
        The inputs, and how many people of the ledger nobody has mapped to a team.
    """
    from mainstem.ledger.derive import EffortInputs
    from mainstem.ledger.membership import team_calendars
    from mainstem.ledger.names import Names
    from mainstem.ledger.refresh import RefreshInputs, digest

    names = Names(change)
    team_no = names.numbers("team_id", list(plan.teams))
    team_words = _team_words(plan, names.all("team"), team_no)
    stretches, mapped = _stretches(members, names.all("person"), team_no)
    plain, by_team = plain_of(plan, names)
    names.write()
    presence = bool(members) and plan.organisation.settings.presence == "people"
    item_teams = _item_teams(change, plan, team_no)
    effort = EffortInputs(plan, team_no, team_words, item_teams, stretches, presence)
    org = plan.organisation
    calendars, calendar_of_team = team_calendars(plan, team_no)
    ground = digest(sorted(team_words.items()), owned_words(plan), calendars,
                    sorted(map(tuple, calendar_of_team.rows)), org.settings.person_day_split,
                    presence, org.timezone, VERSION)  # fmt: skip
    digests = {
        "effort": digest(stretches, ground),
        "ground": ground,
        "links": digest(plain.links),
        "settings": digest(plain.equal_split, plain.majority, plain.ignored_paths, by_team,
                           [(k, t.in_) for k, t in plan.teams.items()] if by_team else None),
        "targets": digest(sorted(plain.target_of_share.items())),
        "people": digest(list(members)),
        "version": VERSION,
    }  # fmt: skip
    return RefreshInputs(effort, plain, by_team, digests, revision), mapped


def owned_words(plan: Plan) -> list[tuple[str, str]]:
    """Every word that means a team, in lower case, with the team."""
    out: dict[str, str] = {}
    for key, team in plan.teams.items():
        for word in (key, team.name or key, *team.owns):
            out.setdefault(word.lower().lstrip("@"), key)
    return sorted(out.items())


def _team_words(plan: Plan, words: Mapping[int, str], team_no: Mapping[str, int]) -> dict[int, int]:
    means = dict(owned_words(plan))
    found = {no: means.get(word.lower().lstrip("@").strip()) for no, word in words.items()}
    return {no: team_no[team] for no, team in found.items() if team is not None}


def _item_teams(change: Change, plan: Plan, team_no: Mapping[str, int]) -> str:
    """SQL for (item, team) of items whose own word names a team."""
    from mainstem.ledger.engine import Small, put_small

    rows = [(word, team_no[team]) for word, team in owned_words(plan)]
    put_small(change.con, "owned_word", Small({"word": "VARCHAR", "team": "INTEGER"}, rows))
    return (
        "SELECT i.item, w.team FROM (SELECT item, lower(ltrim(trim(team), '@')) AS word FROM "  # noqa: S608
        f"{change.view('items')} WHERE team IS NOT NULL) i JOIN owned_word w USING (word)"
    )


def _stretches(
    members: Sequence[Membership], people: Mapping[int, str], team_no: Mapping[str, int]
) -> tuple[list[Stretch], int]:
    """Memberships in numbers; people are compared without regard to case."""
    from mainstem.ledger.membership import FAR_FUTURE, FAR_PAST, Stretch

    numbers: dict[str, list[int]] = {}
    for no, word in people.items():
        numbers.setdefault(word.strip().lower(), []).append(no)
    out, mapped = [], set[int]()
    for m in members:
        for no in numbers.get(m.person.strip().lower(), ()):
            mapped.add(no)
            if m.team in team_no:
                # programs of a personnel office write 9999-12-31 for "no end"
                final = m.last or FAR_FUTURE
                last = FAR_FUTURE if final >= FAR_FUTURE else final + timedelta(days=1)
                out.append(Stretch(no, team_no[m.team], m.first or FAR_PAST, last,
                                   round(m.fraction * WHOLE)))  # fmt: skip
    return sorted(out, key=lambda s: (s.person, s.first, s.team)), len(people) - len(mapped)


def plain_of(plan: Plan, names: Numbers) -> tuple[Plain, bool]:
    """What the plan says about attribution, in numbers; and whether any rule asks for teams."""
    from mainstem.ledger.attribute import Plain, Rule
    from mainstem.plan.model import RestKind
    from mainstem.work.attribution import link_parts
    from mainstem.work.claims import branches, ignored_path_regexes
    from mainstem.work.rest import rest_rules

    streams = list(plan.streams)
    words = [f"stream:{s}" for s in streams] + [f"kind:{k}" for k in RestKind if k != "unknown"]
    target = {**names.numbers("target", words), "kind:unknown": 0}
    claims: list[Rule] = []
    for n, b in enumerate(branches(plan), 1):
        reason = names.number("reason", f"claim {b.claim_id}")
        stream = target[f"stream:{b.stream}"]
        claims.append(Rule(n, reason, stream, b.stream_order, b.rank, b.by_path, b.condition))
    rest = []
    for n, r in enumerate(rest_rules(plan), 1):
        reason = names.number("reason", f"rest rule {r.id or n} ({r.kind})")
        rest.append(Rule(n, reason, target[f"kind:{r.kind}"], n, n, False, r))
    links = []
    for number, link in enumerate(plan.links, 1):
        reason = names.number("reason", f"link {number}" + (f": {link.why}" if link.why else ""))
        for word, parts in link_parts(link).items():
            links.append((link.item.lower(), target.get(word, 0), parts, reason))
    own = {**{s: target[f"stream:{s}"] for s in streams}, **target}
    own |= {str(k): target[f"kind:{k}"] for k in RestKind if str(k) not in own and k != "unknown"}
    settings = plan.organisation.settings
    plain = Plain(
        claims, rest, links, own,
        names.number("reason", "shares on the item itself"),
        names.number("reason", "inherited from its parent or epic"),
        settings.share_policy == "equal_split",
        round(settings.path_majority * WHOLE),
        ignored_path_regexes(),
    )  # fmt: skip
    return plain, any(_asks_team(r.condition) for r in (*claims, *rest))


def _asks_team(condition: Condition) -> bool:
    inner = (*condition.all, *condition.any, *condition.not_)
    return bool(condition.team) or any(_asks_team(c) for c in inner)


def open_book(workspace: Workspace, *, as_of: datetime | None = None, at: datetime) -> Book:
    """The ledger and the plan, refreshed, or as they were known at a past moment.

    Raises:
        QuestionError: if nothing was known yet at ``as_of``.
    """
    from mainstem.ledger.questions import Desk

    if as_of is None:
        refresh(workspace, at=at)
    ledger = workspace.open_ledger()
    view = ledger.view(as_of)
    last = last_refresh(ledger, view, as_of)
    plan = workspace.usable_plan()[0] if as_of is None else kept_plan(ledger, last.plan)
    return Book(Desk(ledger, view, engine_in_use()), plan, last.plan, notes_of(view, last, as_of))
