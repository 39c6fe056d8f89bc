"""The pages of all voters, parcels and points of interest."""

from __future__ import annotations

from app.db.imports.table_views import PARCELS, POIS, VOTERS
from app.web.dashboard.core.data_page import Column, DataPage, FacetControl
from app.web.dashboard.households.table import SIBLINGS
from app.web.http.table_formats import ALL_FORMATS

ORDERS = {"id": "By id", "last": "By id, last first"}
ORIGIN = (
    Column("source", "Source"),
    Column("job", "Import", "job"),
    Column("file", "File"),
    Column("retired_at", "Retired", "time"),
    Column("created_at", "Added", "time"),
    Column("updated_at", "Changed", "time"),
)
"""Columns of all imported records."""
EXTRA = Column("extra", "Further columns of the file", "json", is_listed=False)
ORIGIN_FACETS = (FacetControl("source", "Any source"), FacetControl("job", "Import", is_hidden=True))
COORDINATES = (Column("latitude", "Latitude", "place"), Column("longitude", "Longitude", "place"))

VOTER_PAGE = DataPage(
    path="/voters",
    title="Voters",
    singular="voter",
    plural="voters",
    view=VOTERS,
    columns=(
        Column("name", "Name", is_default=True, also=("protected",)),
        Column("address", "Address", is_default=True),
        Column("unit", "Unit"),
        Column("city", "City", is_default=True),
        Column("state", "State"),
        Column("zip_code", "ZIP", is_default=True),
        Column("county", "County"),
        Column("precinct", "Precinct", is_default=True),
        Column("party", "Party", is_default=True),
        Column("status", "Status", is_default=True),
        Column("birth_year", "Born", "year", is_default=True),
        Column("gender", "Gender"),
        Column("registered_on", "Registered", "date"),
        Column("phone", "Phone"),
        Column("email", "E-mail"),
        Column("protected", "Protected", "flag"),
        Column("record_id", "Voter id", "code"),
        Column("household_id", "Household", "household", is_listed=False),
        EXTRA,
        *ORIGIN,
    ),
    facets=(
        FacetControl("record", "Record", {"current": "Current", "protected": "Protected", "retired": "Retired"}),
        *ORIGIN_FACETS,
        FacetControl("household", "Household", is_hidden=True),
    ),
    orders=ORDERS,
    search_label="Search last names and ids",
    empty="Import a voter file; its format is recognised.",
    empty_link=("/import", "Import a file"),
    siblings=SIBLINGS,
)

PARCEL_PAGE = DataPage(
    path="/parcels",
    title="Parcels",
    singular="parcel",
    plural="parcels",
    view=PARCELS,
    columns=(
        Column("record_id", "Parcel", is_default=True),
        Column("address", "Address", is_default=True),
        Column("unit", "Unit"),
        Column("city", "City", is_default=True),
        Column("state", "State"),
        Column("zip_code", "ZIP", is_default=True),
        Column("owner", "Owner", is_default=True),
        Column("acres", "Acres", "number", is_default=True),
        Column("area_m2", "Area in m²", "number", is_default=True),
        *COORDINATES,
        EXTRA,
        *ORIGIN,
    ),
    facets=(
        FacetControl("record", "Record", {"current": "Current", "shapeless": "Without a shape", "retired": "Retired"}),
        *ORIGIN_FACETS,
    ),
    orders=ORDERS,
    search_label="Search addresses and ids",
    empty="Import a parcel file, such as a shapefile or GeoJSON of a county.",
    empty_link=("/import", "Import a file"),
    formats=ALL_FORMATS,
    point=("latitude", "longitude"),
    siblings=SIBLINGS,
)

POI_PAGE = DataPage(
    path="/pois",
    title="Points of interest",
    singular="point of interest",
    plural="points of interest",
    view=POIS,
    columns=(
        Column("name", "Name", is_default=True),
        Column("category", "Category", is_default=True),
        Column("latitude", "Latitude", "place", is_default=True),
        Column("longitude", "Longitude", "place", is_default=True),
        Column("record_id", "Id", "code", is_default=True),
        EXTRA,
        *ORIGIN,
    ),
    facets=(
        FacetControl("record", "Record", {"current": "Current", "retired": "Retired"}),
        FacetControl("category", "Any category"),
        *ORIGIN_FACETS,
    ),
    orders=ORDERS,
    search_label="Search names and ids",
    empty="Import a list of shops, schools or stops; heat maps are computed from them.",
    empty_link=("/import", "Import a file"),
    formats=ALL_FORMATS,
    point=("latitude", "longitude"),
    siblings=SIBLINGS,
)
