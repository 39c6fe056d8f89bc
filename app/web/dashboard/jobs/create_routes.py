"""Create jobs from a form, for kinds with a route of their own."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from app.domain.companies.kinds import COMPANY_RESEARCH
from app.domain.geocoding.kinds import GEOCODE_FILE, GEOCODE_HOUSEHOLDS, GeocodeFileOptions
from app.domain.imports.kinds import BUSINESS_IMPORT, PARCEL_IMPORT, POI_IMPORT, REFERENCE_IMPORT, VOTER_IMPORT
from app.domain.jobs.spec import JobSpec
from app.web.companies import research
from app.web.dashboard.core.forms import Field, form_fields
from app.web.dashboard.core.internal_api import Handler
from app.web.geocoding import geocode_file, geocode_households
from app.web.imports import create_reference
from app.web.imports import routes as imports
from app.web.imports.requests import (
    BusinessImportRequest,
    RecordImportRequest,
    ReferenceImportRequest,
    VoterImportRequest,
)


@dataclass(frozen=True)
class CreateRoute:
    handler: Handler
    description: str
    options: type[BaseModel] | None = None
    """Model of the request's options; None for the arguments of the kind."""
    needs_file: bool = False


CREATE_ROUTES = {
    GEOCODE_HOUSEHOLDS.kind: CreateRoute(
        geocode_households.create, "Find the coordinates of the households that match the filters."
    ),
    GEOCODE_FILE.kind: CreateRoute(
        geocode_file.create, "Add coordinates to the addresses in a CSV file.", GeocodeFileOptions, needs_file=True
    ),
    VOTER_IMPORT.kind: CreateRoute(
        imports.create_voters,
        "Import voters and their households from a voter file.",
        VoterImportRequest,
        needs_file=True,
    ),
    PARCEL_IMPORT.kind: CreateRoute(
        imports.create_parcels, "Import land parcels from GeoJSON or CSV.", RecordImportRequest, needs_file=True
    ),
    POI_IMPORT.kind: CreateRoute(
        imports.create_pois, "Import points of interest from GeoJSON or CSV.", RecordImportRequest, needs_file=True
    ),
    BUSINESS_IMPORT.kind: CreateRoute(
        imports.create_businesses,
        "Import businesses from CSV and check their websites.",
        BusinessImportRequest,
        needs_file=True,
    ),
    REFERENCE_IMPORT.kind: CreateRoute(
        create_reference.create,
        "Import addresses with coordinates, from which the geocoder local answers.",
        ReferenceImportRequest,
        needs_file=True,
    ),
    COMPANY_RESEARCH.kind: CreateRoute(
        research.create,
        "Write a report on a company that quotes its sources.",
        research.ResearchRequest,
    ),
}


def fields_of(spec: JobSpec) -> list[Field]:
    """Return the fields of the form that creates a job of this kind."""
    route = CREATE_ROUTES.get(spec.kind)
    return form_fields(spec.args if route is None else route.options or spec.args)
