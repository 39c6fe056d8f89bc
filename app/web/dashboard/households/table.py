"""The page of all households."""

from __future__ import annotations

from app.db.households.table_view import HOUSEHOLDS
from app.domain.vocabulary.accuracy import Accuracy
from app.web.dashboard.core.data_page import Column, DataPage, FacetControl, Label
from app.web.dashboard.households.actions import ACTIONS
from app.web.http.table_formats import ALL_FORMATS

ACCURACY = {
    Accuracy.ROOFTOP: Label("Building", "completed"),
    Accuracy.INTERPOLATED: Label("House number, estimated", "completed"),
    Accuracy.STREET: Label("Street", "processing"),
    Accuracy.POSTCODE: Label("Only the ZIP code", "cancelled"),
    Accuracy.PLACE: Label("Only the city", "cancelled"),
    Accuracy.REGION: Label("Only the region", "cancelled"),
    "None": Label("Not on the map", "failed"),
}
"""How exactly the location of an address is known."""

SIBLINGS = (
    ("/households", "Households"),
    ("/voters", "Voters"),
    ("/parcels", "Parcels"),
    ("/pois", "Points of interest"),
)

PAGE = DataPage(
    path="/households",
    title="Households",
    singular="household",
    plural="households",
    view=HOUSEHOLDS,
    columns=(
        Column("address", "Address", is_default=True),
        Column("unit", "Unit"),
        Column("city", "City", is_default=True),
        Column("state", "State", is_default=True),
        Column("zip_code", "ZIP", is_default=True),
        Column("county", "County"),
        Column("precinct_number", "Precinct"),
        Column("country", "Country"),
        Column("accuracy", "Location", "badge", is_default=True, labels=ACCURACY),
        Column("confidence", "Confidence", "percent", is_default=True),
        Column("expected_error_metres", "Expected error, m", "number"),
        Column("geocoding_provider", "Provider", is_default=True),
        Column("matched_address", "Found address"),
        Column("latitude", "Latitude", "place"),
        Column("longitude", "Longitude", "place"),
        Column("geocoded_at", "Located", "time", is_default=True),
        Column("external_id", "Your id", "code"),
        Column("attribution", "Attribution"),
        Column("created_at", "Added", "time"),
        Column("updated_at", "Changed", "time"),
        Column("id", "Id", "code"),
    ),
    facets=(
        FacetControl(
            "location",
            "Location",
            {"exact": "House number", "street": "Street", "area": "Only the area", "none": "Not on the map"},
        ),
        FacetControl("city", "City"),
        FacetControl("state", "State"),
        FacetControl("zip", "ZIP"),
        FacetControl(
            "confidence", "Any confidence", {"high": "80 % or more", "medium": "50–80 %", "low": "Under 50 %"}
        ),
        FacetControl("provider", "Any provider", is_folded=True),
        FacetControl("county", "County", is_folded=True),
        FacetControl("precinct", "Precinct", is_folded=True),
        FacetControl("job", "Job", is_hidden=True),
    ),
    orders={"newest": "Newest first", "oldest": "Oldest first", "uncertain": "Least certain first"},
    search_label="Search addresses",
    empty="Import a voter file or a list of addresses; each address becomes a household.",
    empty_link=("/import", "Import a file"),
    formats=ALL_FORMATS,
    point=("latitude", "longitude"),
    actions=ACTIONS,
    siblings=SIBLINGS,
)
