"""Teams as rows of a report: the tree with sums rolled up, each with its score, range and rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mainstem.figures.given import ReportData
from mainstem.figures.shown import Sheet, TeamRow
from mainstem.figures.tables import answer_rows, data_link
from mainstem.figures.wording import isolated, listed, one_line, plural, shorten
from mainstem.plan.model import RestKind
from mainstem.score.bounds import score_of
from mainstem.score.merging import add
from mainstem.score.tree import TeamTree, tree_of
from mainstem.score.values import Amounts, Score
from mainstem.score.words import (
    NO_BREAK,
    REST_WORDS,
    amount,
    bare_amount,
    percent,
    range_words,
)

#: Most teams in the table that everybody reads; a list of all is folded away below it.
MOST_ROWS = 48


def team_rows(data: ReportData) -> tuple[TeamRow, ...]:
    """Teams with effort, parents before the teams in them, down to the level that a page can hold.

    The row of a team with teams in it sums them up; effort on itself then has a row of its own.
    """
    own, tree = own_amounts(data), tree_of(data.plan)
    sums = rolled_up(own, tree)
    depth = _depth(sums, tree)
    rows = []
    for team in tree.order:
        if team in sums and tree.depth(team) <= depth:
            rows.append(_row(team, sums[team], data, tree))
            if _has_own_row(team, own, sums, tree) and tree.depth(team) < depth:
                rows.append(_own_row(team, own[team], data, tree))
    strangers = [team for team in own if team not in tree]
    return (*rows, *(_stranger(team, own[team], data) for team in strangers))


def rows_below(data: ReportData, team: str) -> tuple[TeamRow, ...]:
    """The teams directly in a team, each with those in it, and the team's own effort if it has any."""
    own, tree = own_amounts(data), tree_of(data.plan)
    sums = rolled_up(own, tree)
    rows = [_row(t, sums[t], data, tree) for t in tree.children(team) if t in sums]
    mine = [_own_row(team, own[team], data, tree)] if rows and team in own else []
    return (*mine, *rows)


def keys_with_effort(data: ReportData) -> tuple[str, ...]:
    """Every team with effort, parents before the teams in them, then those that the plan has not."""
    own, tree = own_amounts(data), tree_of(data.plan)
    sums = rolled_up(own, tree)
    return (*(t for t in tree.order if t in sums), *(t for t in own if t not in tree))


def rows_of(keys: Sequence[str], data: ReportData) -> tuple[TeamRow, ...]:
    """Some of ``keys_with_effort``; a row sums up the teams in it."""
    own, tree = own_amounts(data), tree_of(data.plan)
    sums = rolled_up(own, tree)
    return tuple(
        _row(team, sums[team], data, tree) if team in tree else _stranger(team, own[team], data)
        for team in keys
    )


def idle_row(team: str, data: ReportData, tree: TeamTree, *, is_merged: bool = False) -> TeamRow:
    """A team of the plan without any effort of its own to show in the period."""
    name = one_line(data.plan.teams[team].name or team)
    note = "counted with a larger group" if is_merged else "no effort recorded"
    return _made(name, tree.depth(team), Amounts(), data, note=note, key=team)


def own_amounts(data: ReportData) -> dict[str, Amounts]:
    """Each team's own effort, over all periods of the answer; teams without effort are left out."""
    out: dict[str, Amounts] = {}
    for cell in data.teams.cells:
        if cell.amounts.units:
            out[cell.key] = add(out.get(cell.key, Amounts()), cell.amounts)
    return out


def rolled_up(own: Mapping[str, Amounts], tree: TeamTree) -> dict[str, Amounts]:
    """Each team's effort together with that of the teams in it."""
    values: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    rests: dict[str, dict[RestKind, int]] = {}
    for team, amounts in own.items():
        for up in (team, *tree.ancestors(team)) if team in tree else ():
            values[up] = values.get(up, 0) + amounts.value
            elsewhere[up] = elsewhere.get(up, 0) + amounts.elsewhere
            rest = rests.setdefault(up, {})
            for kind, parts in amounts.rest.items():
                rest[kind] = rest.get(kind, 0) + parts
    return {up: Amounts(values[up], elsewhere[up], rests[up]) for up in values}


def _depth(sums: Mapping[str, Amounts], tree: TeamTree) -> int:
    """The deepest level at which the table is short enough; at least the first."""
    at = [tree.depth(team) for team in sums]
    fitting = [n for n in set(at) if sum(d <= n for d in at) <= MOST_ROWS]
    return max(fitting, default=min(at, default=0))


def _has_own_row(
    team: str, own: Mapping[str, Amounts], sums: Mapping[str, Amounts], tree: TeamTree
) -> bool:
    return team in own and any(child in sums for child in tree.children(team))


def _row(team: str, sums: Amounts, data: ReportData, tree: TeamTree) -> TeamRow:
    inside = len(tree.subtree(team)) - 1
    merged = {k for c in data.teams.cells if c.key == team for k in c.merged}
    note = f"with {plural(len(merged), 'small team')} merged into it" if merged else ""
    name = one_line(data.plan.teams[team].name or team)
    return _made(name, tree.depth(team), sums, data, is_group=inside > 0, note=note, key=team)


def _own_row(team: str, amounts: Amounts, data: ReportData, tree: TeamTree) -> TeamRow:
    name = f"{one_line(data.plan.teams[team].name or team)} itself"
    return _made(name, tree.depth(team) + 1, amounts, data, is_own=True, key=team)


def _stranger(team: str, amounts: Amounts, data: ReportData) -> TeamRow:
    if team:
        return _made(one_line(team), 0, amounts, data, note="not in the plan")
    return _made("No team", 0, amounts, data, note="work of people whose team is not known")


def _made(
    name: str, depth: int, amounts: Amounts, data: ReportData, *, is_group: bool = False,
    is_own: bool = False, note: str = "", key: str = "",
) -> TeamRow:  # fmt: skip
    score = score_of(amounts)
    value = _hundred(score.low)
    unknown = _hundred(None if score.coverage is None else 1 - score.coverage)
    rest = max(round(100 - value - unknown, 2), 0.0) if amounts.units else 0.0
    return TeamRow(
        name=name, depth=min(depth, 5), amount=_units(amounts.units, data),
        score=score_words(score), range=range_of(score), coverage=percent(score.coverage),
        value=value, unknown=unknown, rest=rest,
        rest_words=rest_words(amounts), is_group=is_group, is_own=is_own, note=note,
        key=key,
    )  # fmt: skip


def _units(parts: int, data: ReportData) -> str:
    """Units as everywhere on the page, without their name."""
    return amount(parts, data.unit).rsplit(NO_BREAK, 1)[0]


def _hundred(share: Fraction | None) -> float:
    return round(float((share or Fraction(0)) * 100), 2)


def score_words(score: Score) -> str:
    """``61 %``; only the range where too much is unknown for one number."""
    return range_of(score) if score.is_interval_only else percent(score.point)


def range_of(score: Score) -> str:
    """``61 to 73 %``; empty where nothing is unknown."""
    if score.low is None or score.high is None or score.low == score.high:
        return ""
    words = range_words(score.low, score.high)
    return words.removeprefix("between ").replace(" and ", " to ")


def rest_words(amounts: Amounts, most: int = 3) -> str:
    """The biggest kinds of the rest with their shares: ``operations 10 %, debt 7 %``."""
    if not amounts.units:
        return ""
    kinds = sorted(
        (k for k, p in amounts.rest.items() if p and k is not RestKind.UNKNOWN),
        key=lambda k: -amounts.rest[k],
    )
    shares = [f"{REST_WORDS[k]} {percent(Fraction(amounts.rest[k], amounts.units))}" for k in kinds]
    return ", ".join(shares[:most]) + (" …" if len(shares) > most else "")


def teams_words(data: ReportData) -> str:
    """The sentence under the heading: how to read the bar, and which teams have nothing recorded."""
    sums = rolled_up(own_amounts(data), tree_of(data.plan))
    idle = [
        isolated(shorten(one_line(t.name or key), 60))
        for key, t in data.plan.teams.items()
        if key not in sums
    ]
    text = "Blue went to value streams, hatched is unknown, amber is the rest."
    if not idle:
        return text
    verb = "has" if len(idle) == 1 else "have"
    return f"{text} No effort is recorded for {listed(idle, 6)}, which {verb} a place in the plan."


def all_teams(data: ReportData) -> Sheet | None:
    """Every team with its own effort, without the teams in it, as a table and a CSV."""
    columns, rows = answer_rows(data.teams)
    if not rows:
        return None
    shown = ("Team", "Units", "Value", "Unknown", "Score", "Low", "High", "Coverage")
    cells = tuple(_cells(c.name, c.amounts, c.score) for c in data.teams.cells if c.amounts.units)
    return Sheet(
        "Each team's own effort, without the teams in it", shown, cells,
        (False, *(True,) * (len(shown) - 1)), "teams.csv", data_link(columns, rows),
    )  # fmt: skip


def _cells(name: str, amounts: Amounts, score: Score) -> tuple[str, ...]:
    counted = (amounts.units, amounts.value, amounts.unknown)
    shares = (score.point, score.low, score.high, score.coverage)
    return (one_line(name), *(units_words(p) for p in counted), *(percent(s) for s in shares))


def units_words(parts: int) -> str:
    """Units without their name, to one decimal where they are not whole."""
    return bare_amount(parts)


def teams_with_effort(data: ReportData) -> Iterator[str]:
    """Ids of the teams of the plan that have effort of their own."""
    return (team for team in own_amounts(data) if team)
