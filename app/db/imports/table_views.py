"""Voters, parcels and points of interest as people look through them.

Of a protected voter only the source, the county and the state of the record are shown.
"""

from __future__ import annotations

from app.db.core.table_views import Facet, Key, Order, TableView


def _masked(expression: str) -> str:
    return f"CASE WHEN NOT v.protected THEN {expression} END"


_JOB = "r.job_id"
_OF_JOB = "{alias}.run IN (SELECT run FROM import_runs WHERE job_id = {{}})"

VOTERS = TableView(
    source="voters AS v LEFT JOIN import_runs AS r ON r.run = v.run",
    id=(Key("v.source", "text"), Key("v.record_id", "text")),
    columns={
        "name": f"""coalesce({_masked("concat_ws(' ', v.first_name, v.middle_name, v.last_name, v.suffix)")},
                    'Protected voter')""",
        "record_id": _masked("v.record_id"),
        "source": "v.source",
        "protected": "v.protected",
        "status": _masked("v.status"),
        "party": _masked("v.party"),
        "gender": _masked("v.gender"),
        "birth_year": _masked("coalesce(v.birth_year, extract(year FROM v.birth_date)::int)"),
        "registered_on": _masked("v.registered_on"),
        "address": _masked("v.address"),
        "unit": _masked("v.unit"),
        "city": _masked("v.city"),
        "state": _masked("v.state"),
        "zip_code": _masked("v.zip_code"),
        "county": "v.county",
        "precinct": _masked("v.precinct"),
        "phone": _masked("v.phone"),
        "email": _masked("v.email"),
        "household_id": "v.household_id",
        "extra": _masked("v.extra"),
        "job": _JOB,
        "file": "r.file_name",
        "retired_at": "v.retired_at",
        "created_at": "v.created_at",
        "updated_at": "v.updated_at",
    },
    orders={"id": Order(), "last": Order(descending=True)},
    facets={
        "record": Facet(
            choices={
                "current": "v.retired_at IS NULL AND NOT v.protected",
                "protected": "v.protected",
                "retired": "v.retired_at IS NOT NULL",
            }
        ),
        "source": Facet("v.source = {}::text", menu=Key("v.source", "text")),
        "household": Facet("v.household_id = {}", type="uuid"),
        "job": Facet(_OF_JOB.format(alias="v"), type="uuid"),
    },
    search="lower(v.last_name) LIKE lower({start}::text) OR (v.record_id = {text} AND NOT v.protected)",
)

PARCELS = TableView(
    source="parcels AS p LEFT JOIN import_runs AS r ON r.run = p.run",
    id=(Key("p.source", "text"), Key("p.record_id", "text")),
    columns={
        "record_id": "p.record_id",
        "source": "p.source",
        "owner": "p.owner",
        "address": "p.address",
        "unit": "p.unit",
        "city": "p.city",
        "state": "p.state",
        "zip_code": "p.zip_code",
        "acres": "p.acres",
        "area_m2": "p.area_m2",
        "latitude": "p.latitude",
        "longitude": "p.longitude",
        "extra": "p.extra",
        "job": _JOB,
        "file": "r.file_name",
        "retired_at": "p.retired_at",
        "created_at": "p.created_at",
        "updated_at": "p.updated_at",
    },
    orders={"id": Order(), "last": Order(descending=True)},
    facets={
        "record": Facet(
            choices={
                "current": "p.retired_at IS NULL",
                "shapeless": "p.geometry IS NULL",
                "retired": "p.retired_at IS NOT NULL",
            }
        ),
        "source": Facet("p.source = {}::text", menu=Key("p.source", "text")),
        "job": Facet(_OF_JOB.format(alias="p"), type="uuid"),
    },
    search="lower(p.address) LIKE lower({start}::text) OR p.record_id = {text}",
)

POIS = TableView(
    source="pois AS p LEFT JOIN import_runs AS r ON r.run = p.run",
    id=(Key("p.source", "text"), Key("p.record_id", "text")),
    columns={
        "name": "p.name",
        "record_id": "p.record_id",
        "source": "p.source",
        "category": "p.category",
        "latitude": "p.latitude",
        "longitude": "p.longitude",
        "extra": "p.extra",
        "job": _JOB,
        "file": "r.file_name",
        "retired_at": "p.retired_at",
        "created_at": "p.created_at",
        "updated_at": "p.updated_at",
    },
    orders={"id": Order(), "last": Order(descending=True)},
    facets={
        "record": Facet(choices={"current": "p.retired_at IS NULL", "retired": "p.retired_at IS NOT NULL"}),
        "category": Facet("p.category = {}::text", menu=Key("p.category", "text")),
        "source": Facet("p.source = {}::text", menu=Key("p.source", "text")),
        "job": Facet(_OF_JOB.format(alias="p"), type="uuid"),
    },
    search="lower(p.name) LIKE lower({start}::text) OR p.record_id = {text}",
)
