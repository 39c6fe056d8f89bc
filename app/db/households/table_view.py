"""Households as people look through them."""

from __future__ import annotations

from app.db.core.table_views import Facet, Key, Order, TableView

CONFIDENCE = "coalesce(h.confidence, 2)"
"""Households without coordinates come behind all others; households_confidence_idx has this expression."""

HOUSEHOLDS = TableView(
    source="households AS h",
    id=(Key("h.id", "uuid"),),
    base="h.retired_at IS NULL",
    columns={
        "id": "h.id",
        "external_id": "h.external_id",
        "address": "h.address",
        "unit": "h.unit",
        "city": "h.city",
        "state": "h.state",
        "zip_code": "h.zip_code",
        "county": "h.county",
        "precinct_number": "h.precinct_number",
        "country": "h.country",
        "latitude": "h.latitude",
        "longitude": "h.longitude",
        "accuracy": "h.accuracy",
        "confidence": "h.confidence",
        "expected_error_metres": "h.expected_error_metres",
        "geocoding_provider": "h.geocoding_provider",
        "matched_address": "h.matched_address",
        "geocoded_at": "h.geocoded_at",
        "attribution": "h.attribution",
        "created_at": "h.created_at",
        "updated_at": "h.updated_at",
    },
    orders={
        "newest": Order(descending=True),
        "oldest": Order(),
        "uncertain": Order((Key(CONFIDENCE, "float8"),)),
    },
    facets={
        "location": Facet(
            choices={
                "exact": "h.accuracy IN ('rooftop', 'interpolated')",
                "street": "h.accuracy = 'street'",
                "area": "h.accuracy IN ('postcode', 'place', 'region')",
                "none": "h.accuracy IS NULL",
            }
        ),
        "confidence": Facet(
            choices={
                "high": f"{CONFIDENCE} >= 0.8 AND {CONFIDENCE} <= 1",
                "medium": f"{CONFIDENCE} >= 0.5 AND {CONFIDENCE} < 0.8",
                "low": f"{CONFIDENCE} < 0.5",
            }
        ),
        "provider": Facet("h.geocoding_provider = {}::text", menu=Key("h.geocoding_provider", "text")),
        "city": Facet("lower(h.city) = lower({}::text)"),
        "state": Facet("lower(h.state) = lower({}::text)"),
        "zip": Facet("split_part(h.zip_code, '-', 1) = split_part({}::text, '-', 1)"),
        "county": Facet("lower(h.county) = lower({}::text)"),
        "precinct": Facet("h.precinct_number = {}::text"),
        "job": Facet("h.geocoded_job = {}", type="uuid"),
    },
    search="h.address ILIKE {pattern} OR h.external_id = {text}",
    search_start="h.address ILIKE {start} OR h.external_id = {text}",
)
