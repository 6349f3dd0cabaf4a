"""The demo plan as YAML files that people would write: split sensibly, commented, one idea a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mainstem.demo.bets import dependencies, initiatives, key_results
from mainstem.demo.company import Company
from mainstem.demo.planning import (
    customers,
    cycles,
    expectations,
    links,
    metrics,
    objectives,
    organisation,
    rest,
    streams,
    teams,
)

#: Widest line for a list or a small mapping in one line.
_WIDTH = 96
_PLAIN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 _./%()'+@-]*(?<! )$")
_SENTENCE = re.compile(r"^[A-Za-z0-9][^\n\"#:]*(?<! )$")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})

_HEADS = {
    "organisation": "Floodlight TV is invented: a company that streams sport. Start reading here, then\n"
    "objectives.yaml, then the streams of one objective.",
    "cycles": "Both days are included.",
    "customers": "Whom we serve, and the steps of their life with us. A stage says who hands people over to\n"
    "the next one.",
    "teams": "The tree of teams. `owns` are the names in CODEOWNERS files that mean a team.",
    "objectives": "Themes: words, no number, no \"how\".",
    "metrics": "The one number of each stream, what is said to drive it, and weekly values.",
    "guardrails": "Numbers that must not get worse while another gets better. They are nobody's target.",
    "streams": "What flows to a customer, the one metric that says whether it does, who delivers it, and by\n"
    "which marks its work is recognised (claims).",
    "key_results": "Commitments to move a metric by a date.",
    "initiatives": "Bets: doing this moves that metric by about so much. Not projects.",
    "dependencies": "What a team needs from another, by when, and what was promised.",
    "links": "Single pieces of work that somebody attributed by hand.",
    "rest": "What work was for that no stream claims. The first rule that matches wins.",
    "expect": "Examples that must hold: a check tells when a change of a claim breaks one.",
}  # fmt: skip


def _scalar(value: object, *, inline: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    allowed = _PLAIN if inline else _SENTENCE
    if (
        allowed.match(value)
        and value.lower() not in _WORDS_OF_YAML
        and not _looks_like_number(value)
    ):
        return value
    return json.dumps(value, ensure_ascii=False)


def _looks_like_number(value: str) -> bool:
    return bool(re.fullmatch(r"[\d.eE+_]+", value))


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(v) for v in value) + "]"
    return _scalar(value, inline=True)


def _lines(value: object, indent: int) -> Iterator[str]:
    """A mapping or a list in block style; small ones inside it in one line."""
    pad = "  " * indent
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(f"{pad}{key}:", inner, indent)
    elif isinstance(value, list):
        for inner in value:
            short = _inline(inner)
            if len(short) + len(pad) <= _WIDTH or not isinstance(inner, Mapping):
                yield f"{pad}- {short}"
                continue
            first, *others = _lines(inner, indent + 1)
            yield f"{pad}- {first.strip()}"
            yield from others


def _entry(head: str, inner: object, indent: int) -> Iterator[str]:
    if not isinstance(inner, (Mapping, list)):
        yield f"{head} {_scalar(inner, inline=False)}"
        return
    short = _inline(inner)
    is_small = isinstance(inner, list) or not any(
        isinstance(v, (Mapping, list)) for v in inner.values()
    )
    fits = len(head) + 1 + len(short) <= _WIDTH
    if fits and is_small and not _is_rows(inner):
        yield f"{head} {short}"
        return
    yield head
    yield from _lines(inner, indent + 1)


def _is_rows(value: object) -> bool:
    """Lists of mappings always stand one below the other."""
    return isinstance(value, list) and any(isinstance(v, Mapping) for v in value)


def section_text(section: str, value: object, *, head: str | None = None) -> str:
    """One section of the plan as YAML, with a comment that says what it is for."""
    about = "".join(f"# {line}\n" for line in _HEADS.get(head or section, "").splitlines())
    out = [f"{section}:"]
    if isinstance(value, Mapping) and section != "organisation":
        before = 0
        for key, entity in value.items():
            block = list(_entry(f"  {key}:", entity, 1))
            if before and max(before, len(block)) > 1:
                out.append("")
            out += block
            before = len(block)
    else:
        out += list(_lines(value, 1))
    return about + "\n".join(out) + "\n"


def write_plan(folder: Path, company: Company, done: Callable[[str], None]) -> tuple[Path, ...]:
    """Writes the plan into ``folder``; one folder for each market of a large company.

    Returns:
        The files, in the order in which they were written.
    """
    files: list[Path] = []

    def write(name: str, *texts: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(texts), encoding="utf-8", newline="\n")
        files.append(path)
        done(name)

    org = section_text("organisation", organisation(company))
    write("organisation.yaml", org, section_text("cycles", cycles(company)))
    tree = dict(teams(company))
    if not company.is_large:
        write("teams.yaml", section_text("teams", tree))
    else:
        markets = {company.slug(m) for m in range(len(company.markets))}
        upper = {k: v for k, v in tree.items() if "/" not in k}
        write("teams.yaml", section_text("teams", upper))
        for slug in sorted(markets):
            inner = {k: v for k, v in tree.items() if k.startswith(f"{slug}/")}
            write(f"{slug}/teams.yaml", section_text("teams", inner))
    for market in range(len(company.markets)):
        for name, texts in _market_files(company, market):
            write(f"{company.slug(market)}/{name}" if company.is_large else name, *texts)
    write(
        "attribution.yaml", section_text("rest", rest(company)), section_text("links", links(company)),
        section_text("expect", expectations(company)),
    )  # fmt: skip
    return tuple(files)


def _market_files(company: Company, market: int) -> Iterator[tuple[str, list[str]]]:
    yield "customers.yaml", [section_text("customers", customers(company, market))]
    aims = objectives(company, market)
    yield "objectives.yaml", [section_text("objectives", aims)]
    flows, numbers = streams(company, market), metrics(company, market)
    for aim in aims:
        mine = {k: v for k, v in flows.items() if v["objective"] == aim}
        cards = {k: v for k, v in numbers.items() if k.rsplit(".", 1)[0] in mine}
        short = aim.rsplit("/", 1)[-1]
        yield f"streams/{short}.yaml", [section_text("streams", mine)]
        yield f"metrics/{short}.yaml", [section_text("metrics", cards)]
    others = {k: v for k, v in numbers.items() if k.rsplit(".", 1)[0] not in flows}
    yield "metrics/guardrails.yaml", [section_text("metrics", others, head="guardrails")]
    results, bets = key_results(company, market), initiatives(company, market)
    for cycle in dict.fromkeys(v["cycle"] for v in results.values()):
        chosen = {k: v for k, v in results.items() if v["cycle"] == cycle}
        made = {k: v for k, v in bets.items() if v["cycle"] == cycle}
        yield (
            f"{cycle}/key-results.yaml",
            [section_text("key_results", chosen)],
        )
        yield f"{cycle}/initiatives.yaml", [section_text("initiatives", made)]
    yield "dependencies.yaml", [section_text("dependencies", dependencies(company, market))]
