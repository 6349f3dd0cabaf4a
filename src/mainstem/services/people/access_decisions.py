"""Who may decide on work: the part of the table of rights about decisions.

The owner of a stream decides in its name; a team lead accepts work of their own team as a kind of the
rest; planners and administrators decide on all of it. Contributors ask and appeal.
"""

from __future__ import annotations

from mainstem.challenge.decisions import ACCEPTED, Chain, Step
from mainstem.errors import Forbidden
from mainstem.plan.model import Plan
from mainstem.services.people.access import ROLES, Action, Actor, Reach, Role, require


def role_for(actor: Actor, plan: Plan, *, stream: str, team: str) -> Role | None:
    """In what role somebody may decide: as the stream's owner, a planner, or the team's lead; or not at all.

    Args:
        stream: In whose name; empty for a kind of the rest.
        team: The team that would do the work.
    """
    reach = Reach.of(actor, plan)
    if not actor.may_write or not actor.is_known:
        return None
    if stream and stream in reach.streams:
        return Role.OWNER
    if reach.everything:
        return Role.ADMINISTRATOR if actor.administers else Role.PLANNER
    return Role.LEAD if not stream and team and team in reach.teams else None


def may_decide(actor: Actor, plan: Plan, chain: Chain, step: Step, *, stream: str) -> bool:
    """Whether somebody may give this verdict.

    A lead's verdict names no stream; it may not undo what a stream's owner has refused except by accepting
    the work as a kind of the rest.
    """
    role = role_for(actor, plan, stream=stream, team=chain.work.team)
    if role is None:
        return False
    before = chain.verdict
    if role is Role.LEAD:
        return step in ACCEPTED or before is None or not before.stream
    # whoever takes work over from another stream answers for both, or plans
    return role is not Role.OWNER or before is None or not before.stream or before.stream == stream or (
        before.stream in Reach.of(actor, plan).streams
    )  # fmt: skip


def require_decision(actor: Actor, plan: Plan, chain: Chain, step: Step, *, stream: str) -> Role:
    """In what role the actor gives this verdict.

    Raises:
        Absent: for an outsider.
        Forbidden: it is not theirs to give, with who may.
    """
    require(actor, Action.ASK_WORK)
    role = role_for(actor, plan, stream=stream, team=chain.work.team)
    if role is not None and may_decide(actor, plan, chain, step, stream=stream):
        return role
    entity = plan.streams.get(stream)
    name = (entity.name if entity else None) or stream
    whose = f"in the name of {name}" if stream else "on this work"
    raise Forbidden(
        f"You may not decide {whose}.",
        f"The stream's owner can{f' ({entity.owner})' if entity and entity.owner else ''}, or a planner."
        if stream else "The lead of its team can accept it as a kind of the rest; a planner can decide on it.",
        code="access.decide",
    )  # fmt: skip


def may_see_private(actor: Actor, plan: Plan, stream: str) -> bool:
    """Whether somebody sees who answered a private statement, and why: whoever may decide."""
    reach = Reach.of(actor, plan)
    return reach.everything or bool(stream and stream in reach.streams)


def role_words(role: str) -> str:
    """What a role is called; empty for none."""
    return ROLES[Role(role)][0] if role in set(Role) else role
