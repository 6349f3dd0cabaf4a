"""The text of a starter plan: YAML with comments that teach, made to be edited."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: Marks every place that a person must fill in.
TO_DO = "TO DO"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_NOT_TEXT = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])


@dataclass(frozen=True, slots=True)
class TeamText:
    """A team as it is written. ``comment`` stands beside it."""

    id: str
    name: str
    owns: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class StreamText:
    """A stream-to-be: paths that it claims, each with a comment, and teams that deliver it."""

    id: str
    name: str
    paths: tuple[tuple[str, str], ...]
    teams: tuple[str, ...]
    is_example: bool = False
    stages: tuple[str, ...] = ("start", "use")


def starter_text(
    schema: str,
    organisation: str,
    today: date,
    *,
    teams: Sequence[TeamText],
    streams: Sequence[StreamText],
    origin: Sequence[str],
) -> str:
    """The whole plan as one file.

    Args:
        schema: Path of the schema file, seen from the plan.
        organisation: What to call the organisation.
        today: Decides the cycle: the quarter it lies in.
        teams: Teams, at least one.
        streams: Streams; none gives one made-up stream.
        origin: Lines that say where the proposals come from.
    """
    blocks = (
        _head(schema, origin),
        _organisation(organisation),
        _cycle(today),
        _CUSTOMERS,
        _teams(teams),
        _METRICS,
        _OBJECTIVES,
        _streams(streams) if streams else _made_up_stream(teams[0].id),
        _TAIL,
    )
    return "\n".join(block.strip("\n") + "\n" for block in blocks)


def scalar(text: str) -> str:
    """Text as a YAML scalar that is read back as the same text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Text in double quotes; what cannot be seen is written as its number."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)


def _remark(text: str) -> str:
    """Text that stays inside one comment line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _head(schema: str, origin: Sequence[str]) -> str:
    lines = [
        f"# yaml-language-server: $schema={schema}",
        "#",
        "# The plan. Every block below can be changed, moved to another file of this folder, or removed.",
        f"# Look for {TO_DO}: those places need a person. Then run `mainstem check`.",
        *(f"# {_remark(line)}" for line in origin),
    ]
    return "\n".join(lines)


def _organisation(name: str) -> str:
    return f"""
organisation:
  name: {scalar(name)}
  timezone: UTC          # days and quarters are cut here; for instance Europe/Berlin
  unit: person_day       # or hour, item, point: what the Value Score counts
"""


def quarter_of(day: date) -> tuple[str, date, date]:
    """The quarter of a day: its identifier, first and last day."""
    number = (day.month - 1) // 3
    first = date(day.year, 3 * number + 1, 1)
    after = date(day.year + (number == 3), (3 * number + 3) % 12 + 1, 1)
    return f"{day.year}-Q{number + 1}", first, after - timedelta(days=1)


def _cycle(today: date) -> str:
    name, first, last = quarter_of(today)
    return f"""
cycles:
  {name}:
    first_day: {first}
    last_day: {last}      # both days are included
"""


_CUSTOMERS = f"""
# Who is served, and the steps they go through, in their order. Colleagues may be customers too.
customers:
  user:
    name: User             # {TO_DO}: whom do you serve?
    stages:                # the lifecycle
      - id: start
        name: Gets started
        # hand_over:         # {TO_DO}: who sees to it that people get from here to the next stage
      - id: use
        name: Uses it day by day
"""

_METRICS = f"""
# Numbers. A stream has exactly one value metric: the one that says whether customers get something.
# Take a number that can go down again, that moves within weeks, and that is not your own activity.
metrics:
  first-success-rate:
    # {TO_DO}: this is an example. Put the number of your first stream in its place.
    name: New users who get a first result within a day
    definition: Of the users who signed up in a week, how many finish a first task within 24 hours
    numerator: users with a finished task within 24 hours of signing up
    denominator: users who signed up in the week
    unit: "%"
    kind: rate
    direction: up
    grain: week
    lag_days: 1
    # source:              # {TO_DO}: the report or query that it comes from
    # owner:               # {TO_DO}: who answers for the number
    customer_value: They get what they came for on the first day
    gaming:
      - make the first task trivial
    # baseline: 40         # {TO_DO}: where it is now, and where it should be
    # target: 55
  complaints:
    # A guardrail: it must not get worse while the metric gets better. It never counts as the metric.
    name: Complaints per 1000 users a week
    unit: per 1000 users
    kind: ratio
    direction: down
"""

_OBJECTIVES = f"""
# A theme in words: a state that you want, no number and no "how".
objectives:
  first-objective:
    name: People get what they came for without help   # {TO_DO}: yours
    horizon: this year
    # owner:               # {TO_DO}: who answers for it
    customer_better_off: They can now finish what they started without asking anybody
"""

_TAIL = """
# More that a plan can hold: key_results, initiatives (bets on a metric), dependencies between teams,
# links (this item belongs to that stream), rest (rules for work on no stream), expect (examples).
#
# Planning to accept a finding of `mainstem check`? Say so where it is found:
#   accepted: [{rule: S13, why: no guardrail is known yet, by: Ann, until: 2027-01-31}]
"""


def _teams(teams: Sequence[TeamText]) -> str:
    lines = [
        "# Teams, not people. `in:` puts a team into a group; `size:` is how many people are in it.",
        "#",
        "# Who is in which team is not guessed from git. To say it, write a file people.csv beside this",
        "# plan and keep it where only those who may know can read it (both days are included, an empty",
        "# one is open, fraction is the contract's share of a full week):",
        "#   person,team,from,to,fraction",
        f"#   ann@example.com,{teams[0].id},2026-01-01,,1",
        "# Without it, work is given to teams by CODEOWNERS (`owns:`) or shown as `no team`.",
        "teams:",
    ]
    for team in teams:
        comment = f"   # {_remark(team.comment)}" if team.comment else ""
        lines += [f"  {scalar(team.id)}:{comment}", f"    name: {scalar(team.name)}"]
        if team.owns:
            lines.append(f"    owns: [{', '.join(quoted(o) for o in team.owns)}]")
        lines.append("    kind: stream-aligned")
    return "\n".join(lines)


_STREAMS_HEAD = """
# Flows of value to a customer. A stream serves one objective, has one value metric, is delivered by
# teams, and claims the work that counts for it. Work that no stream claims is the rest.
#
# `claims:` is a list; any of them will do. Keys inside one claim must all hold; of several values,
# one must. Keys: label, component, epic, parent, project, path, type, team, key, state, source, text,
# field; `all`, `any` and `not` combine them. Paths are written as in CODEOWNERS.
streams:"""


def _streams(streams: Sequence[StreamText]) -> str:
    return "\n".join([_STREAMS_HEAD.strip("\n"), *(_stream(stream) for stream in streams)])


def _stream(stream: StreamText) -> str:
    named = f"    name: {scalar(stream.name)}"
    lines = [
        f"  {scalar(stream.id)}:",
        f"{named}   # {TO_DO}: what a customer goes through, not the name of a folder",
        "    objective: first-objective",
        "    customer: user",
        f"    stages: [{', '.join(stream.stages)}]",
        f"    # owner:               # {TO_DO}: the person who can say: this is ours to move",
    ]
    if stream.is_example:
        lines.append(f"    metric: first-success-rate   # {TO_DO}: an example; see metrics above")
    else:
        lines.append(
            f"    # metric:              # {TO_DO}: the one number that says whether it delivers"
        )
    lines += [
        "    guardrails:",
        "      - metric: complaints",
        "        bound: not above last quarter",
    ]
    lines += [*_delivered_by(stream.teams), "    claims:"]
    for path, comment in stream.paths:
        lines.append(f"      - path: {quoted(path)}   # {_remark(comment)}")
    return "\n".join(lines)


def _delivered_by(teams: Sequence[str]) -> list[str]:
    lines = ["    teams:"]
    for place, team in enumerate(teams):
        hint = "   # delivers; or {part: supports, share: 40 %}" if place == 0 else ""
        lines.append(f"      {scalar(team)}: delivers{hint}")
    return lines


def _made_up_stream(team: str) -> str:
    stream = StreamText("first-result", "A first result on the first day", (), (team,), True)
    return "\n".join(
        [
            _STREAMS_HEAD.strip("\n"),
            _stream(stream),
            f"      # {TO_DO}: how to tell this work from other work in your tracker or repository",
            "      - label: onboarding",
            "      - path: /signup/",
            "        type: [Story, Bug]     # both must hold: that path and one of these types",
        ]
    )
