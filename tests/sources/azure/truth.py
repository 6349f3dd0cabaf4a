"""What the ledger must hold of a stand-in's world, worked out another way: instant by instant."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.sources.azure.stand_in import COMPLETED, PEOPLE, POINTS, PROJECTS, AzureStandIn, Item


def category(now: dict) -> str:
    return PROJECTS[now["System.TeamProject"]][now["System.WorkItemType"]][now["System.State"]]


def items(world: AzureStandIn) -> dict[str, tuple]:
    """Key → state, project, moment of being done, parent."""
    out = {}
    for nr, item in world.items.items():
        now, done = item.now(), done_of(item)
        parent = now.get("System.Parent")
        at = done.replace(tzinfo=None).isoformat(sep=" ") if done else None
        out[str(nr)] = (now["System.State"], now["System.TeamProject"], at, parent and str(parent))
    return out


def done_of(item: Item) -> datetime | None:
    done, before = None, {}
    for at, _, given in item.revisions:
        was, before = before, before | given
        if category(before) != "Completed":
            done = None
        elif done is None or not was:
            done = at
    return done


def records(world: AzureStandIn, at: datetime) -> dict[str, float]:
    """Row key → amount."""
    out: dict[str, float] = {}
    for nr, item in world.items.items():
        found = of_item(item, at)
        out |= {f"{nr}#{rest}": amount for rest, amount in found.items()}
    return out


def of_item(item: Item, end: datetime) -> dict[str, float]:
    out: dict[str, float] = {}
    if done_of(item):
        out["item"] = 1.0
        if item[POINTS]:
            out["points"] = item[POINTS]
    pile: list[tuple[int, str]] = []  # a quarter of an hour each: the revision and who
    before: dict = {}
    for rev, (_, by, given) in enumerate(item.revisions, 1):
        if before and given.get("System.State", before["System.State"]) != before["System.State"]:
            out[f"move:{rev}"] = 1.0
        before |= given
        quarters = round((before.get(COMPLETED) or 0) * 4)
        pile = pile[:quarters] + [(rev, by)] * (quarters - len(pile))
    for rev, _ in pile:
        out[f"log:{rev}"] = out.get(f"log:{rev}", 0.0) + 0.25
    loggers = {by for _, by in pile}
    now: dict = {}
    for rev, (at, _, given) in enumerate(item.revisions):
        now |= given
        who = now.get("System.AssignedTo")
        until = item.revisions[rev + 1][0] if rev + 1 < len(item.revisions) else end
        if category(now) in ("InProgress", "Resolved") and who in PEOPLE and who not in loggers:
            out |= dict.fromkeys((f"day:{who}:{d}" for d in days(at, until)), 1.0)
    return out


def days(first: datetime, last: datetime) -> list[str]:
    count = (last.date() - first.date()).days + 1
    found = [first.date() + timedelta(days=n) for n in range(count)]
    return [d.isoformat() for d in found if d.weekday() < 5]
