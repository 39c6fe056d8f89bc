"""Companies, signals and reports as people look through them."""

from __future__ import annotations

from app.db.core.table_views import Facet, Key, Order, TableView
from app.domain.companies.research.report import ReportStatus
from app.domain.companies.signals import SIGNAL_KINDS

SCORE = "coalesce(c.score, -1)"
"""Companies without a score come behind all others; companies_score_idx has this expression."""

COMPANIES = TableView(
    source="companies AS c",
    id=(Key("c.id", "uuid"),),
    columns={
        "id": "c.id",
        "name": "c.name",
        "external_id": "c.external_id",
        "website": "c.website",
        "registry_number": "c.registry_number",
        "score": "c.score",
        "facts": "(SELECT count(DISTINCT f.field) FROM company_fields AS f WHERE f.company_id = c.id)",
        "signals": "(SELECT count(*) FROM signals AS s WHERE s.company_id = c.id)",
        "reports": "(SELECT count(*) FROM research_reports AS r WHERE r.company_id = c.id)",
        "business_id": "c.business_id",
        "created_at": "c.created_at",
        "updated_at": "c.updated_at",
    },
    orders={
        "name": Order((Key("lower(c.name)", "text"),)),
        "score": Order((Key(SCORE, "float8"),), descending=True),
        "newest": Order(descending=True),
    },
    facets={
        "score": Facet(
            choices={
                "high": f"{SCORE} >= 70",
                "medium": f"{SCORE} >= 40 AND {SCORE} < 70",
                "low": f"{SCORE} >= 0 AND {SCORE} < 40",
                "none": f"{SCORE} = -1",
            }
        ),
        "report": Facet(
            choices={
                "yes": "EXISTS (SELECT FROM research_reports AS r WHERE r.company_id = c.id)",
                "no": "NOT EXISTS (SELECT FROM research_reports AS r WHERE r.company_id = c.id)",
            }
        ),
        "website": Facet(choices={"yes": "c.website IS NOT NULL", "no": "c.website IS NULL"}),
    },
    search="c.name ILIKE {pattern} OR c.external_id = {text}",
    search_start="lower(c.name) LIKE lower({start}::text) OR c.external_id = {text}",
)

SIGNALS = TableView(
    source="signals AS s JOIN companies AS c ON c.id = s.company_id",
    id=(Key("s.id", "uuid"),),
    columns={
        "id": "s.id",
        "title": "s.title",
        "kind": "s.kind",
        "company": "c.name",
        "company_id": "s.company_id",
        "external_id": "c.external_id",
        "quote": "s.quote",
        "url": "s.url",
        "occurred_on": "s.occurred_on",
        "strength": "s.strength",
        "detected_at": "s.detected_at",
        "job_id": "s.job_id",
    },
    orders={
        "newest": Order((Key("s.detected_at", "timestamptz"),), descending=True),
        "oldest": Order((Key("s.detected_at", "timestamptz"),)),
    },
    facets={
        "kind": Facet(choices={kind: f"s.kind = '{kind}'" for kind in SIGNAL_KINDS}),
        "strength": Facet(choices={"strong": "s.strength >= 0.7", "weak": "s.strength < 0.4"}),
        "company": Facet("s.company_id = {}", type="uuid"),
        "job": Facet("s.job_id = {}", type="uuid"),
    },
    search="""s.title ILIKE {pattern}
              OR s.company_id = ANY (ARRAY(SELECT n.id FROM companies AS n WHERE n.name ILIKE {pattern}))""",
)

REPORTS = TableView(
    source="research_reports AS r JOIN companies AS c ON c.id = r.company_id",
    id=(Key("r.id", "uuid"),),
    columns={
        "id": "r.id",
        "company": "c.name",
        "company_id": "r.company_id",
        "status": "r.status",
        "model": "r.model",
        "confidence": "r.confidence_score",
        "dropped_claims": "r.dropped_claims",
        "job_id": "r.job_id",
        "created_at": "r.created_at",
        "completed_at": "r.completed_at",
    },
    orders={"newest": Order(descending=True), "oldest": Order()},
    facets={
        "status": Facet(choices={str(status): f"r.status = '{status}'" for status in ReportStatus}),
        "company": Facet("r.company_id = {}", type="uuid"),
    },
    search="c.name ILIKE {pattern}",
)
