"""How well the wording rules tell outputs from outcomes: ``python -m bench.wording``.

Precision and recall on three sets: statements of our own, labelled before the rules were run on them; real
key results of others, labelled twice independently; and those of the latter that both passes agree on.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.challenge.real_key_results import DATA, kappa, labels, texts
from tests.challenge.wording_statements import statements

from mainstem.challenge.kr_kind import kr_kind

NOT_SHOWN = ("output", "mixed", "unclear", "unmeasured")


def rates(labelled: Iterable[tuple[str, str]]) -> str:
    """A row of the table, from pairs of text and ``outcome``, ``unmeasured``, ``output`` or ``neither``."""
    said = [(kr_kind(text).kind, label) for text, label in labelled]
    called = [label for kind, label in said if kind == "output"]
    outputs = [kind for kind, label in said if label == "output"]
    others = [kind for kind, label in said if label != "outcome"]
    outcomes = [kind for kind, label in said if label == "outcome"]
    parts = (
        (sum(label == "output" for label in called), len(called)),
        (outputs.count("output"), len(outputs)),
        (sum(kind in NOT_SHOWN for kind in others), len(others)),
        (outcomes.count("output"), len(outcomes)),
    )
    return " | ".join(f"{k} of {n} ({k / n:.0%})" if n else "none" for k, n in parts)


def main() -> None:
    print(
        "| set | called output, rightly | outputs called so | no outcome, not taken for one | outcomes called output |"
    )
    print("| --- | --- | --- | --- | --- |")
    own = [s for s in statements("first", "second", "third") if s.subject == "KR"]
    named = [(s.text, "outcome" if s.kinds[0] == "outcome?" else s.kinds[0]) for s in own]
    print(f"| our own, {len(own)} | {rates(named)} |")
    if not DATA.exists():
        return
    one, two = labels("one"), labels("two")
    read = texts(list(one))
    for name, pass_ in (("first", one), ("second", two)):
        print(
            f"| real, {name} pass, {len(pass_)} | {rates((read[p], k) for p, k in pass_.items())} |"
        )
    agreed = [(read[p], k) for p, k in one.items() if two[p] == k]
    print(f"| real, both agree, {len(agreed)} | {rates(agreed)} |")
    print(f"\nCohen's kappa of the two passes: {kappa(one, two):.2f}")


if __name__ == "__main__":
    main()
