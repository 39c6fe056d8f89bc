"""Saved mappings of columns: a mapping that fitted one file, for the next one with the same columns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import mappings, uploads
from app.db.imports.mappings import SavedMapping
from app.db.jobs import records as jobs
from app.domain.imports.date_orders import DateOrder
from app.domain.imports.layout import Layout
from app.domain.text.column_mapping import ColumnMapping, to_wire
from app.domain.text.columns import canonical
from app.domain.text.json_guard import load_stored
from app.errors import Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.limits import require_room
from app.web.http.models import RawObject, RequestModel, ResponseModel
from app.web.http.operation import Reply, operation
from app.web.http.responses import JSON
from app.web.jobs.access import job_not_found, reader_id
from app.web.platform import get_platform

MAX_MAPPINGS = 200
"""Saved by one user."""
MAX_COLUMNS = 2_000
FileKind = Literal[
    "voter_import",
    "parcel_import",
    "poi_import",
    "business_import",
    "reference_import",
    "geocode_file",
    "households",
    "companies",
]
ColumnName = Annotated[str, StringConstraints(max_length=200)]


class NewMapping(RequestModel):
    """A mapping to save: that of a job, or one with the columns of the files that it fits."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "Durham",
                    "kind": "voter_import",
                    "mapping": {"recordId": "Nr", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}},
                    "columns": ["Nr", "HOUSE_NUM", "STREET", "CITY"],
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f@][^\x00-\x1f]*$")
    """A saved mapping of this name is replaced."""
    job_id: UUID | None = None
    """A job that read a file with a mapping: its kind, mapping, order of dates and columns are saved."""
    kind: FileKind | None = None
    """What the file is for, without `jobId`."""
    mapping: ColumnMapping = {}
    date_order: DateOrder | None = None
    columns: list[ColumnName] | None = Field(default=None, min_length=1, max_length=MAX_COLUMNS)
    """Names of all columns of the file, without `jobId`."""


class MappingQuery(RequestModel):
    kind: FileKind | None = None
    """Only those for this kind of file."""


class MappingModel(ResponseModel):
    """A saved mapping."""

    id: UUID
    name: str
    kind: FileKind
    mapping: RawObject
    date_order: DateOrder | None
    columns: list[str]
    """The columns of the files that it fits, in lower case and without punctuation."""
    created_at: datetime
    updated_at: datetime


class MappingList(ResponseModel):
    mappings: list[MappingModel]
    """Those that were saved last come first."""
    total: int


def present_mapping(saved: SavedMapping) -> MappingModel:
    return MappingModel(
        id=saved.id,
        name=saved.name,
        kind=cast(FileKind, saved.kind),
        mapping=saved.mapping,
        date_order=cast("DateOrder | None", saved.date_order),
        columns=saved.columns,
        created_at=saved.created_at,
        updated_at=saved.updated_at,
    )


@operation("listMappings", tag="Imports", query=MappingQuery, returns={200: MappingList})
async def index(request: Request) -> Response:
    """List your saved mappings of columns."""
    user = await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, MappingQuery)
    async with platform.pool.acquire() as conn:
        found = await mappings.list_mappings(conn, user.id, query.kind)
    return JSON(MappingList(mappings=[present_mapping(saved) for saved in found], total=len(found)))


@operation(
    "saveMapping",
    tag="Imports",
    body=NewMapping,
    returns={
        201: Reply(MappingModel),
        200: Reply(MappingModel, description="A mapping of this name existed already, and was replaced."),
    },
    errors=[LimitReached, NotFound],
)
async def create(request: Request) -> Response:
    """Save a mapping of columns under a name.

    Requests with a file use it with `mapping=@name`. The response to a file with the same columns that is sent without
    a mapping suggests it.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    new = await request_parsing.read_model(request, NewMapping)
    async with platform.pool.acquire() as conn, conn.transaction():
        current = await mappings.lock_and_count(conn, user.id)
        if await mappings.find(conn, user.id, new.name) is None:
            require_room("mappings", "saved mappings", current, MAX_MAPPINGS)
        kind, mapping, order, columns = await _content(conn, user, new)
        names = {canonical(column) for column in columns}
        saved, is_new = await mappings.upsert(conn, user.id, new.name, kind, to_wire(mapping), order, sorted(names))
        await audit.record(conn, "MAPPING_SAVED", {"id": str(saved.id), "name": saved.name}, user_id=user.id)
    return JSON(present_mapping(saved), 201 if is_new else 200)


async def _content(
    conn: Connection, user: User, new: NewMapping
) -> tuple[str, ColumnMapping, DateOrder | None, Collection[str]]:
    """Return kind, mapping, order of dates and columns. Raises Invalid, NotFound."""
    if new.job_id is not None:
        return await _content_of_job(conn, user, new.job_id)
    missing = [name for name in ("kind", "mapping", "columns") if not getattr(new, name)]
    if missing:
        raise Invalid([(name, "is required without jobId") for name in missing])
    assert new.kind is not None and new.columns is not None
    return new.kind, new.mapping, new.date_order, new.columns


async def _content_of_job(
    conn: Connection, user: User, job_id: UUID
) -> tuple[str, ColumnMapping, DateOrder | None, Collection[str]]:
    job = await jobs.get(conn, job_id, reader_id(user))
    if job is None:
        raise job_not_found(job_id)
    data: dict[str, Any] = load_stored(job.data)
    upload = await uploads.find_for_job(conn, UUID(data["uploadId"]), job_id) if data.get("uploadId") else None
    if upload is None or not data.get("mapping"):
        raise Invalid([("jobId", "is no job that read a file with a mapping")])
    layout = Layout.from_json(upload.layout)
    columns = layout.header or [column["column"] for column in layout.columns]
    given = request_parsing.validate(NewMapping, {"name": "of the job", "mapping": data["mapping"]})
    return job.kind, given.mapping, data.get("dateOrder"), columns


@operation("deleteMapping", tag="Imports", returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete a saved mapping of columns."""
    user = await auth.require(request)
    platform = get_platform(request)
    mapping_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await mappings.delete(conn, mapping_id, user.id):
            raise NotFound(f"Saved mapping {mapping_id} not found.")
        await audit.record(conn, "MAPPING_DELETED", {"id": str(mapping_id)}, user_id=user.id)
    return Response(status_code=204)
