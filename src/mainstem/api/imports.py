"""Bringing work in: files that are uploaded and read by a job, and what became of every import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import File, Path, Router
from ninja.files import UploadedFile
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, Out, Page
from mainstem.config import settings
from mainstem.services.people.access import Action
from mainstem.services.sources import states as source_states
from mainstem.services.sources.states import LandingRow, SourceState
from mainstem.services.work import work_uploads
from mainstem.services.work.work_uploads import Upload

router = Router()
TAG = "imports"


class Refused(Out):
    """Why rows were not taken."""

    reason: str
    rows: int
    example: str


class LandingShown(Out):
    """What one import became: read = new + changed + unchanged + rejected."""

    number: int
    source: str
    at: datetime
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    withdrawn: int
    reasons: list[Refused]
    notes: list[str]


class SourceShown(Out):
    """A source that has landed something."""

    name: str
    last: LandingShown
    landings: int
    last_day: date | None = Field(description="last day of effort that it has")
    lag_days: int | None


class UploadShown(Out):
    """A file that was uploaded, and what became of it."""

    token: str
    name: str
    kind: str
    size: int
    by: str
    at: datetime
    job: int = Field(description="number of the job that reads it; 0 before")
    state: str = Field(description="of the job: waiting, running, done, failed; empty before")
    said: str = Field(description="what the job said, or why it failed")
    landing: int = Field(description="number of the landing that it became; 0 before")


class Reading(In):
    """How a file is read."""

    source: Line = Field("", description="name to land under; rows of one name correct each other")
    is_whole: Flag = Field(
        False, description="the file holds everything: what is gone is withdrawn"
    )


def _landing(row: LandingRow) -> LandingShown:
    reasons = [
        Refused(reason=why, rows=count, example=example) for why, count, example in row.reasons
    ]
    return LandingShown(
        number=row.number, source=row.source, at=row.at, read=row.read, new=row.new,
        changed=row.changed, unchanged=row.unchanged, rejected=row.rejected, withdrawn=row.withdrawn,
        reasons=reasons, notes=list(row.notes),
    )  # fmt: skip


def _source(found: SourceState) -> SourceShown:
    return SourceShown(name=found.name, last=_landing(found.last), landings=found.landings,
                       last_day=found.last_day, lag_days=found.lag_days)  # fmt: skip


def _upload(found: Upload) -> UploadShown:
    job = work_uploads.job_of(found)
    return UploadShown(
        token=found.token, name=found.name, kind=found.kind, size=found.size, by=found.by,
        at=datetime.fromisoformat(found.at), job=found.job, state=job.state if job else "",
        said=(job.said or job.reason) if job else "", landing=found.landing,
    )  # fmt: skip


TokenInPath = Annotated[str, Path(max_length=40)]


@router.get("/sources", response=Page[SourceShown], operation_id="list_sources")
def list_sources(request: Request) -> Page[SourceShown]:
    """Every source that has landed anything, with its last import."""
    found = source_states.look_at_sources(request.ground, request.actor)
    return Page(items=[_source(s) for s in found.sources], next=None)


@router.get("/landings/{int:number}", response=LandingShown, operation_id="get_landing")
def get_landing(request: Request, number: NumberInPath) -> LandingShown:
    """What one import became, to the last row."""
    return _landing(source_states.look_at_landing(number, request.ground, request.actor))


@router.post("/uploads", response={201: UploadShown}, operation_id="upload")
@needs(Action.IMPORT)
def upload(
    request: Request, file: Annotated[UploadedFile, File(description="CSV, Excel, JSON or Parquet")]
) -> tuple[int, UploadShown]:
    """Uploads a table of work. It is read when ``read_upload`` asks for it."""
    most = settings().bytes("MAINSTEM_UPLOAD")
    kept = work_uploads.keep_upload(
        file.name or "",
        file.chunks(),
        request.ground,
        request.actor,
        most=most,
        at=request.ground.now(),
    )
    return 201, _upload(kept)


@router.get("/uploads/{str:token}", response=UploadShown, operation_id="get_upload")
@needs(Action.IMPORT)
def get_upload(request: Request, token: TokenInPath) -> UploadShown:
    """A file that was uploaded, and what became of it."""
    return _upload(work_uploads.upload_of(token, request.ground, request.actor))


@router.post("/uploads/{str:token}/read", response={202: UploadShown}, operation_id="read_upload")
@needs(Action.IMPORT)
def read_upload(
    request: Request, token: TokenInPath, body: Reading | None = None
) -> tuple[int, UploadShown]:
    """Asks for a file to be read into the ledger soon."""
    ground, given = request.ground, body or Reading()
    found = work_uploads.upload_of(token, ground, request.actor)
    asked = work_uploads.ask_for_import(
        found, given.source, ground, request.actor, is_whole=given.is_whole, at=ground.now()
    )
    return 202, _upload(asked)
