"""The pages of all companies, and of all signals."""

from __future__ import annotations

from app.db.companies.table_view import COMPANIES, REPORTS, SIGNALS
from app.domain.companies.research.report import ReportStatus
from app.domain.companies.signals import SIGNAL_KINDS
from app.web.dashboard.companies.actions import ACTIONS
from app.web.dashboard.core.data_page import Column, DataPage, FacetControl, Label

SIGNAL = {
    "hiring": Label("Hiring", "completed"),
    "funding": Label("Funding", "completed"),
    "leadership": Label("New leadership", "processing"),
    "expansion": Label("Expansion", "completed"),
    "technology": Label("Technology", "processing"),
    "site_change": Label("Website changed", "pending"),
}
"""Kinds of signals."""

REPORT: dict[str, Label] = {
    ReportStatus.WRITING: Label("Being written", "processing"),
    ReportStatus.COMPLETE: Label("Complete", "completed"),
    ReportStatus.PARTIAL: Label("Incomplete", "cancelled"),
    ReportStatus.FAILED: Label("Nothing found", "failed"),
}
"""Statuses of reports."""
SIBLINGS = (("/companies", "Companies"), ("/reports", "Reports"))

COMPANY_PAGE = DataPage(
    path="/companies",
    title="Companies",
    singular="company",
    plural="companies",
    view=COMPANIES,
    columns=(
        Column("name", "Name", is_default=True),
        Column("website", "Website", "link", is_default=True),
        Column("score", "Score", "score", is_default=True),
        Column("facts", "Facts", "number", is_default=True),
        Column("signals", "Signals", "number", is_default=True),
        Column("reports", "Reports", "number", is_default=True),
        Column("registry_number", "Registry number"),
        Column("external_id", "Your id", "code"),
        Column("created_at", "Added", "time", is_default=True),
        Column("updated_at", "Changed", "time"),
        Column("business_id", "Business", "code"),
        Column("id", "Id", "code"),
    ),
    facets=(
        FacetControl(
            "score", "Score", {"high": "70 or more", "medium": "40–70", "low": "Under 40", "none": "Not scored"}
        ),
        FacetControl("report", "Report or not", {"yes": "With a report", "no": "Without a report"}),
        FacetControl("website", "Website or not", {"yes": "With a website", "no": "Without a website"}),
    ),
    orders={"name": "By name", "score": "Best score first", "newest": "Newest first"},
    search_label="Search companies",
    empty="Research a company to add it, or create companies through the API.",
    empty_link=("/new/company_research", "Research a company"),
    actions=ACTIONS,
    siblings=SIBLINGS,
)

SIGNAL_PAGE = DataPage(
    path="/signals",
    title="Signals",
    singular="signal",
    plural="signals",
    view=SIGNALS,
    columns=(
        Column("title", "Signal", is_default=True),
        Column("company", "Company", "company", is_default=True, also=("company_id",)),
        Column("kind", "Kind", "badge", is_default=True, labels=SIGNAL),
        Column("quote", "Quotation", is_default=True),
        Column("url", "Source", "link"),
        Column("strength", "Strength", "percent", is_default=True),
        Column("occurred_on", "Happened", "date", is_default=True),
        Column("detected_at", "Detected", "time", is_default=True),
        Column("job_id", "Job", "job"),
        Column("external_id", "Your company id", "code"),
        Column("company_id", "Company id", "code"),
        Column("id", "Id", "code"),
    ),
    facets=(
        FacetControl("kind", "Kind", {kind: SIGNAL[kind].text for kind in SIGNAL_KINDS}),
        FacetControl("strength", "Any strength", {"strong": "Strong", "weak": "Weak"}),
        FacetControl("company", "Company", is_hidden=True),
        FacetControl("job", "Job", is_hidden=True),
    ),
    orders={"newest": "Newest first", "oldest": "Oldest first"},
    search_label="Search signals and companies",
    empty="Signals such as funding or hiring are found by the detection of signals of a company.",
    empty_link=("/new/signal_detection", "Detect signals"),
)

REPORT_PAGE = DataPage(
    path="/reports",
    title="Reports",
    singular="report",
    plural="reports",
    view=REPORTS,
    columns=(
        Column("company", "Company", is_default=True),
        Column("status", "Status", "badge", is_default=True, labels=REPORT),
        Column("confidence", "Confidence", "percent", is_default=True),
        Column("model", "Written by", is_default=True),
        Column("dropped_claims", "Claims dropped", "number", is_default=True),
        Column("created_at", "Begun", "time", is_default=True),
        Column("completed_at", "Finished", "time"),
        Column("job_id", "Job", "job"),
        Column("company_id", "Company id", "code"),
        Column("id", "Id", "code"),
    ),
    facets=(
        FacetControl("status", "Status", {str(status): label.text for status, label in REPORT.items()}),
        FacetControl("company", "Company", is_hidden=True),
    ),
    orders={"newest": "Newest first", "oldest": "Oldest first"},
    search_label="Search companies",
    empty="A report on a company quotes a stored source for every sentence.",
    empty_link=("/new/company_research", "Research a company"),
    siblings=SIBLINGS,
)
