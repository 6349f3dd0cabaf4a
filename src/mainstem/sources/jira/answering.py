"""Answers in Jira: a comment on an issue. Its mark is a property of the comment, which no page shows.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/ and
…/api-group-issue-comment-properties/; Data Center has the same under version 2. On service projects the comment
is internal (``sd.public.comment``), so that no customer reads the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answering import Item, Reply, for_writing, placed, plain, wiki_of
from mainstem.sources.dates import moment
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.people import People
from mainstem.sources.jira.values import names, text
from mainstem.sources.remote import Connection, Refused, Watch
from mainstem.sources.shape import listing, mapping

_FIELDS = "summary,description,labels,components,issuetype,project,created,creator,status,parent"
_MARK = "mainstem.answer"
_INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
#: Comments of a page, pages that are looked through, and own comments whose mark is asked for.
_PAGE, _PAGES, _OURS = 100, 30, 20
#: Longest description that is read.
_LONGEST = 20_000


@contextmanager
def answering(of: Connection, watch: Watch) -> Iterator[JiraAnswers]:
    """Jira, with the credentials for writing."""
    given = for_writing(of)
    with Client(given, watch) as client:
        kind = given.text("deployment")
        client.cloud = (kind or client.server().get("deploymentType", "")).lower() == "cloud"
        yield JiraAnswers(client, given)


class JiraAnswers:
    """As ``sources.answering.Answering``."""

    def __init__(self, client: Client, of: Connection) -> None:
        self.client, self._of = client, of
        self._people = People(of.words("bots"))
        self._me = ""

    def look(self, key: str) -> Item | None:
        """An issue by its id or key; ``None`` if it has gone."""
        address = self.client.api(f"issue/{key}")
        try:
            raw = mapping(self.client.get(address, {"fields": _FIELDS}))
        except SourceError as error:
            if error.code == "source.absent":
                return None
            raise
        shown = text(raw.get("key"))
        return self._item(mapping(raw.get("fields")), shown, address) if shown else None

    def _item(self, fields: Mapping[str, Any], key: str, address: str) -> Item:
        project = text(mapping(fields.get("project")).get("key")) or key.rpartition("-")[0]
        labels = names(fields.get("labels"))
        maker = self._people.met(fields.get("creator"))
        category = mapping(mapping(fields.get("status")).get("statusCategory")).get("key")
        link = f"{self._of.text('url').rstrip('/')}/browse/{key}"
        return Item(
            key, address, text(fields.get("summary")) or "", _words_of(fields.get("description")), link,
            project, labels, _given(fields, project, labels), _moment(fields),
            bool(maker and maker.bot), category != "done",
        )  # fmt: skip

    def write(self, item: Item, reply: Reply, *, posted: str, mark: str) -> str:
        """As ``Answering.write``."""
        return placed(_Comments(self, item, mark), reply, posted)

    def body(self, reply: Reply) -> Any:
        """An answer as this Jira takes it: a document, or wiki markup."""
        return document_of(reply) if self.client.cloud else wiki_of(reply)

    def me(self) -> str:
        """The account that writes."""
        if not self._me:
            self._me = _account(self.client.myself())
        return self._me


class _Comments:
    """As ``sources.answering.Comments``."""

    def __init__(self, jira: JiraAnswers, item: Item, mark: str) -> None:
        self._jira, self._item, self._mark = jira, item, mark
        self._client = jira.client

    def edit(self, ident: str, reply: Reply) -> bool:
        if not ident.isdecimal():
            return False
        # Cloud mails nobody about a change; Data Center does not know the word and passes it over
        path = f"{self._item.address}/comment/{ident}?notifyUsers=false"
        try:
            self._client.calls.send("PUT", path, {"body": self._jira.body(reply)}, again=True)
        except SourceError as error:
            if error.code == "source.absent":
                return False
            raise
        return True

    def find(self) -> str:
        ours = [c for c in self._all() if _account(mapping(c.get("author"))) == self._jira.me()]
        for one in ours[-_OURS:]:
            ident = str(one.get("id", ""))
            if ident.isdecimal() and self._mark_of(ident) == self._mark:
                return ident
        return ""

    def _all(self) -> Iterator[Mapping[str, Any]]:
        start = 0
        for _ in range(_PAGES):
            params = {"startAt": start, "maxResults": _PAGE, "orderBy": "created"}
            answer = mapping(self._client.get(f"{self._item.address}/comment", params))
            rows = listing(answer.get("comments"))
            yield from map(mapping, rows)
            start += len(rows)
            total = answer.get("total")
            if not rows or not isinstance(total, int) or start >= total:
                return

    def _mark_of(self, ident: str) -> str:
        path = self._client.api(f"comment/{ident}/properties/{_MARK}")
        try:
            found = mapping(self._client.get(path))
        except SourceError as error:
            if error.code == "source.absent":
                return ""
            raise
        return str(mapping(found.get("value")).get("mark", ""))

    def post(self, reply: Reply) -> str:
        marked = {"key": _MARK, "value": {"mark": self._mark}}
        body = {"body": self._jira.body(reply), "properties": [marked, _INTERNAL]}
        answer = self._client.calls.send("POST", f"{self._item.address}/comment", body, again=False)
        ident = str(mapping(answer.json()).get("id", ""))
        if not ident.isdecimal():
            raise SourceError(
                "Jira took an answer and did not say where it is.", "It is looked for next time.",
                code="source.answer", permanent=False,
            )  # fmt: skip
        return ident


def document_of(reply: Reply) -> dict[str, Any]:
    """An answer as Atlassian's document format, in which a text is never more than a text."""
    strong = [{"type": "strong"}]
    content: list[dict[str, Any]] = [_paragraph(plain(reply.head), strong)]
    if reply.lines:
        items = [{"type": "listItem", "content": [_paragraph(plain(line))]} for line in reply.lines]
        content.append({"type": "bulletList", "content": items})
    if reply.link:
        link = [{"type": "link", "attrs": {"href": reply.link}}]
        content.append(_paragraph("More about this answer", link))
    if reply.foot:
        content.append(_paragraph(plain(reply.foot), [{"type": "em"}]))
    return {"type": "doc", "version": 1, "content": content}


def _paragraph(words: str, marks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    # a text without letters is refused
    inner: dict[str, Any] = {"type": "text", "text": words or "…"}
    return {"type": "paragraph", "content": [{**inner, "marks": marks} if marks else inner]}


def _given(
    fields: Mapping[str, Any], project: str, labels: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    parent = mapping(fields.get("parent"))
    above = text(parent.get("key"))
    level = mapping(mapping(parent.get("fields")).get("issuetype")).get("hierarchyLevel")
    kind = text(mapping(fields.get("issuetype")).get("name"))
    found = {
        "project": (project,), "type": (kind,) if kind else (), "label": labels,
        "component": names(fields.get("components")), "parent": (above,) if above else (),
        "epic": (above,) if above and level == 1 else (),
    }  # fmt: skip
    return {name: values for name, values in found.items() if values}


def _words_of(value: Any, depth: int = 0) -> str:
    """The words of a description: a text, or a document."""
    if isinstance(value, str):
        return value[:_LONGEST]
    if depth > 30 or not isinstance(value, dict):
        return ""
    own = value.get("text")
    if isinstance(own, str):
        return own
    parts = [_words_of(one, depth + 1) for one in listing(value.get("content"))]
    return ("" if value.get("type") == "paragraph" else "\n").join(p for p in parts if p)[:_LONGEST]


def _account(user: Mapping[str, Any]) -> str:
    """What a Jira knows an account by; empty for nobody, who is never ourselves."""
    return next((str(user[n]) for n in ("accountId", "key", "name") if user.get(n)), "?")


def _moment(fields: Mapping[str, Any]) -> Any:
    try:
        return moment(fields.get("created"), "moment of creation")
    except Refused:
        return None
