"""Pages of issues and pull requests, made whole: long lists to their end, holes asked for again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.github import queries
from mainstem.sources.github.client import Hub, Told, in_lots
from mainstem.sources.github.failing import EXPIRED_TYPE, Failure, refusal
from mainstem.sources.github.queries import Features
from mainstem.sources.remote import Reject

#: Lists of an item that are read to their end.
_LISTS = ("labels", "timelineItems", "reviews", "files", "projectItems")
#: GitHub shows no more files of a pull request than this.
MOST_FILES = 3_000
#: A page with a hole that may close is asked for so often.
TRIES = 3
_LOT = 50
#: Long lists of so many items are read on with one call.
_AT_ONCE = 20

Item = dict[str, Any]


@dataclass(slots=True)
class Page:
    """What came of a page.

    Attributes:
        nodes: Items, each whole.
        rejects: Items that GitHub did not give.
        notes: What it keeps back.
        after: Token of the next page; empty on the last.
    """

    nodes: list[Item] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    after: str = ""


class Reader:
    """Reads items of a source; safe between threads."""

    def __init__(self, hub: Hub, has: Features) -> None:
        self.hub, self.has = hub, has
        self._queries = {
            False: queries.issues_page(has), True: queries.pulls_page(has),
        }  # fmt: skip
        self._by_ids = queries.by_ids(has)

    def page(self, repository: str, pulls: bool, asked: Mapping[str, Any]) -> Page:
        """A page of a repository's issues or pull requests, its items as yet with first pages only.

        Args:
            repository: ``owner/name``.
            asked: Variables: ``after``, ``order``, and for issues ``filter`` and ``states``.

        Raises:
            SourceError: it could not be had; its code is ``failing.EXPIRED`` for a token that is not taken.
        """
        owner, _, name = repository.partition("/")
        query = self._queries[pulls]
        most = queries.PULLS_A_PAGE if pulls else queries.ISSUES_A_PAGE
        most = min(most, queries.PROJECTED_A_PAGE) if self.has.projects else most
        where = f"{repository} {'pull requests' if pulls else 'issues'}"

        def ask(size: int) -> Told:
            return self.hub.once(query, {"owner": owner, "name": name, "first": size, **asked})

        for attempt in range(1, TRIES + 1):
            told = self.hub.sized(query.partition("(")[0], most, ask)
            found = _under(told.data, "repository", "page")
            if not isinstance(found, Mapping):
                raise refusal(told.errors, f"GitHub gives no {where}")
            if attempt == TRIES or not _has_passing_hole(found, told.errors):
                break
            self.hub.pause(attempt)
        page = self._checked(_list(found.get("nodes")), told.errors, 3, where)
        more = found.get("pageInfo")
        if isinstance(more, Mapping) and more.get("hasNextPage") is True:
            page.after = str(more.get("endCursor") or "")
        return page

    def by_ids(self, ids: Sequence[str]) -> Page:
        """Items by their node ids; those that are not there are left out."""
        page = Page()
        at = 0
        while at < len(ids):
            left = ids[at:]

            def ask(size: int, left: Sequence[str] = left) -> tuple[int, Told]:
                return size, self.hub.once(self._by_ids, {"ids": list(left[:size])})

            size, told = self.hub.sized("nodes", _LOT, ask)
            found = self._checked(_list(told.data.get("nodes")), told.errors, 1, "", absent=True)
            page.nodes += found.nodes
            page.rejects += found.rejects
            page.notes.update(found.notes)
            at += size
        return page

    def by_numbers(self, keys: Sequence[tuple[str, str, int]]) -> list[tuple[Item | None, bool]]:
        """Items by owner, name and number.

        Returns:
            For each, the item or ``None``, and whether the repository could be seen at all.
        """
        out: list[tuple[Item | None, bool]] = []
        for lot in in_lots(keys, 20):
            given: dict[str, Any] = {}
            for i, (owner, name, number) in enumerate(lot):
                given |= {f"o{i}": owner, f"n{i}": name, f"i{i}": number}
            told = self.hub.ask(queries.by_numbers(len(lot), self.has), given)
            for i in range(len(lot)):
                repository = told.data.get(f"k{i}")
                found = _under(told.data, f"k{i}", "issueOrPullRequest")
                out.append((_item(found), isinstance(repository, Mapping)))
        return out

    def complete(self, nodes: Iterable[Item]) -> None:
        """Reads the long lists of items to their end, in place: one list of many items with one call."""
        alike: dict[tuple[str, str], list[Item]] = {}
        for item in nodes:
            for name in _LISTS:
                if _goes_on(item.get(name)):
                    alike.setdefault((str(item.get("__typename")), name), []).append(item)
        lots = [(*what, lot) for what, items in alike.items() for lot in in_lots(items, _AT_ONCE)]
        for _ in self.hub.each(self._rest, lots):
            pass

    def _rest(self, wanted: tuple[str, str, Sequence[Item]]) -> None:
        kind, name, items = wanted
        seen = [list(_list(item[name].get("nodes"))) for item in items]
        at = [item[name] for item in items]
        while True:
            left = [n for n in range(len(items)) if _goes_on(at[n]) and len(seen[n]) < MOST_FILES]
            if not left:
                break

            def ask(size: int, left: list[int] = left) -> tuple[list[int], Told]:
                given: dict[str, Any] = {}
                for k, n in enumerate(left[:size]):
                    after = at[n]["pageInfo"].get("endCursor")
                    given |= {f"i{k}": items[n].get("id"), f"a{k}": after}
                query = queries.rest_of(kind, name, len(left[:size]), self.has)
                return left[:size], self.hub.once(query, given)

            asked, told = self.hub.sized("rest", _AT_ONCE, ask)
            for k, n in enumerate(asked):
                at[n] = self._next(told, f"n{k}", name, seen[n])
        for item, every in zip(items, seen, strict=True):
            item[name] = {"nodes": every}

    def _next(self, told: Told, alias: str, name: str, seen: list[Any]) -> object:
        """The next part of a list; added to what was seen of it."""
        found = _under(told.data, alias, name)
        if isinstance(found, Mapping):
            seen += _list(found.get("nodes"))
            return found
        errors = [e for e in told.errors if e.path[:1] in ((), (alias,))]
        if any(e.type == EXPIRED_TYPE for e in errors):
            seen.clear()
            return {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        if not errors or any(e.type == "NOT_FOUND" for e in errors):
            return None  # it is gone meanwhile: the roll call finds that
        raise refusal(tuple(errors), "GitHub gives only a part of a long list")

    def _checked(
        self, nodes: list[Any], errors: Sequence[Failure], depth: int, where: str,
        absent: bool = False,
    ) -> Page:  # fmt: skip
        """Sorts out holes.

        Args:
            depth: Place in the path of an error at which the number of the item stands.
            absent: Items that are not there are expected.
        """
        page, wrong = Page(), _by_item(errors, depth)
        doubtful: list[str] = []
        for i, found in enumerate(nodes):
            item, failed = _item(found), wrong.get(i, [])
            if item is None:
                if not (absent and all(f.type == "NOT_FOUND" for f in failed)):
                    page.rejects.append(Reject(where, "GitHub keeps the item back", _words(failed)))
            elif any(not f.is_kept_back for f in failed):
                doubtful.append(str(item.get("id")))
            else:
                page.nodes.append(item)
                page.notes.update({_note(f): None for f in failed})
        if doubtful:
            self._ask_again(doubtful, page)
        return page

    def _ask_again(self, ids: list[str], page: Page) -> None:
        """Items of which a part was absent, one by one: a smaller question may be answered whole."""
        for ident in ids:
            told = self.hub.ask(self._by_ids, {"ids": [ident]})
            item = _item(next(iter(_list(told.data.get("nodes"))), None))
            if item is not None and all(f.is_kept_back for f in told.errors):
                page.nodes.append(item)
            else:
                words = _words(told.errors)
                page.rejects.append(Reject(ident, "GitHub gives only a part of the item", words))


def _has_passing_hole(found: Mapping[str, Any], errors: Sequence[Failure]) -> bool:
    wrong = _by_item(errors, 3)
    nodes = _list(found.get("nodes"))
    return any(
        node is None and any(not f.is_kept_back for f in wrong.get(i, []))
        for i, node in enumerate(nodes)
    )


def _by_item(errors: Sequence[Failure], depth: int) -> dict[int, list[Failure]]:
    out: dict[int, list[Failure]] = {}
    for error in errors:
        step = error.path[depth] if len(error.path) > depth else None
        if isinstance(step, int):
            out.setdefault(step, []).append(error)
    return out


def _note(failed: Failure) -> str:
    what = next((str(s) for s in reversed(failed.path) if isinstance(s, str)), "something")
    return f"GitHub keeps back {what} of some items: {failed.message}"


def _words(failed: Sequence[Failure]) -> str:
    return "; ".join(dict.fromkeys(f.message for f in failed))[:200]


def _goes_on(found: object) -> bool:
    more = found.get("pageInfo") if isinstance(found, Mapping) else None
    return isinstance(more, Mapping) and more.get("hasNextPage") is True


def _item(found: object) -> Item | None:
    return dict(found) if isinstance(found, Mapping) and found else None


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _under(found: object, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
