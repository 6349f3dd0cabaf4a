"""A claim as somebody types it, ready to be tried: read, checked, and put into the plan that would hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mainstem.errors import Invalid
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Claim, Plan, RestKind, RestRule, Stream
from mainstem.services.scores.book import Book
from mainstem.services.work.attributing import owned_words, plain_of
from mainstem.work.branches import branches
from mainstem.work.claim_checks import check_claims
from mainstem.work.conditions import is_empty
from mainstem.work.rest import rest_rules

if TYPE_CHECKING:
    from mainstem.ledger.claim_effect import Trial

#: Words that stand as they are in the plan's text, and those that would be read as something else.
_PLAIN = re.compile(r"[^\W\d_][\w-]*")
_TAKEN = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


@dataclass(frozen=True, slots=True)
class TypedClaim:
    """A claim that a stream, or a kind of the rest, might make.

    Attributes:
        target: ``stream:x`` or ``kind:y``.
        claim: The claim, or the rule of the rest.
        warnings: What is doubtful about it, as sentences.
    """

    target: str
    claim: Claim | RestRule
    warnings: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """``stream`` or ``kind``."""
        return self.target.partition(":")[0]

    @property
    def name(self) -> str:
        """The stream's identifier, or the kind's word."""
        return self.target.partition(":")[2]


def read_claim(target: str, fields: Mapping[str, Any], plan: Plan) -> TypedClaim:
    """A claim out of its fields.

    Args:
        target: ``stream:x`` or ``kind:y``.
        fields: As a plan has them: ``{"label": ["spike"], "not": {"type": "bug"}}``.
        plan: Names the streams.

    Raises:
        Invalid: no such stream or kind, a field that is not as it must be, or a claim that can match nothing.
    """
    kind, _, name = target.partition(":")
    _check_target(kind, name, plan)
    made = _shape(kind, name, fields)
    if is_empty(made):
        raise Invalid(
            "The claim asks for nothing.",
            "Name a label, component, project, path, …",
            field="claim",
        )
    found = _findings(made)
    blocked = next((f for f in found if f.severity is Severity.BLOCKS), None)
    if blocked:
        raise Invalid(blocked.what, blocked.hint, field="claim")
    return TypedClaim(target, made, tuple(f.what for f in found))


def claim_fields(text: str) -> dict[str, Any]:
    """The fields of a claim as somebody types it: lines of the plan's text, with or without the hyphen.

    Raises:
        Invalid: it is no mapping.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    plain = YAML(typ="safe", pure=True)
    wrong = Invalid(
        f"This is no claim: {text.strip()[:80]!r}.", "Write what it asks for, such as `label: start-time`.",
        field="claim",
    )  # fmt: skip
    try:
        found = plain.load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise wrong from error
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict) or not found:
        raise wrong
    return {str(name): value for name, value in found.items()}


def written_claim(fields: Mapping[str, Any]) -> str:
    """Fields of a claim as text, a line each."""
    plain = {
        k: v[0] if isinstance(v, (list, tuple)) and len(v) == 1 else v for k, v in fields.items()
    }
    return "\n".join(f"{k}: {_written(v)}" for k, v in plain.items())


def _written(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    return json.dumps(value, ensure_ascii=False)


def _check_target(kind: str, name: str, plan: Plan) -> None:
    is_stream = kind == "stream" and name in plan.streams
    is_kind = kind == "kind" and name in set(RestKind) - {RestKind.UNKNOWN}
    if not is_stream and not is_kind:
        raise Invalid(
            f"There is no stream and no kind {name!r}.",
            "Say stream:ID of a stream of the plan, or kind:WORD of a kind of the rest.",
            field="target",
        )


def _shape(kind: str, name: str, fields: Mapping[str, Any]) -> Claim | RestRule:
    try:
        if kind == "stream":
            return Claim.model_validate(fields)
        return RestRule.model_validate({**fields, "kind": name})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"`{place}`: {first['msg']}." if place else f"{first['msg']}.",
            "`mainstem claim try --help` and the page about claims say what a claim may ask for.",
            field="claim",
        ) from error


def _findings(made: Claim | RestRule) -> list[Finding]:
    if isinstance(made, RestRule):
        return check_claims(Plan(rest=(made,)))
    return check_claims(Plan(streams={"tried": Stream(claims=(made,))}))


def with_claim(plan: Plan, typed: TypedClaim) -> Plan:
    """The plan with the claim after all others of its stream, or the rule after all others of the rest."""
    if isinstance(typed.claim, RestRule):
        return plan.model_copy(update={"rest": (*rest_rules(plan), typed.claim)})
    stream = plan.streams[typed.name]
    fuller = stream.model_copy(update={"claims": (*stream.claims, typed.claim)})
    return plan.model_copy(update={"streams": {**plan.streams, typed.name: fuller}})


def trial_of(typed: TypedClaim, book: Book) -> Trial:
    """The claim in the ledger's numbers."""
    from mainstem.ledger.claim_effect import Trial
    from mainstem.ledger.names import SupposedNames

    desk, after = book.desk, with_claim(book.plan, typed)
    names = SupposedNames({kind: desk.names(kind) for kind in ("target", "reason", "team_id")})
    team_no = names.numbers("team_id", list(after.teams))
    plain, by_team = plain_of(after, names)
    is_rest = isinstance(typed.claim, RestRule)
    if is_rest:
        rules = plain.rest[-1:]
    else:
        own = [
            r for r, b in zip(plain.claims, branches(after), strict=True) if b.stream == typed.name
        ]
        before = sum(b.stream == typed.name for b in branches(book.plan))
        rules = own[before:]
    line = _team_line(after, team_no) if by_team else []
    words = [(word, team_no[team]) for word, team in owned_words(after)] if by_team else []
    return Trial(plain, rules, is_rest, line, words)


def _team_line(plan: Plan, team_no: Mapping[str, int]) -> list[tuple[int, list[str]]]:
    """Of each team the words by which a claim may name it: its own and those of all it is part of."""
    rows = []
    for team, number in team_no.items():
        words: list[str] = []
        at = team
        while at and len(words) < 64:
            words.append(at.lower())
            at = (plan.teams[at].in_ or "") if at in plan.teams else ""
        rows.append((number, words))
    return rows
