"""The plan in the database: read at any revision, written as typed changes in one transaction."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Q

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.changes import Change, apply, diff, from_json, names_of, sentence, to_json
from mainstem.plan.model import (
    SECTIONS,
    SHAPES,
    Plan,
    Shape,
)
from mainstem.plan.soundness import Fault, faults, misshapen, new_faults, touched, written
from mainstem.plan.standing import Signature, Standing, revision_name
from mainstem.store import glances
from mainstem.store.models import Element, Head, Revision

_LISTS = ("links", "rest", "expect")
#: Plans kept in memory beside the newest.
_KEPT = 4
#: Smallest distance between two places before a section is numbered anew.
_CLOSE = 1e-6

Key = tuple[str, str]


@dataclass(slots=True)
class _Loaded:
    """The newest plan in memory, with the place of each element.

    The digest tells it from a plan of the same number that was rolled back or restored over.
    """

    standing: Standing
    digest: str
    places: dict[Key, float]
    faults: frozenset[Fault] | None = None


@dataclass(slots=True)
class StoredPlans:
    """The plan of a server. Safe to share between threads; each process has its own.

    The newest plan stays in memory. Asking for it costs one query; what another process has written
    since is read alone.
    """

    _newest: _Loaded | None = None
    _older: OrderedDict[int, Standing] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def head(self) -> Standing:
        """The plan as it stands now."""
        return self._head().standing

    def at(self, revision: str) -> Standing:
        """The plan as it stood at a revision.

        Raises:
            Absent: there is no such revision.
        """
        number = Standing(Plan(), revision).number
        if revision and not number:
            raise no_revision(revision)
        newest = self._head()
        if number == newest.standing.number:
            return newest.standing
        if number > newest.standing.number:
            raise no_revision(revision)
        with self._lock:
            if number in self._older:
                self._older.move_to_end(number)
                return self._older[number]
        found = _load(number).standing
        if transaction.get_connection().in_atomic_block:
            # it may yet be rolled back
            return found
        with self._lock:
            self._older[number] = found
            while len(self._older) > _KEPT:
                self._older.popitem(last=False)
        return found

    def write(
        self,
        changes: Sequence[Change],
        signed: Signature,
        *,
        base: str | None = None,
        undoes: int | None = None,
    ) -> Standing:
        """Makes the changes and keeps them as one revision, all or nothing.

        Changes made for an older revision are taken if what they touch is still as they expect.

        Args:
            changes: What to do, in order.
            signed: Who, when, why.
            base: The revision that the changes were made for; it must exist.
            undoes: Number of the revision that this one undoes.

        Raises:
            StaleChange: somebody has changed the same thing meanwhile. Nothing was done.
            Invalid: the plan would no longer hold together. Nothing was done.
        """
        with transaction.atomic():
            lock, _ = Head.objects.select_for_update().get_or_create(pk=1)
            was = self._head((lock.number, lock.digest))
            if base is not None and Standing(Plan(), base).number > lock.number:
                raise no_revision(base)
            old = was.standing.plan
            new = apply(old, changes)
            broken = _refuse_broken(was, new)
            number = lock.number + 1
            made = tuple(diff(old, new))
            if not made:
                return was.standing
            places = _keep_elements(old, new, number, was.places)
            digest = _keep_revision(number, lock.digest, old, new, made, signed, undoes)
            Head.objects.filter(pk=1).update(number=number, digest=digest)
            now = _Loaded(Standing(new, revision_name(number)), digest, places, broken)
        self._remember(now)
        return now.standing

    def _remember(self, found: _Loaded) -> None:
        with self._lock:
            self._newest = found

    def _head(self, head: tuple[int, str] | None = None) -> _Loaded:
        if head is None:
            head = glances.head()
        number, digest = head
        known = self._newest
        if known is not None and (known.standing.number, known.digest) == head:
            return known
        if known is not None and number - known.standing.number > 0 and _is_kept(known):
            found = _follow(known, number, digest)
        else:
            found = _load(number, digest)
        self._remember(found)
        return found


def _is_kept(known: _Loaded) -> bool:
    """Whether what is in memory is a revision that is in the database too."""
    number = known.standing.number
    if not number:
        return True
    return Revision.objects.filter(pk=number, digest=known.digest).exists()


def no_revision(revision: str) -> Absent:
    """The error for a revision that there is none of."""
    return Absent(
        f"The plan has no revision {revision!r}.",
        "A revision is written like r12; the page of the plan lists them.",
        code="plan.no_revision",
    )


def _refuse_broken(was: _Loaded, new: Plan) -> frozenset[Fault]:
    for section, ident, _, now in touched(was.standing.plan, new):
        for one in (now,) if isinstance(now, Shape) else (now or ()):
            for path, what in misshapen(one):
                raise Invalid(
                    f"{SECTIONS.get(section, section)} {ident}: {what}".replace("  ", " ") + ".",
                    f"It is about `{'.'.join(map(str, path)) or section}`.",
                    code="plan.shape",
                    field=str(path[0]) if path else "",
                )
    if was.faults is None:
        was.faults = frozenset(faults(was.standing.plan))
    found = new_faults(was.faults, new)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        path = found[0].path
        raise Invalid(
            f"{found[0].subject or 'The plan'}: {found[0].what}{more}",
            found[0].hint or "Change what depends on it first.",
            code="plan.unsound",
            field=str(path[0]) if path else "",
        )
    return frozenset(faults(new)) if was.faults else frozenset()


def _keep_elements(
    old: Plan, new: Plan, number: int, places: Mapping[Key, float]
) -> dict[Key, float]:
    after = {**places}
    gone: list[Key] = []
    fresh: list[tuple[Key, Any]] = []
    for section, ident, was, now in touched(old, new):
        if was is not None:
            gone.append((section, ident))
        if now is not None:
            fresh.append(((section, ident), now))
        else:
            after.pop((section, ident), None)
    for section in SECTIONS:
        if list(getattr(old, section)) != list(getattr(new, section)):
            moved = _placed(section, list(getattr(new, section)), after)
            fresh_keys = {key for key, _ in fresh}
            for ident, place in moved.items():
                key = (section, ident)
                if after.get(key) != place:
                    after[key] = place
                    if key not in fresh_keys:
                        gone.append(key)
                        fresh.append((key, getattr(new, section)[ident]))
    _close(gone, number)
    Element.objects.bulk_create(
        [
            Element(section=key[0], ident=key[1], since=number, place=after.get(key, 0.0), body=_body(value))
            for key, value in fresh
        ],
        batch_size=400,
    )  # fmt: skip
    return after


def _placed(section: str, idents: list[str], places: Mapping[Key, float]) -> dict[str, float]:
    """A place for each entity, rising; those that keep their order keep their place."""
    known = {ident: places.get((section, ident)) for ident in idents}
    stay = [p for p in known.values() if p is not None]
    if any(b - a < _CLOSE for a, b in pairwise(stay)):
        return {ident: float(n) for n, ident in enumerate(idents, 1)}
    out: dict[str, float] = {}
    before = 0.0
    waiting: list[str] = []
    for ident in (*idents, None):
        place = known[ident] if ident is not None else None
        if ident is not None and place is None:
            waiting.append(ident)
            continue
        step = (place - before) / (len(waiting) + 1) if place is not None else 1.0
        for n, one in enumerate(waiting, 1):
            out[one] = before + n * step
        waiting = []
        if ident is not None and place is not None:
            out[ident] = before = place
    if any(b - a < _CLOSE for a, b in pairwise(out.values())):
        return {ident: float(n) for n, ident in enumerate(idents, 1)}
    return out


def _close(keys: Iterable[Key], number: int) -> None:
    by_section: dict[str, list[str]] = {}
    for section, ident in keys:
        by_section.setdefault(section, []).append(ident)
    for section, idents in by_section.items():
        for start in range(0, len(idents), 400):
            Element.objects.filter(
                section=section, ident__in=idents[start : start + 400], until=None
            ).update(until=number)


def _body(value: Any) -> Any:
    if isinstance(value, Shape):
        return written(value)
    return [written(one) for one in value]


def _keep_revision(
    number: int,
    before: str,
    old: Plan,
    new: Plan,
    made: Sequence[Change],
    signed: Signature,
    undoes: int | None,
) -> str:
    as_json = [to_json(change) for change in made]
    digest = revision_digest(before, as_json, signed.name, signed.at, signed.why)
    Revision.objects.create(
        number=number,
        at=signed.at,
        by_id=signed.by,
        by_name=signed.name,
        why=signed.why,
        origin=signed.origin,
        changes=as_json,
        inverse=[to_json(change) for change in diff(new, old)],
        sentence=in_a_sentence(made),
        subjects=" ".join(dict.fromkeys(c.subject or str(c.path[0]) for c in made)) + " ",
        undoes=undoes,
        digest=digest,
    )
    return digest


def revision_digest(
    previous: str, changes: Sequence[Any], name: str, at: datetime, why: str
) -> str:
    """The digest of a revision: it covers the one before, so that none can be altered unseen."""
    text = previous + json.dumps([list(changes), name, at.astimezone(UTC).isoformat(), why])
    return hashlib.sha256(text.encode()).hexdigest()


def in_a_sentence(changes: Sequence[Change]) -> str:
    """What a list of changes does, read aloud."""
    said = [sentence(change) for change in changes[:3]]
    more = len(changes) - len(said)
    return "; ".join(said) + (f"; and {more} more" if more else "")


def kept_changes(rows: Iterable[Mapping[str, Any]], new: Plan, old: Plan) -> tuple[Change, ...]:
    """Changes as they were kept, typed again, with the names of both plans for their sentences."""
    names = names_of(new, old)
    return tuple(from_json(row, names=names) for row in rows)


def _load(number: int, digest: str = "") -> _Loaded:
    rows = (
        Element.objects.filter(since__lte=number)
        .filter(Q(until=None) | Q(until__gt=number))
        .order_by("place", "pk")
        .values_list("section", "ident", "place", "body")
    )
    sections: dict[str, Any] = {section: {} for section in SECTIONS}
    places: dict[Key, float] = {}
    for section, ident, place, body in rows.iterator(chunk_size=2000):
        places[section, ident] = place
        value = _value(section, body)
        if section in SECTIONS:
            sections[section][ident] = value
        else:
            sections[section] = value
    plan = Plan.model_construct(**{**_EMPTY, **sections})
    return _Loaded(Standing(plan, revision_name(number)), digest, places)


_EMPTY = {name: getattr(Plan(), name) for name in Plan.model_fields}


def _value(section: str, body: Any) -> Any:
    shape = SHAPES[section]
    if section in _LISTS:
        return tuple(shape.model_validate(one) for one in body)
    return shape.model_validate(body)


def _follow(known: _Loaded, number: int, digest: str) -> _Loaded:
    """The plan at ``number`` out of one that is in memory, reading only what changed in between."""
    start = known.standing.number
    gone = Element.objects.filter(since__lte=start, until__gt=start, until__lte=number)
    fresh = (
        Element.objects.filter(since__gt=start, since__lte=number)
        .filter(Q(until=None) | Q(until__gt=number))
        .values_list("section", "ident", "place", "body")
    )
    plan, places = known.standing.plan, {**known.places}
    values: dict[str, Any] = {}
    for section, ident in gone.values_list("section", "ident"):
        places.pop((section, ident), None)
        _take(values, plan, section).pop(ident, None)
    for section, ident, place, body in fresh:
        places[section, ident] = place
        _take(values, plan, section)[ident] = _value(section, body)
    update = {
        section: dict(_in_order(section, held, places)) if section in SECTIONS else held[""]
        for section, held in values.items()
        if section in SECTIONS or "" in held
    }
    for section in values:
        if section not in SECTIONS and "" not in values[section]:
            update[section] = _EMPTY[section]
    made = Standing(plan.model_copy(update=update), revision_name(number))
    return _Loaded(made, digest, places)


def _take(values: dict[str, Any], plan: Plan, section: str) -> dict[str, Any]:
    if section not in values:
        held = getattr(plan, section)
        values[section] = {**held} if section in SECTIONS else {}
    found: dict[str, Any] = values[section]
    return found


def _in_order(
    section: str, held: Mapping[str, Any], places: Mapping[Key, float]
) -> Iterator[tuple[str, Any]]:
    yield from sorted(held.items(), key=lambda pair: places.get((section, pair[0]), 0.0))


def changes_of_revision(number: int) -> list[Mapping[str, Any]]:
    """What a revision did, as it was kept; long for a plan that was uploaded whole.

    Raises:
        Absent: there is none of that number.
    """
    found = Revision.objects.filter(pk=number).values_list("changes", flat=True).first()
    if found is None:
        raise no_revision(revision_name(number))
    return found  # type: ignore[no-any-return]


def kept_revision(number: int) -> Revision:
    """A kept revision.

    Raises:
        Absent: there is none of that number.
    """
    found = Revision.objects.filter(pk=number).first()
    if found is None:
        raise no_revision(revision_name(number))
    return found


def undo_changes(revision: Revision, now: Plan) -> tuple[Change, ...]:
    """The changes that undo a revision, to be made on the plan as it is now.

    Raises:
        Conflict: the revision holds nothing that can be undone.
    """
    if not revision.inverse:
        raise Conflict(
            f"Revision r{revision.number} cannot be undone: nothing says what was there before.",
            "Change the plan by hand.",
        )
    return kept_changes(revision.inverse, now, now)
