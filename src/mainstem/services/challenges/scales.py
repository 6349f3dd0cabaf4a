"""What a plan is weighed with: its findings, what history says, and what people answered."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.challenge.catalogue_of import SECTION_OF
from mainstem.challenge.ground import OPEN_STATES, Ground
from mainstem.challenge.weighing import Scales
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan
from mainstem.services.challenges.history import History, history_of

if TYPE_CHECKING:
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.plans.findings_index import Findings
    from mainstem.services.scores.scoring import Book

#: Sections of which things are challenged, in the order of a page.
CHALLENGED = tuple(dict.fromkeys(SECTION_OF.values()))


@dataclass(frozen=True, slots=True)
class Checked:
    """Which plan the findings are of.

    Attributes:
        revision: Its revision; empty if none has been checked yet.
        is_newest: Whether it is the plan that was asked about.
    """

    revision: str
    is_newest: bool


def scales_of(
    desk: Desk,
    found: Findings | None = None,
    *,
    subjects: Iterable[str] | None = None,
    language: str = "en",
    has_tallies: bool = True,
) -> tuple[Scales, Checked]:
    """The scales for a plan; what follows from plan, day and ledger is kept as long as the plan.

    Args:
        desk: The plan, answers and ledger.
        found: Its findings, where somebody keeps them; else they are worked out once.
        subjects: Only the answers about these are needed.
        language: In which statements are wanted.
        has_tallies: Whether it matters which question decides most.
    """
    ground = Ground(desk.standing.plan, desk.today)
    held = found if found is not None else _findings(desk)
    scales = Scales(
        ground, held.by_subject, _history(desk, ground), desk.answers.standing(subjects),
        desk.answers.tallies() if has_tallies else {}, language,
    )  # fmt: skip
    return scales, Checked(held.revision, held.is_newest)


@kept_with_plan
def _memo(plan: Plan) -> dict[Hashable, Any]:
    return {}


def _findings(desk: Desk) -> Findings:
    from mainstem.services.plans.findings_index import index_findings
    from mainstem.services.plans.planning import check_standing

    plan, day = desk.standing.plan, desk.today
    memo = _memo(plan)
    made: Findings | None = memo.get(("findings", day))
    if made is None:
        made = index_findings(check_standing(plan, today=day), desk.standing.revision, day)
        memo["findings", day] = made
    return made


def _history(desk: Desk, ground: Ground) -> History:
    book = desk.book()
    key = ("history", ground.today, _view(book))
    memo = _memo(ground.plan)
    made: History | None = memo.get(key)
    if made is None:
        made = memo[key] = history_of(ground, book)
    return made


def _view(book: Book | None) -> Hashable:
    return None if book is None else (book.revision, book.desk.view.version)


def challenged_subjects(scales: Scales) -> list[str]:
    """Everything of a plan that is challenged as it stands: what is over is not asked about again.

    Metrics that are some stream's value metric; key results and initiatives of cycles that are not
    closed; teams that have committed to something in these; dependencies that are not done.
    """
    plan, ground = scales.plan, scales.ground
    results = [k for k, kr in plan.key_results.items() if ground.is_checked(kr.cycle)]
    bets = [
        k for k, bet in plan.initiatives.items()
        if bet.state in OPEN_STATES and ground.is_checked(bet.cycle)
    ]  # fmt: skip
    committed = {plan.key_results[k].team for k in results}
    chosen = {
        "objectives": list(plan.objectives),
        "streams": list(plan.streams),
        "metrics": [m for m in plan.metrics if scales.streams_of(m)],
        "key_results": results,
        "initiatives": bets,
        "teams": [t for t in plan.teams if t in committed],
        "dependencies": [k for k, need in plan.dependencies.items() if need.state != "done"],
    }
    return [f"{section}/{key}" for section in CHALLENGED for key in chosen[section]]
