"""Document 003's paths of businesses and of the search for places: the same as under `/api/v1`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.errors import Conflict, LimitReached
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, Reply, operation
from app.web.http.table_formats import ALL_FORMATS, table_reply
from app.web.websites import business_intake, businesses, place_search, presenters

TAG = "Documents' dialects"


@operation("listBusinessesDialect", tag=TAG, query=businesses.BusinessQuery, returns={200: businesses.BusinessPage})
async def index(request: Request) -> Response:
    """List businesses, newest first, each with its number of contacts by kind."""
    return await businesses.index(request)


@operation(
    "createBusinessesDialect",
    tag=TAG,
    query=business_intake.IntakeQuery,
    headers=[IDEMPOTENCY_KEY],
    body=business_intake.BODY,
    returns={201: Reply(business_intake.Submitted, headers=[LOCATION])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Store businesses, and create the jobs that visit their websites."""
    return await business_intake.create(request)


@operation(
    "exportBusinessesDialect",
    tag=TAG,
    query=businesses.BusinessExportQuery,
    returns={200: table_reply(ALL_FORMATS)},
)
async def export_csv(request: Request) -> Response:
    """Download the businesses that match: as CSV, a spreadsheet, or points for a map."""
    return await businesses.export_csv(request)


@operation("getBusinessDialect", tag=TAG, returns={200: presenters.BusinessDetails})
async def read(request: Request) -> Response:
    """Return a business and all contacts found on its website, each with its evidence."""
    return await businesses.read(request)


@operation(
    "searchPlacesDialect",
    tag=TAG,
    headers=[IDEMPOTENCY_KEY],
    body=place_search.SearchRequest,
    returns={201: place_search.PlacesFound},
    errors=[Conflict, LimitReached],
)
async def search_places(request: Request) -> Response:
    """Find businesses with a provider of places, and store them."""
    return await place_search.search(request)
