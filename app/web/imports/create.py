"""Import requests: the file is stored and recognised, and becomes one job or as many as it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.db.jobs.records import Inserted
from app.domain.imports import businesses, job_parts, kinds, layout, parcels, pois
from app.domain.imports.geojson import check_crs
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec, NewJob
from app.domain.websites.businesses import FROM_CSV
from app.errors import BadRequest
from app.settings import Settings
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.uploads import Upload, received_upload
from app.web.imports.requests import BusinessImportRequest, ImportRequest, VoterImportRequest
from app.web.platform import get_platform


@dataclass(frozen=True)
class ImportRoute:
    """The differences between the import routes."""

    spec: JobSpec
    options: type[ImportRequest]
    recognise: Callable[[Upload, Any], Layout]
    """Called with the upload and the options. Raises Unreadable."""
    noun: str
    """Plural noun for the rows of the file, used in messages."""
    audit_action: str
    default_source: str = ""
    """The namespace of the record ids unless the request names one; that of voters depends on the file."""


def _recognise_voters(upload: Upload, options: VoterImportRequest) -> Layout:
    return layout.recognise_voter_file(upload.intake.survey, options.profile, options.mapping)


def _recognise_businesses(upload: Upload, options: BusinessImportRequest) -> Layout:
    return businesses.recognise_business_file(upload.intake.survey, options.mapping)


def _recognise_places(
    known: frozenset[str], check_header: Callable[[list[str]], None]
) -> Callable[[Upload, ImportRequest], Layout]:
    """Return the function that recognises GeoJSON, or a table with some of the `known` columns."""

    def recognise(upload: Upload, options: ImportRequest) -> Layout:
        if upload.format is not FileFormat.DELIMITED:
            check_crs(upload.intake.survey.head)
            return Layout(upload.format, [])
        table = layout.recognise_table(upload.intake.survey, known)
        check_header(table.header)
        return table

    return recognise


VOTERS = ImportRoute(kinds.VOTER_IMPORT, VoterImportRequest, _recognise_voters, "voters", "VOTERS_IMPORT_QUEUED")
PARCELS = ImportRoute(
    kinds.PARCEL_IMPORT,
    ImportRequest,
    _recognise_places(parcels.NAMES.known, parcels.check_header),
    "parcels",
    "PARCELS_IMPORT_QUEUED",
    "parcel",
)
POIS = ImportRoute(
    kinds.POI_IMPORT,
    ImportRequest,
    _recognise_places(pois.NAMES.known, pois.check_header),
    "points of interest",
    "POIS_IMPORT_QUEUED",
    "poi",
)
BUSINESSES = ImportRoute(
    kinds.BUSINESS_IMPORT,
    BusinessImportRequest,
    _recognise_businesses,
    "businesses",
    "BUSINESSES_IMPORT_QUEUED",
    FROM_CSV,
)


async def create_voters(request: Request) -> Response:
    """Create a job that imports voters. 202 as `_create`."""
    return await _create(request, VOTERS)


async def create_parcels(request: Request) -> Response:
    """Create a job that imports parcels. 202 as `_create`."""
    return await _create(request, PARCELS)


async def create_pois(request: Request) -> Response:
    """Create a job that imports points of interest. 202 as `_create`."""
    return await _create(request, POIS)


async def create_businesses(request: Request) -> Response:
    """Create a job that imports businesses. 202 as `_create`."""
    return await _create(request, BUSINESSES)


@dataclass(frozen=True)
class ImportFile:
    """A stored file that is known to be readable, and how it is to be imported."""

    upload: Upload
    options: ImportRequest
    layout: Layout
    rows: int
    """Data rows; of a table that fits into one job the number of lines, which may be more."""
    parts: list[dict[str, Any]]
    """Where each of several jobs begins; empty for one job."""

    @property
    def digest(self) -> str:
        """Identifies the import: the file and the options."""
        options = orjson.dumps(self.options.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(self.upload.intake.digest.digest() + options).hexdigest()


async def _create(request: Request, route: ImportRoute) -> Response:
    """202 `{"success": true, "jobId", "isNew", "message", "estimatedRows", "profile", "format", …}`.

    For a file that was divided also `"jobs": [{"jobId", "isNew"}]`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    async with received_upload(request, platform.settings) as upload:
        file = await _import_file(route, upload, platform.settings)

        async def insert(conn: Connection) -> Response:
            created = await _insert(conn, user, route, file)
            upload.keep = any(job.is_new for job in created)
            return await _respond(conn, route, file, created)

        response = await idempotency.run_once(request, user, file.digest.encode(), insert)
    platform.dispatcher.schedule_pass()
    return response


async def _import_file(route: ImportRoute, upload: Upload, settings: Settings) -> ImportFile:
    """Recognise the file and count its rows.

    Raises Unreadable where it does not fit, Invalid for wrong options, BadRequest where it has no rows or too many.
    """
    try:
        options = route.options.model_validate(upload.fields)
    except ValidationError as error:
        raise invalid(error) from None
    found = await asyncio.to_thread(route.recognise, upload, options)
    intake = upload.intake
    rows = intake.count.features if intake.count else max(0, intake.survey.lines - found.start[1])
    divided: list[dict[str, Any]] = []
    if rows > settings.max_items:
        rows, divided = await asyncio.to_thread(_divide, upload, found, settings.max_items, rows)
        if len(divided) > 1 and not options.split:
            raise BadRequest(
                f"The file has {rows:,} rows; one job can import {settings.max_items:,}. Send it with ?split=true to"
                f" create {len(divided)} jobs, or ask the operator to raise TRIGPOINT_MAX_ITEMS.",
                rows=rows,
                limit=settings.max_items,
                jobsNeeded=len(divided),
            )
    if not rows:
        raise BadRequest("The file has a header, but no rows.")
    return ImportFile(upload, options, found, rows, divided if len(divided) > 1 else [])


def _divide(upload: Upload, found: Layout, max_rows: int, features: int) -> tuple[int, list[dict[str, Any]]]:
    with upload.store.open(upload.id) as file:
        return job_parts.split(file, found, max_rows, features)


async def _insert(conn: Connection, user: User, route: ImportRoute, file: ImportFile) -> list[Inserted]:
    upload = file.upload
    digest, size = upload.intake.digest.digest(), upload.intake.survey.size
    await uploads.insert(conn, upload.id, upload.name, size, digest, file.layout.to_json(), user.id)
    created = await jobs.insert(conn, list(_new_jobs(user, route, file)), user.id)
    for job in created:
        if job.is_new:
            details = {"fileName": upload.name, "sha256": digest.hex(), "estimatedRows": file.rows}
            await audit.record(conn, route.audit_action, details, user_id=user.id, job_id=job.id)
    if not any(job.is_new for job in created):
        await uploads.delete(conn, upload.id)
    return created


def _new_jobs(user: User, route: ImportRoute, file: ImportFile) -> Iterator[NewJob]:
    """Yield the jobs of the file. Only the last one geocodes afterwards: it runs when all others are done."""
    spec = route.spec
    fields = file.options.model_dump(include=set(spec.args.model_fields))
    fields |= {"upload_id": file.upload.id, "file_name": file.upload.name, "source": _source(route, file)}
    count = max(1, len(file.parts))
    for number, position in enumerate(file.parts or (None,), 1):
        part = None if position is None else {"number": number, "of": count, "position": position}
        later = {"geocode_after": False} if number < count and "geocode_after" in fields else {}
        yield spec.new_job(
            spec.args.model_validate(fields | {"part": part} | later),
            priority=file.options.priority,
            dedupe_key=f"{user.id}:{file.digest}:{number}",
            total_items=position["left"] if position else file.rows,
        )


def _source(route: ImportRoute, file: ImportFile) -> str:
    """Return the namespace of the record ids."""
    if file.options.source:
        return file.options.source
    if not isinstance(file.options, VoterImportRequest):
        return route.default_source
    profile = file.layout.profile or "generic"
    county = file.options.county.strip().lower()
    return f"{profile}:{county}" if county and profile in ("california_county", "generic") else profile


async def _respond(conn: Connection, route: ImportRoute, file: ImportFile, created: list[Inserted]) -> Response:
    several = f" in {len(created)} jobs" if len(created) > 1 else ""
    content = {
        "success": True,
        "jobId": created[0].id,
        "isNew": created[0].is_new,
        "message": f"Import job created for {file.rows:,} {route.noun}{several}",
        "estimatedRows": file.rows,
        "profile": file.layout.profile,
        "format": file.layout.format,
        "processingStarted": await workers.is_any_live(conn, route.spec.queue.name),
        "poll_interval_ms": FIRST_MS,
    }
    if len(created) > 1:
        content["jobs"] = [{"jobId": job.id, "isNew": job.is_new} for job in created]
    headers = {"Location": f"/api/v1/jobs/{created[0].id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers)
