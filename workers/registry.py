"""The kinds of job there are. A new one is a module in `workers/jobs/` and its name here.

Importing this has no side effects: the API does so too, to check what it is asked to create.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from app.domain.jobs import JobSpec, QueueSpec
from workers.kinds import Kind

MODULES = (
    "workers.jobs.geocode_households",
    "workers.jobs.geocode_file",
    "workers.jobs.voter_import",
    "workers.jobs.parcel_import",
    "workers.jobs.poi_import",
    "workers.jobs.business_import",
    "workers.jobs.heatmap_compute",
    "workers.jobs.website_validation",
    "workers.jobs.email_scraping",
    "workers.jobs.social_scraping",
    "workers.jobs.company_research",
    "workers.jobs.company_enrichment",
    "workers.jobs.lead_scoring",
    "workers.jobs.signal_detection",
    "workers.jobs.signal_notification",
    "workers.jobs.website_revalidation",
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
