"""What the challenge of a whole plan says, in sentences: counts first, then what many things share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mainstem.challenge.ground import Ground
from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.challenge.weighing import Weighed
from mainstem.plan.findings import Severity
from mainstem.plan.model import SECTIONS

#: Statements of which a sentence is made, most frequent first.
MOST_SENTENCES = 8
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(count: int) -> str:
    """``three``, and ``12``: as one writes it in a sentence."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def counted(count: int, word: str) -> str:
    """``three streams``, ``one stream``, ``no streams``; the last word takes the plural."""
    plural = word if count == 1 else f"{word[:-1]}ies" if word[-1] == "y" else f"{word}s"
    return f"{number(count)} {plural}"


def verdicts_in_words(weighed: Sequence[Weighed]) -> str:
    """How many things have which verdict, worst first, as one sentence."""
    if not weighed:
        return "The plan has nothing yet that could be challenged."
    counts = Counter(w.verdict for w in weighed)
    whole = counted(len(weighed), "thing")
    if counts[Verdict.PASSES] == len(weighed):
        return f"All {whole} pass." if len(weighed) > 1 else "The one thing there is passes."
    told = [
        f"{number(counts[v])} {_SAID[v] if counts[v] != 1 else _SAID_OF_ONE[v]}"
        for v in Verdict
        if counts[v]
    ]
    return f"Of {whole}, {_listed(told)}."


_SAID = {
    Verdict.DISQUALIFIED: "are disqualified",
    Verdict.CONDITIONAL: "wait for an answer",
    Verdict.PASSES_WITH_WARNINGS: "pass with warnings",
    Verdict.PASSES: "pass",
}
_SAID_OF_ONE = {
    Verdict.DISQUALIFIED: "is disqualified",
    Verdict.CONDITIONAL: "waits for an answer",
    Verdict.PASSES_WITH_WARNINGS: "passes with warnings",
    Verdict.PASSES: "passes",
}


def sums(weighed: Sequence[Weighed], ground: Ground) -> tuple[str, ...]:
    """What stands out, as sentences: streams that can refuse nothing, then what is true of most things."""
    by_subject = {w.subject: w for w in weighed}
    powerless = list(_without_power(by_subject, ground))
    out = []
    if powerless:
        has = "has" if len(powerless) == 1 else "have"
        said = counted(len(powerless), "stream")
        out.append(_sentence(f"{said} {has} no metric that could refuse anything"))
    true: Counter[tuple[str, str, str]] = Counter()
    for w in weighed:
        for told in w.told:
            if told.statement and told.answer is Answer.TRUE and told.overruled is None:
                true[told.id, told.text, SECTIONS[w.subject.partition("/")[0]]] += 1
    common = sorted(true.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SENTENCES]
    out += [
        _sentence(f"{counted(count, word)}: “{_inside(text)}” ({name})")
        for (name, text, word), count in common
    ]
    waiting = sum(w.verdict is Verdict.CONDITIONAL for w in weighed)
    open_ = sum(t.is_open for w in weighed for t in w.told if t.severity is Severity.BLOCKS)
    if open_:
        thing = counted(waiting, "thing")
        asks = "question decides" if open_ == 1 else "questions decide"
        out.append(_sentence(f"{number(open_)} open {asks} on {thing}"))
    return tuple(out)


def _without_power(weighed: Mapping[str, Weighed], ground: Ground) -> Iterator[str]:
    """Streams that have not exactly one metric, or one that is itself disqualified."""
    for stream, metrics in ground.value_metrics.items():
        known = [m for m in metrics if m in ground.plan.metrics]
        held = weighed.get(f"metrics/{known[0]}") if len(known) == 1 else None
        if len(known) != 1 or (held is not None and held.verdict is Verdict.DISQUALIFIED):
            yield stream


def _inside(text: str) -> str:
    """A sentence as it stands within quotation marks."""
    return text.rstrip(".").replace("“", "‘").replace("”", "’")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
