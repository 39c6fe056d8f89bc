"""Download all households that a filter selects, as a table or as points for a map."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection, Pool
from app.db.households import records as households
from app.db.households.records import Household
from app.domain.text.typed_columns import typed_columns
from app.web.accounts import auth
from app.web.households.filters import HouseholdSelection
from app.web.households.records import FIELDS
from app.web.http import request_parsing
from app.web.http.downloads import send_table
from app.web.http.operation import operation
from app.web.http.pagination import keyset_pages
from app.web.http.table_download import Row, Table
from app.web.http.table_formats import ALL_FORMATS, TableDownload, TableFormat, choose_format, table_reply
from app.web.platform import get_platform

PAGE_SIZE = 500
FIELD_NAMES = tuple(FIELDS)
COLUMNS = typed_columns(
    map(to_camel, FIELD_NAMES),
    numbers=("latitude", "longitude", "confidence", "rawScore", "expectedErrorMetres"),
    dates=("geocodedAt",),
    booleans=("geocoded",),
)
"""The columns and properties, in the order of the fields of a household."""


class HouseholdExport(HouseholdSelection, TableDownload):
    """The household filters, and the format."""


@operation(
    "exportHouseholds",
    tag="Households",
    query=HouseholdExport,
    returns={200: table_reply(ALL_FORMATS)},
)
async def export_households(request: Request) -> Response:
    """Download the households that match in any format, with the fields of the list as columns.

    In GeoJSON, GeoPackage and KML, a household without coordinates has no geometry.
    """
    return await _export(request, TableFormat.CSV)


@operation(
    "exportHouseholdsCsv",
    tag="Households",
    query=HouseholdExport,
    returns={200: table_reply(ALL_FORMATS)},
)
async def households_csv(request: Request) -> Response:
    """Download the households that match as a CSV file, with the fields of the list as columns."""
    return await _export(request, TableFormat.CSV)


@operation(
    "exportHouseholdsGeojson",
    tag="Households",
    query=HouseholdExport,
    returns={200: table_reply(ALL_FORMATS)},
)
async def households_geojson(request: Request) -> Response:
    """Download the households that match as a FeatureCollection (RFC 7946).

    A household without coordinates has no geometry.
    """
    return await _export(request, TableFormat.GEOJSON)


async def _export(request: Request, default: TableFormat) -> Response:
    """Return the download. Raises Invalid for wrong parameters."""
    await auth.require(request)
    query = request_parsing.parse_query(request, HouseholdExport)

    table = Table(
        "households",
        COLUMNS,
        _pages(get_platform(request).pool, query),
        point=(FIELD_NAMES.index("latitude"), FIELD_NAMES.index("longitude")),
        id_column=FIELD_NAMES.index("id"),
    )
    format = choose_format(request, query.format, ALL_FORMATS, default)
    return await send_table(request, table, format, bom=query.bom == "true")


def _pages(pool: Pool, query: HouseholdExport) -> AsyncIterator[Sequence[Row]]:
    async def read(conn: Connection, after: UUID | None) -> list[Household]:
        return await households.list_after(
            conn, query, geocoded=query.is_geocoded, external_id=query.external_id, after=after, limit=PAGE_SIZE
        )

    pages = keyset_pages(pool, read, lambda household: household.id, PAGE_SIZE)
    return ([[getattr(household, name) for name in FIELD_NAMES] for household in page] async for page in pages)
