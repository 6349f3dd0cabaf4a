"""What Redmine is asked, and how its answers are paged. Nothing of what they mean.

The pages of https://www.redmine.org/projects/redmine/wiki/Rest_api say what there is; what they leave open
was found out on a server of version 5.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.offset_pages import Page, Step, read_pages
from mainstem.sources.remote import Connection, Watch
from mainstem.sources.shape import ident, listing, mapping, text

#: Most that Redmine gives on a page.
LIMIT = 100
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of Redmine that is read by itself: a project with or without those inside, or everything."""

    project: str = ""
    inside: bool = True

    @property
    def params(self) -> dict[str, Any]:
        """Parameters that narrow a list to it."""
        if not self.project:
            return {}
        return {"project_id": self.project, "subproject_id": "*" if self.inside else "!*"}


def scopes_of(of: Connection) -> list[Scope]:
    """The parts that the settings name."""
    inside = of.is_on("subprojects") or not of.text("subprojects")
    return [Scope(p, inside) for p in dict.fromkeys(of.words("projects"))] or [Scope()]


class Redmine:
    """A Redmine under one address. Safe between threads. Use it as a context manager."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        self.calls = Calls(
            of.text("url"), watch, name=of.name, explain=_explained(of.name),
            headers={"X-Redmine-API-Key": of.secret("token")},
        )  # fmt: skip
        self._knows_days_only = False

    def __enter__(self) -> Redmine:
        return self

    def __exit__(self, *given: object) -> None:
        self.calls.__exit__(*given)

    # lists

    def changed(self, scope: Scope, since: datetime | None, first: str) -> Iterator[Step]:
        """Issues in the order of their last change, from a moment or a day on."""
        params = {**scope.params, "status_id": "*", "sort": "updated_on,id"}

        def ask(offset: int) -> Page:
            if since is None:
                day = {"updated_on": f">={first}"} if first else {}
                return self._issues({**params, **day}, offset)
            moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
            try:
                if not self._knows_days_only:
                    return self._issues({**params, "updated_on": f">={moment}"}, offset)
            except SourceError as error:
                if error.code != "source.refused":
                    raise
                self._knows_days_only = True
            # before 2.4 it knows days only, and cuts them in the account's time zone
            day_before = (since - timedelta(days=1)).date().isoformat()
            return self._issues({**params, "updated_on": f">={day_before}"}, offset)

        return read_pages(ask, lambda row: (_id(row), mapping(row).get("updated_on")))

    def issues(self, scope: Scope, more: Params) -> Iterator[Step]:
        """Issues in the order of their numbers."""
        params = {**scope.params, "status_id": "*", "sort": "id", **more}
        return read_pages(lambda offset: self._issues(params, offset), lambda row: (_id(row), None))

    def entries(
        self, scope: Scope, more: Params, *, start: int = 0, before: str = ""
    ) -> Iterator[Step]:
        """Time entries in the order in which they were made; those from ``before`` on.

        Args:
            start: Offset at which they are thought to begin.
            before: Moment of creation as Redmine writes it; empty: all.
        """
        params = {**scope.params, "sort": "created_on", **more}

        def is_before(row: Any) -> bool:
            made = text(mapping(row).get("created_on"))
            return bool(before and made and made < before)

        return read_pages(
            lambda offset: self._page("time_entries", params, offset),
            lambda row: (_id(row), mapping(row).get("updated_on")), start=start, is_before=is_before,
        )  # fmt: skip

    def projects(self) -> Iterator[Any]:
        """All projects that the account may see."""
        for step in read_pages(lambda o: self._page("projects", {}, o), lambda r: (_id(r), None)):
            yield from step.rows

    def short(self, path: str, name: str, params: Params | None = None) -> Sequence[Any]:
        """A list that comes whole, such as statuses."""
        return listing(mapping(self.calls.get_json(path, params)).get(name))

    def total(self, scope: Scope, more: Params) -> int:
        """How many issues there are."""
        params = {**scope.params, "status_id": "*", "limit": 1, **more}
        return _total(self.calls.get_json("issues.json", params), "issues")

    # single things

    def issue(self, number: int) -> Mapping[str, Any] | str:
        """An issue with its history, or why it cannot be had: ``deleted``, ``out of reach``."""
        return self._one(f"issues/{number}.json", "issue", {"include": "journals"})

    def user(self, number: int) -> Mapping[str, Any] | str:
        """Somebody, or why not, as ``issue``."""
        return self._one(f"users/{number}.json", "user", {"include": "groups"})

    def group(self, number: int) -> Mapping[str, Any] | str:
        """A group, or why not, as ``issue``."""
        return self._one(f"groups/{number}.json", "group", None)

    def who_logged(self, number: int) -> set[int]:
        """Ids of those who logged time on an issue."""
        steps = self.entries(Scope(), {"issue_id": number})
        rows = [mapping(row) for step in steps for row in step.rows]
        found = (ident(mapping(row.get("user")).get("id")) for row in rows)
        return {user for user in found if user}

    def _one(self, path: str, name: str, params: Params | None) -> Mapping[str, Any] | str:
        try:
            return mapping(mapping(self.calls.get_json(path, params)).get(name))
        except SourceError as error:
            if error.code == "source.absent":
                return "deleted"
            if error.code == "source.rights":
                return "out of reach"
            raise

    def _issues(self, params: Params, offset: int) -> Page:
        return self._page("issues", params, offset)

    def _page(self, name: str, params: Params, offset: int) -> Page:
        asked = {**params, "limit": LIMIT, "offset": offset}
        answer = self.calls.get_json(f"{name}.json", asked)
        rows = mapping(answer).get(name)
        limit = ident(mapping(answer).get("limit")) or LIMIT
        return Page(listing(rows), _total(answer, name), limit)


def _total(answer: Any, name: str) -> int:
    total = mapping(answer).get("total_count")
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise SourceError(
            f"The answer has no number of {name}.",
            "Is the address that of a Redmine? Versions before 1.1 cannot be read.",
            code="source.answer",
        )
    return total


def _id(row: Any) -> object:
    return ident(mapping(row).get("id")) or repr(row)[:200]


def _explained(name: str) -> Callable[[int, Mapping[str, str], bytes], SourceError | None]:
    def explain(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
        if status != 401:
            return None
        return SourceError(
            f"Redmine does not take the API access key of {name}.",
            "Copy it anew from the account's page My account, and see that the account is not locked.",
            code="source.credentials",
        )

    return explain
