"""Companies, their fields and their scores as the API returns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.db.companies.fields import CompanyField
from app.db.companies.records import Company
from app.db.companies.reports import ReportOverview
from app.db.companies.scores import LeadScore


def present_company(company: Company) -> dict[str, Any]:
    """Return the fields of a company under their names."""
    return asdict(company)


def present_fields(fields: Sequence[CompanyField]) -> dict[str, Any]:
    """Return by field the most trusted value with its source, and the other sources' values under `others`.

    `fields` must be sorted as `list_fields` returns them.
    """
    presented: dict[str, Any] = {}
    for field in fields:
        entry = {"value": field.value, "source": field.source, "url": field.url, "fetched_at": field.fetched_at}
        if field.field in presented:
            presented[field.field]["others"].append(entry)
        else:
            presented[field.field] = entry | {"others": []}
    return presented


def present_score(score: LeadScore) -> dict[str, Any]:
    """Return a score with its features, its completeness and the opinion of a model."""
    return {
        "score": score.score,
        **score.features,
        "ai": score.ai,
        "job_id": score.job_id,
        "computed_at": score.computed_at,
    }


def present_overview(report: ReportOverview) -> dict[str, Any]:
    """Return a report without its sections and sources."""
    return asdict(report)
