"""Import of reference data: the addresses with coordinates from which the geocoder `local` answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.domain.imports import kinds
from app.domain.imports.reference_points import NAMES
from app.errors import Conflict, Forbidden, LimitReached, NotFound
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.uploads import FEATURES_BODY
from app.web.imports.create import ImportCreated, ImportRoute, create_import
from app.web.imports.requests import ReferenceImportRequest
from app.web.imports.routes import recognise_places


def _share(user: User, options: ReferenceImportRequest) -> ReferenceImportRequest:
    if options.shared and not user.is_admin:
        raise Forbidden("Only administrators can share reference data with all users. Send shared=false.")
    shared = user.is_admin if options.shared is None else options.shared
    return options.model_copy(update={"shared": shared})


REFERENCE = ImportRoute(
    kinds.REFERENCE_IMPORT,
    ReferenceImportRequest,
    recognise_places(NAMES.known),
    "addresses",
    "REFERENCE_IMPORT_QUEUED",
    "reference",
    is_divided=False,
    complete=_share,
)


@operation(
    "importReference",
    tag="Reference data",
    headers=[IDEMPOTENCY_KEY],
    query=ReferenceImportRequest,
    body=FEATURES_BODY,
    returns={202: Reply(ImportCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, Forbidden, LimitReached, NotFound],
)
async def create(request: Request) -> Response:
    """Create a job that imports addresses with coordinates, from which the geocoder `local` answers.

    The file is the body or the part `file` of a form, and may be compressed (gzip, zip): a county's address points,
    parcels with addresses, OpenAddresses, Overture, or the National Address Database, as a table or as map data;
    TIGER's address ranges (ADDRFEAT, with FEATNAMES in the same zip file); or an extract of OpenStreetMap (.osm.pbf).
    Options may be fields of the form. When the job is completed, the new data replace earlier data of the same name,
    all at once.
    """
    return await create_import(request, REFERENCE)
