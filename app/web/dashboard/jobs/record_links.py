"""Links from a job to the records that it made or worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.domain.companies.kinds import (
    COMPANY_ENRICHMENT,
    COMPANY_RESEARCH,
    LEAD_SCORING,
    SIGNAL_DETECTION,
)
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS
from app.domain.imports.kinds import BUSINESS_IMPORT, PARCEL_IMPORT, POI_IMPORT, VOTER_IMPORT
from app.domain.websites.kinds import WEBSITE_SPECS

IMPORT_PAGES = {
    VOTER_IMPORT.kind: ("Voters that it wrote", "/voters"),
    PARCEL_IMPORT.kind: ("Parcels that it wrote", "/parcels"),
    POI_IMPORT.kind: ("Points that it wrote", "/pois"),
}
MAX_COMPANIES = 3
"""Companies of one job with a link of their own; of more there is one link to all companies."""


def record_links(job_id: UUID, kind: str, data: Any) -> list[tuple[str, str]]:
    """Return labels and addresses of the records of a job, from its arguments."""
    if not isinstance(data, Mapping):
        return []
    if kind == GEOCODE_HOUSEHOLDS.kind:
        return [("Households that it located", f"/households?job={job_id}")]
    if kind == BUSINESS_IMPORT.kind and data.get("source"):
        return [("Businesses of this source", f"/businesses?{urlencode({'source': data['source']})}")]
    if kind in IMPORT_PAGES:
        label, path = IMPORT_PAGES[kind]
        return [(label, f"{path}?job={job_id}")]
    if kind in WEBSITE_SPECS:
        return [("The business", f"/businesses/{data.get('businessId')}")]
    if kind in (COMPANY_RESEARCH.kind, COMPANY_ENRICHMENT.kind):
        return [("The company", f"/companies/{data.get('companyId')}")]
    if kind == SIGNAL_DETECTION.kind:
        return [
            ("The company", f"/companies/{data.get('companyId')}"),
            ("Signals that it detected", f"/signals?job={job_id}"),
        ]
    if kind == LEAD_SCORING.kind:
        ids = data.get("companyIds") or []
        if len(ids) > MAX_COMPANIES:
            return [("Companies by score", "/companies?sort=score")]
        return [("The company" if len(ids) == 1 else f"Company {n}", f"/companies/{i}") for n, i in enumerate(ids, 1)]
    return []
