"""The kinds of job there are. A new kind is a module in `workers/<area>/` and its name here.

Importing this has no side effects: the API does so too, to check what it is asked to create.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from app.domain.jobs.spec import JobSpec, QueueSpec
from workers.core.kinds import Kind

MODULES = (
    "workers.geocoding.geocode_households",
    "workers.geocoding.geocode_file",
    "workers.imports.voter_import",
    "workers.imports.parcel_import",
    "workers.imports.poi_import",
    "workers.imports.business_import",
    "workers.imports.import_undo",
    "workers.imports.reference_import",
    "workers.imports.reference_cleanup",
    "workers.imports.parcel_reference",
    "workers.heatmaps.heatmap_compute",
    "workers.websites.website_validation",
    "workers.websites.email_scraping",
    "workers.websites.social_scraping",
    "workers.companies.company_research",
    "workers.companies.company_enrichment",
    "workers.companies.lead_scoring",
    "workers.companies.signal_detection",
    "workers.companies.signal_notification",
    "workers.websites.website_revalidation",
    "workers.jobs.webhook_delivery",
)


def load(extra: Iterable[str] = ()) -> dict[str, Kind]:
    """All kinds by name, with those of further modules. Raises ValueError where two kinds or queues contradict."""
    kinds: dict[str, Kind] = {}
    queues: dict[str, QueueSpec] = {}
    for name in (*MODULES, *extra):
        module = import_module(name)
        spec: JobSpec = module.SPEC
        if spec.kind in kinds:
            raise ValueError(f"two modules declare the kind {spec.kind!r}; the second is {name}")
        if queues.setdefault(spec.queue.name, spec.queue) != spec.queue:
            raise ValueError(f"{name} declares the queue {spec.queue.name!r} unlike another kind")
        kinds[spec.kind] = Kind(spec, module.run)
    return kinds
