"""Connected sources: made, watched, synced, tested, proved. Credentials go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Path, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, Out, Page
from mainstem.clock import now
from mainstem.services.decisions import answering
from mainstem.services.people.access import Action
from mainstem.services.sources import connected as connected_sources
from mainstem.services.sources import showing as source_showing
from mainstem.services.sources.connected import Wanted
from mainstem.services.sources.connecting import Kind
from mainstem.services.sources.showing import SourceSettings, SourceShown

router = Router()
TAG = "sources"
NameInPath = Annotated[str, Path(max_length=60, examples=["tracker"])]
Text = Annotated[str, Field(max_length=100_000)]
#: An option: a text, a number, yes or no, a list, or names and texts.
Given = Text | bool | int | float | list[Text] | dict[str, Text] | None


class OptionShown(Out):
    """Something that a kind of source can be told."""

    name: str
    kind: str = Field(
        description="text, url, words, number, switch, choice, mapping, block, secret"
    )
    help: str
    default: str
    required: bool
    choices: list[str]


class KindShown(Out):
    """A kind of source that can be connected."""

    name: str = Field(examples=["jira"])
    words: str
    options: list[OptionShown]
    brings: str = Field(description="work or metrics")
    is_hooked: bool = Field(description="whether it can tell of changes by itself")


class CheckedShown(Out):
    """One thing that a test looked at."""

    what: str
    ok: bool
    said: str
    hint: str
    optional: bool


class ProofRow(Out):
    """Items of a type created in a month, on both sides."""

    type: str
    month: str
    theirs: int
    ours: int


class ProofShown(Out):
    """What was counted on both sides, last time."""

    sentence: str
    words: str
    is_estimate: bool
    can_say: bool
    rows: list[ProofRow]
    at: datetime | None


class ConnectionShown(Out):
    """A connected source and how it stands."""

    name: str
    kind: str
    brings: str
    is_on: bool
    every_minutes: int
    state: str = Field(
        description="off, syncing, waiting, well, late, failed, stopped, or `given up` until somebody"
        " changes it or asks for a sync"
    )
    failed: str = Field(description="why the last sync failed and what to do; empty if it did not")
    began: datetime | None
    well: datetime | None = Field(description="when a sync last ended well")
    next_at: datetime | None
    progress: dict[str, Any] = Field(description="done, total, words, of the sync that runs")
    report: dict[str, Any] = Field(
        description="of the last sync that ended well: read = new + changed + unchanged + rejected"
    )


class ConnectionTold(ConnectionShown):
    """The same with what it is told. Of credentials only which are kept."""

    options: dict[str, str]
    secrets: list[str] = Field(description="names of the credentials that are kept")
    hook: str = Field(description="path at which its messages come in; empty if it sends none")
    tested_at: datetime | None
    tested: list[CheckedShown]


class NewConnection(In):
    """A source to connect. `get_connection_kinds` says what each kind can be told."""

    name: Line = Field(min_length=1, max_length=60, examples=["tracker"])
    kind: Line = Field(examples=["jira"])
    options: dict[Line, Given] = Field(default_factory=dict)
    secrets: dict[Line, Text] = Field(default_factory=dict, description="credentials, in the clear")
    every: Line = Field("", examples=["15 min"])


class ConnectionChange(In):
    """What is to be otherwise. Options that are left out stay, credentials too."""

    options: dict[Line, Given] | None = None
    secrets: dict[Line, Text] = Field(default_factory=dict)
    every: Line = ""
    is_on: Flag | None = None


class Syncing(In):
    """How to sync."""

    anew: Flag = Field(False, description="read everything again from the beginning")


class NewSecret(In):
    """A secret for messages."""

    secret: Line = Field("", description="what the tracker shows as its own; empty: one is made")


class SecretMade(Out):
    """A secret for messages, shown once."""

    secret: str


class AnsweredShown(Out):
    """An answer that was written in a tracker, or could not be."""

    place: str = Field(
        description="the item, as the tracker tells of it", examples=["acme/shop#12"]
    )
    name: str = Field(description="what people call it")
    said: str = Field(description="the answer in a sentence; empty if none was written")
    fault: str = Field(description="why the last one could not be written")
    link: str
    waits: bool = Field(description="touched since, and still to be looked at")
    at: datetime


@router.get("/connection-kinds", response=Page[KindShown], operation_id="list_connection_kinds")
@needs(Action.CONNECT)
def list_kinds(request: Request) -> Page[KindShown]:
    """Kinds of sources that can be connected, and what each can be told."""
    return Page(items=[_kind(k) for k in source_showing.kinds_offered(request.actor)], next=None)


@router.get("/connections", response=Page[ConnectionShown], operation_id="list_connections")
def list_connections(request: Request) -> Page[ConnectionShown]:
    """All connected sources, by name."""
    found = source_showing.connected_sources(request.actor, at=now())
    return Page(items=[ConnectionShown.model_validate(s) for s in found], next=None)


@router.post("/connections", response={201: ConnectionTold}, operation_id="connect_source")
@needs(Action.CONNECT)
def connect(request: Request, body: NewConnection) -> tuple[int, ConnectionTold]:
    """Connects a source; its first sync begins at once."""
    wanted = Wanted(body.options, body.secrets, body.every)
    connected_sources.connect_source(
        body.name, body.kind, wanted, request.ground, request.actor, at=request.ground.now()
    )
    return 201, _told(request, body.name)


@router.get("/connections/{str:name}", response=ConnectionShown, operation_id="get_connection")
def get_connection(request: Request, name: NameInPath) -> ConnectionShown:
    """A connected source and how it stands."""
    found = source_showing.connected_source(name, request.actor, at=now())
    return ConnectionShown.model_validate(found)


@router.get(
    "/connections/{str:name}/settings",
    response=ConnectionTold,
    operation_id="get_connection_settings",
)
@needs(Action.CONNECT)
def get_settings(request: Request, name: NameInPath) -> ConnectionTold:
    """The same with what it is told and what the last test found."""
    return _told(request, name)


@router.patch("/connections/{str:name}", response=ConnectionTold, operation_id="change_connection")
@needs(Action.CONNECT)
def change(request: Request, name: NameInPath, body: ConnectionChange) -> ConnectionTold:
    """Changes a source. A credential that was kept is only kept for the place that it was given for."""
    at, actor = request.ground.now(), request.actor
    kept = source_showing.settings_of(name, actor).options
    if body.options is not None or body.secrets or body.every:
        wanted = Wanted({**kept, **(body.options or {})}, body.secrets, body.every)
        connected_sources.change_source(name, wanted, request.ground, actor, at=at)
    if body.is_on is not None:
        connected_sources.switch_source(name, body.is_on, actor, at=at)
    return _told(request, name)


@router.delete("/connections/{str:name}", response={204: None}, operation_id="remove_connection")
@needs(Action.CONNECT)
def remove(request: Request, name: NameInPath) -> tuple[int, None]:
    """Removes a source with its credentials. What it brought stays."""
    connected_sources.remove_source(name, request.actor, at=request.ground.now())
    return 204, None


@router.post(
    "/connections/{str:name}/sync", response={202: ConnectionShown}, operation_id="sync_connection"
)
@needs(Action.CONNECT)
def sync(
    request: Request, name: NameInPath, body: Syncing | None = None
) -> tuple[int, ConnectionShown]:
    """Asks for a sync as soon as possible, also of a source that had been given up."""
    anew = body is not None and body.anew
    connected_sources.sync_source(name, request.actor, at=request.ground.now(), anew=anew)
    return 202, get_connection(request, name)


@router.post(
    "/connections/{str:name}/stop", response={202: ConnectionShown}, operation_id="stop_connection"
)
@needs(Action.CONNECT)
def stop(request: Request, name: NameInPath) -> tuple[int, ConnectionShown]:
    """Ends the sync that runs, at its next request. The next one goes on where it was."""
    connected_sources.stop_source(name, request.actor, at=request.ground.now())
    return 202, get_connection(request, name)


@router.post("/connections/{str:name}/test", response={202: None}, operation_id="test_connection")
@needs(Action.CONNECT)
def test(request: Request, name: NameInPath) -> tuple[int, None]:
    """Asks for a test; what it finds stands in `get_connection_settings` soon."""
    connected_sources.ask_for_test(name, request.actor, at=request.ground.now())
    return 202, None


@router.post("/connections/{str:name}/prove", response={202: None}, operation_id="prove_connection")
@needs(Action.CONNECT)
def prove(request: Request, name: NameInPath) -> tuple[int, None]:
    """Asks for a count on both sides; what it finds stands in `get_proof` soon."""
    connected_sources.ask_for_proof(name, request.actor, at=request.ground.now())
    return 202, None


@router.get("/connections/{str:name}/proof", response=ProofShown, operation_id="get_proof")
def get_proof(request: Request, name: NameInPath) -> ProofShown:
    """What was counted on both sides, last time."""
    found = source_showing.connected_source(name, request.actor, at=now())
    of = found.proof
    return ProofShown(
        sentence=of.get("sentence", ""), words=of.get("words", ""),
        is_estimate=bool(of.get("is_estimate")), can_say=bool(of.get("can_say", True)),
        rows=[ProofRow.model_validate(r) for r in of.get("rows", ())], at=found.proved,
    )  # fmt: skip


@router.post(
    "/connections/{str:name}/hook-secret", response=SecretMade, operation_id="set_hook_secret"
)
@needs(Action.CONNECT)
def set_secret(request: Request, name: NameInPath, body: NewSecret | None = None) -> SecretMade:
    """Another secret for the messages of a source; the one before stops. It is shown once."""
    given = body.secret if body else ""
    made = connected_sources.set_hook_secret(
        name, request.actor, at=request.ground.now(), given=given
    )
    return SecretMade(secret="" if given else made)


@router.get(
    "/connections/{str:name}/answers",
    response=Page[AnsweredShown],
    operation_id="list_connection_answers",
)
@needs(Action.CONNECT)
def list_answers(request: Request, name: NameInPath) -> Page[AnsweredShown]:
    """What was answered lately in a source, where the work is; newest first, fifty at most."""
    found = answering.answered_lately(name, request.actor)
    return Page(items=[AnsweredShown.model_validate(one) for one in found], next=None)


def _kind(of: Kind) -> KindShown:
    return KindShown(
        name=of.name, words=of.words, brings=of.brings, is_hooked=of.is_hooked,
        options=[
            OptionShown(name=o.name, kind=o.kind, help=o.help, default=o.default, required=o.required,
                        choices=list(o.choices))
            for o in of.options
        ],
    )  # fmt: skip


def _told(request: Request, name: str) -> ConnectionTold:
    shown: SourceShown = source_showing.connected_source(name, request.actor, at=now())
    told: SourceSettings = source_showing.settings_of(name, request.actor)
    base = ConnectionShown.model_validate(shown).model_dump()
    tested = told.tested
    return ConnectionTold(
        **base, options=dict(told.options), secrets=list(told.secrets),
        hook=f"/hooks/in/{told.hook_token}" if told.hook_token else "",
        tested_at=datetime.fromisoformat(tested["at"]) if tested else None,
        tested=[CheckedShown.model_validate(c) for c in tested.get("checks", ())],
    )  # fmt: skip
