"""The routes that import voters, parcels, points of interest and businesses from files."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from app.domain.imports import businesses, kinds, layout, parcels, pois
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat
from app.domain.text.columns import mapped_names
from app.domain.websites.businesses import FROM_CSV
from app.errors import Conflict, LimitReached, NotFound
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.uploads import FEATURES_BODY, TABLE_BODY, Upload
from app.web.imports.create import ImportCreated, ImportRoute, create_import
from app.web.imports.requests import BusinessImportRequest, ImportRequest, RecordImportRequest, VoterImportRequest


def _recognise_voters(upload: Upload, options: VoterImportRequest) -> Layout:
    return layout.recognise_voter_file(upload.survey, options.profile, options.mapping, options.header)


def _recognise_businesses(upload: Upload, options: BusinessImportRequest) -> Layout:
    return businesses.recognise_business_file(upload.survey, options.mapping, options.header)


def recognise_places(
    known: frozenset[str],
) -> Callable[[Upload, ImportRequest], Layout]:
    """Return the function that recognises GeoJSON, or a table with some of the `known` columns."""

    def recognise(upload: Upload, options: ImportRequest) -> Layout:
        if upload.format is not FileFormat.DELIMITED:
            return Layout(upload.format, [])
        table = layout.recognise_table(upload.survey, known | mapped_names(options.mapping), options.header)
        return table

    return recognise


VOTERS = ImportRoute(kinds.VOTER_IMPORT, VoterImportRequest, _recognise_voters, "voters", "VOTERS_IMPORT_QUEUED")
PARCELS = ImportRoute(
    kinds.PARCEL_IMPORT,
    RecordImportRequest,
    recognise_places(parcels.NAMES.known),
    "parcels",
    "PARCELS_IMPORT_QUEUED",
    "parcel",
)
POIS = ImportRoute(
    kinds.POI_IMPORT,
    RecordImportRequest,
    recognise_places(pois.NAMES.known),
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


@operation(
    "importVoters",
    tag="Imports",
    headers=[IDEMPOTENCY_KEY],
    query=VoterImportRequest,
    body=TABLE_BODY,
    needs_body=False,
    returns={202: Reply(ImportCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def create_voters(request: Request) -> Response:
    """Create a job that imports voters, and the households at their addresses, from a voter file.

    The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be fields of the
    form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.
    """
    return await create_import(request, VOTERS)


@operation(
    "importParcels",
    tag="Imports",
    headers=[IDEMPOTENCY_KEY],
    query=RecordImportRequest,
    body=FEATURES_BODY,
    needs_body=False,
    returns={202: Reply(ImportCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def create_parcels(request: Request) -> Response:
    """Create a job that imports land parcels from GeoJSON or CSV.

    The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be fields of the
    form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.
    """
    return await create_import(request, PARCELS)


@operation(
    "importPois",
    tag="Imports",
    headers=[IDEMPOTENCY_KEY],
    query=RecordImportRequest,
    body=FEATURES_BODY,
    needs_body=False,
    returns={202: Reply(ImportCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def create_pois(request: Request) -> Response:
    """Create a job that imports points of interest from GeoJSON or CSV.

    The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be fields of the
    form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.
    """
    return await create_import(request, POIS)


@operation(
    "importBusinesses",
    tag="Imports",
    headers=[IDEMPOTENCY_KEY],
    query=BusinessImportRequest,
    body=TABLE_BODY,
    needs_body=False,
    returns={202: Reply(ImportCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def create_businesses(request: Request) -> Response:
    """Create a job that imports businesses from CSV, and the jobs that check their websites.

    The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be fields of the
    form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.
    """
    return await create_import(request, BUSINESSES)
