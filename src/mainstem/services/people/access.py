"""Who may do what: the one table of rights, for all faces.

A person holds grants: a role for everything, for a team and the teams in it, or for a stream. What a
change of the plan needs is decided by looking at the change itself, so a form, a text and a program are
held to the same rules. Somebody without any grant is an outsider: to them nothing exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mainstem.errors import Absent, Forbidden
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.changes import Added, Change, Changed, Removed, Renamed, sentence
from mainstem.plan.model import SECTIONS, Initiative, KeyResult, Plan
from mainstem.score.tree import tree_of


class Role(StrEnum):
    """Roles, from least to most."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    LEAD = "lead"
    OWNER = "owner"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


#: What each role is called and may do, for pages and documentation.
ROLES: dict[Role, tuple[str, str]] = {
    Role.VIEWER: (
        "viewer",
        "reads everything but people's addresses, settings and the audit log; contests attribution",
    ),
    Role.CONTRIBUTOR: (
        "contributor",
        "reads; checks in on key results of their own teams, proposes bets and changes, comments",
    ),
    Role.LEAD: (
        "team lead",
        "a contributor who changes what belongs to their team and the teams in it: key results,"
        " initiatives, participation, promises, shares of its work items",
    ),
    Role.OWNER: (
        "stream owner",
        "a contributor who changes their stream: metric, claims, key results, initiatives",
    ),
    Role.PLANNER: ("planner", "changes the whole plan and the state of cycles; trains suggestions"),
    Role.ADMINISTRATOR: (
        "administrator",
        "everything, also people, tokens, sources, settings and the audit log",
    ),
}


class Action(StrEnum):
    """What can be asked for beside changing the plan."""

    READ = "read"
    EXPORT = "export"
    REMARK = "remark"
    PROPOSE = "propose"
    CHECK_IN = "check in"
    CONTEST = "contest"
    ANSWER = "answer statements"
    ASK_WORK = "ask for decisions on work"
    SHARE = "set shares"
    TRIAGE = "triage work"
    TEACH = "train or remove models"
    HOST = "hold workshops"
    CHANGE_PLAN = "change the plan"
    CHANGE_CYCLE = "change a cycle"
    IMPORT = "import work"
    CONNECT = "connect sources"
    ADMINISTER = "administer"
    READ_SETTINGS = "read settings"
    READ_AUDIT = "read the audit log"


#: The least role for an action that is not about one team or stream.
_LEAST: dict[Action, Role] = {
    Action.READ: Role.VIEWER,
    Action.EXPORT: Role.VIEWER,
    Action.REMARK: Role.CONTRIBUTOR,
    Action.PROPOSE: Role.CONTRIBUTOR,
    Action.CHECK_IN: Role.CONTRIBUTOR,
    # anyone may say what work was not for; who answers is looked at item by item
    Action.CONTEST: Role.VIEWER,
    Action.ANSWER: Role.CONTRIBUTOR,
    Action.ASK_WORK: Role.CONTRIBUTOR,
    Action.SHARE: Role.LEAD,
    Action.TRIAGE: Role.CONTRIBUTOR,
    Action.TEACH: Role.PLANNER,
    # what a workshop makes is a proposal; whoever leads people may bring them into a room
    Action.HOST: Role.LEAD,
    Action.CHANGE_PLAN: Role.CONTRIBUTOR,
    Action.CHANGE_CYCLE: Role.PLANNER,
    Action.IMPORT: Role.ADMINISTRATOR,
    Action.CONNECT: Role.ADMINISTRATOR,
    Action.ADMINISTER: Role.ADMINISTRATOR,
    Action.READ_SETTINGS: Role.ADMINISTRATOR,
    Action.READ_AUDIT: Role.ADMINISTRATOR,
}
#: Actions that leave everything as it is: all that a token for reading may ask for.
READING = frozenset((Action.READ, Action.EXPORT, Action.READ_AUDIT, Action.READ_SETTINGS))
_RANK = {role: n for n, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Given:
    """A role that somebody holds: for everything, or for a team's subtree or a stream."""

    role: Role
    team: str = ""
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, or a program that acts for one.

    Attributes:
        id: Number of the account; ``None`` for somebody who is not signed in, and for the system.
        name: What people call them.
        given: What they hold.
        teams: Teams they belong to today.
        may_write: Whether writing is within the scope (a token may be for reading only).
        face: ``page``, ``api``, ``cli``, ``mcp`` or ``job``.
        address: Network address of the request, for the audit log.
        request: Id of the request, for the audit log.
    """

    id: int | None
    name: str
    given: frozenset[Given] = frozenset()
    teams: frozenset[str] = frozenset()
    may_write: bool = True
    face: str = "page"
    address: str = ""
    request: str = ""

    @property
    def is_known(self) -> bool:
        """Whether they hold any role; others are outsiders."""
        return bool(self.given)

    def is_at_least(self, role: Role) -> bool:
        """Whether some grant of theirs is of that role or more, wherever it holds."""
        return any(_RANK[g.role] >= _RANK[role] for g in self.given)

    @property
    def plans(self) -> bool:
        """Whether they may change the whole plan."""
        return any(g.role in (Role.PLANNER, Role.ADMINISTRATOR) for g in self.given)

    @property
    def administers(self) -> bool:
        """Whether they are an administrator."""
        return any(g.role is Role.ADMINISTRATOR for g in self.given)


OUTSIDER = Actor(None, "")


def system(face: str = "job") -> Actor:
    """The program itself, for work that nobody asked for in person."""
    return Actor(None, "Mainstem", frozenset({Given(Role.ADMINISTRATOR)}), face=face)


def require(actor: Actor, action: Action) -> None:
    """Refuses an action that the actor may not take anywhere.

    Raises:
        Absent: for an outsider, who learns nothing.
        Forbidden: for somebody whose role does not reach.
    """
    if not actor.is_known:
        raise nothing_here()
    least = _LEAST[action]
    # the role first: a token of more scope would not help who lacks it
    if not actor.is_at_least(least):
        raise Forbidden(
            f"You may not {action}: that needs the role {ROLES[least][0]} or more.",
            "Ask an administrator for the role, or a person who has it to do this.",
        )
    if action not in READING:
        require_writing(actor)


def require_writing(actor: Actor) -> None:
    """Refuses every write of a token that is for reading only.

    Raises:
        Forbidden: saying so.
    """
    if not actor.may_write:
        raise Forbidden(
            "This token is for reading only.",
            "Use a token with the scope `write`, or make one in your account.",
            code="access.scope",
        )


def may(actor: Actor, action: Action) -> bool:
    """Whether ``require`` would let the action pass."""
    try:
        require(actor, action)
    except (Absent, Forbidden):
        return False
    return True


def nothing_here() -> Absent:
    """What an outsider is told about everything."""
    return Absent("There is no such page.", "Check the address, or sign in with another account.")


@dataclass(frozen=True, slots=True)
class Reach:
    """The teams and streams that an actor answers for, in one plan."""

    teams: frozenset[str]
    streams: frozenset[str]
    own: frozenset[str]
    everything: bool

    @classmethod
    def of(cls, actor: Actor, plan: Plan) -> Reach:
        """Expands grants for a team to the teams in it; ``own`` are the teams one belongs to."""
        tree = tree_of(plan)
        led: set[str] = set()
        for given in actor.given:
            if given.role is Role.LEAD and given.team in tree:
                led.update(tree.subtree(given.team))
            elif given.role is Role.LEAD and not given.team:
                led.update(t for team in actor.teams if team in tree for t in tree.subtree(team))
        streams = frozenset(
            g.stream for g in actor.given if g.role is Role.OWNER and g.stream in plan.streams
        )
        return cls(frozenset(led), streams, actor.teams, actor.plans)


def require_check_in(actor: Actor, plan: Plan, key_result: str) -> None:
    """Refuses a check-in on a key result of others.

    Raises:
        Absent: there is no such key result, or the actor is an outsider.
        Forbidden: it is not theirs.
    """
    require(actor, Action.CHECK_IN)
    kr = plan.key_results.get(key_result)
    if kr is None:
        raise Absent(f"The plan has no key result {key_result!r}.", "It may have been renamed.")
    reach = Reach.of(actor, plan)
    if reach.everything or kr.team in reach.teams | reach.own or kr.stream in reach.streams:
        return
    raise Forbidden(
        f"You may not check in on “{kr.text}”: it belongs to {_whose(kr, plan)}.",
        "Somebody of that team, its lead or the stream's owner can.",
    )


def _whose(kr: KeyResult, plan: Plan) -> str:
    if kr.team in plan.teams:
        return f"the team {plan.teams[kr.team].name or kr.team}"
    if kr.stream in plan.streams:
        return f"the stream {plan.streams[kr.stream].name or kr.stream}"
    return "no team, so a planner answers for it"


def require_changes(actor: Actor, changes: Sequence[Change], plan: Plan) -> None:
    """Refuses changes of the plan that the actor may not make.

    Raises:
        Absent: for an outsider.
        Forbidden: naming the first change that is not theirs to make.
    """
    require(actor, Action.CHANGE_PLAN)
    refused = refused_changes(actor, changes, plan)
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise Forbidden(
            f"You may not make this change: {sentence(refused[0])}{more}.",
            "Propose it instead: whoever answers for it can apply your proposal.",
            code="access.change",
        )


def refused_changes(actor: Actor, changes: Sequence[Change], plan: Plan) -> tuple[Change, ...]:
    """The changes that the actor may not make on this plan."""
    if not actor.may_write or not actor.is_known:
        return tuple(changes)
    reach = Reach.of(actor, plan)
    if reach.everything:
        return ()
    # what is added together belongs together: a new key result may come with its metric
    return tuple(c for c in changes if not _is_theirs(c, plan, reach, actor))


def may_change(actor: Actor, subject: str, plan: Plan) -> bool:
    """Whether the actor may change the fields of an entity as it stands, for showing a form."""
    section, ident = split_subject(subject)
    held = getattr(plan, section) if section in SECTIONS else {}
    if not actor.may_write or not actor.is_at_least(Role.CONTRIBUTOR):
        return False
    probe = Changed(subject, ("note",), None, "?")
    return (section == "organisation" or ident in held) and not refused_changes(
        actor, (probe,), plan
    )


def may_add(actor: Actor, section: str, value: Any, plan: Plan) -> bool:
    """Whether the actor may add such an entity."""
    return not refused_changes(actor, (Added(f"{section}/?", (), value, 0),), plan)


def _is_theirs(change: Change, plan: Plan, reach: Reach, actor: Actor) -> bool:
    section, ident = split_subject(change.subject)
    if isinstance(change, Renamed):
        return False
    values = tuple(_states(change, plan, section, ident))
    if section in ("key_results", "initiatives"):
        return all(_is_their_commitment(v, change, reach, actor) for v in values)
    if section == "streams":
        return _is_their_stream(change, ident, reach)
    if section == "teams":
        return ident in reach.teams and not _cuts_team(change)
    if section == "metrics":
        return _is_their_metric(change, ident, plan, reach)
    if section == "dependencies":
        return all(_is_their_dependency(v, change, reach) for v in values)
    return False


def _states(change: Change, plan: Plan, section: str, ident: str) -> Iterator[Any]:
    """The entity before and after, as far as the change says: both must be theirs."""
    held = getattr(plan, section, None) if section else None
    now = held.get(ident) if isinstance(held, dict) else None
    if not change.path:
        if isinstance(change, (Added, Removed)):
            yield change.value
        return
    if now is None:
        return
    yield now
    if isinstance(change, Changed) and len(change.path) == 1:
        name = {"in": "in_", "class": "class_"}.get(str(change.path[0]), str(change.path[0]))
        if name in type(now).model_fields:
            yield now.model_copy(update={name: change.new})


def _is_their_commitment(value: Any, change: Change, reach: Reach, actor: Actor) -> bool:
    if value.team in reach.teams or value.stream in reach.streams:
        return True
    if isinstance(value, KeyResult):
        # somebody of the team says when a milestone is reached, as they say its value
        reached = (
            len(change.path) == 3 and change.path[0] == "milestones" and change.path[2] == "done"
        )
        return reached and value.team in reach.own
    # a contributor may put up a bet of their own team, and work on it while it is proposed
    return (
        isinstance(value, Initiative)
        and value.state == "proposed"
        and value.team in reach.own
        and actor.is_at_least(Role.CONTRIBUTOR)
    )


def _is_their_stream(change: Change, ident: str, reach: Reach) -> bool:
    if ident in reach.streams:
        return bool(change.path) and change.path[0] not in ("owner", "objective")
    # a team answers for its own part in any stream
    return len(change.path) >= 2 and change.path[0] == "teams" and change.path[1] in reach.teams


def _cuts_team(change: Change) -> bool:
    """A lead changes their team, but not where it belongs nor whether it exists."""
    return not change.path or change.path[0] in ("in", "owns")


def _is_their_metric(change: Change, ident: str, plan: Plan, reach: Reach) -> bool:
    if not change.path and isinstance(change, Added):
        return bool(reach.streams)
    users = set(_streams_with(ident, plan))
    return bool(users) and users <= reach.streams and not isinstance(change, Removed)


def _streams_with(metric: str, plan: Plan) -> Iterable[str]:
    for key, stream in plan.streams.items():
        in_force = {m.metric for m in stream.metric} | {g.metric for g in stream.guardrails}
        if metric in in_force or metric in stream.inputs:
            yield key


def _is_their_dependency(value: Any, change: Change, reach: Reach) -> bool:
    if value.needs in reach.teams:
        # who needs something says what and by when; the promise is the other's
        return not change.path or change.path[0] not in ("promised",)
    return value.gives in reach.teams and bool(change.path) and change.path[0] in (
        "promised", "state", "note",
    )  # fmt: skip


__all__: Sequence[str] = (
    "OUTSIDER", "READING", "ROLES", "Action", "Actor", "Given", "Reach", "Role", "may", "may_add",
    "may_change", "nothing_here", "refused_changes", "require", "require_changes",
    "require_check_in", "require_writing", "system",
)  # fmt: skip
