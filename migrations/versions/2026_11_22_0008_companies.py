"""companies: research, enrichment, scores, signals, teams

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "notifications", "team_channels", "team_members", "teams", "llm_calls", "research_sections", "research_sources",
    "research_reports", "signals", "lead_scores", "page_versions", "source_texts", "company_fields", "companies",
)  # fmt: skip


def column(name: str, kind: Any, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, server_default=None if default is None else sa.text(default))


def uuid(name: str, *, null: bool = False) -> sa.Column[Any]:
    return column(name, sa.Uuid(), null=null)


def text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return column(name, sa.Text(), null=null, default=default)


def json(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return column(name, postgresql.JSONB(), null=null, default=default)


def moment(name: str, *, null: bool = False, default: str | None = "now()") -> sa.Column[Any]:
    return column(name, sa.DateTime(timezone=True), null=null, default=default)


def sha256(name: str = "sha256") -> sa.Column[Any]:
    return column(name, sa.LargeBinary())


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"{table}_pkey"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"{table}_{'_'.join(columns)}_key"))


def to(table: str, name: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [target], name=op.f(f"{table}_{name}_fkey"), ondelete="CASCADE" if cascade else None
    )


def index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"{table}_{'_'.join(columns)}_idx"), table, list(columns))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _companies()
    _research()
    _teams()


def _companies() -> None:
    op.create_table(
        "companies",
        uuid("id"),
        text("external_id", null=True),
        text("name"),
        *(text(name, null=True) for name in ("website", "registry_number", "place_id")),
        uuid("business_id", null=True),
        json("attributes", default="'{}'"),
        uuid("created_by"),
        moment("created_at"),
        moment("updated_at"),
        to("companies", "created_by", "users.id"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("companies_business_id_fkey"), ondelete="SET NULL"
        ),
        key("companies", "id"),
        unique("companies", "external_id"),
        unique("companies", "business_id"),
    )
    op.create_index("companies_lower_name_idx", "companies", [sa.text("lower(name)")])
    op.create_table(
        "company_fields",
        uuid("company_id"),
        text("field"),
        text("source"),
        json("value"),
        text("url", null=True),
        moment("fetched_at", default=None),
        to("company_fields", "company_id", "companies.id", cascade=True),
        key("company_fields", "company_id", "field", "source"),
    )
    op.create_table("source_texts", sha256(), text("text"), key("source_texts", "sha256"))
    op.create_table(
        "page_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        uuid("company_id"),
        text("url"),
        text("title"),
        sha256(),
        moment("fetched_at", default=None),
        to("page_versions", "company_id", "companies.id", cascade=True),
        to("page_versions", "sha256", "source_texts.sha256"),
        key("page_versions", "id"),
    )
    index("page_versions", "company_id", "url", "id")
    op.create_table(
        "lead_scores",
        uuid("id"),
        uuid("company_id"),
        uuid("job_id"),
        column("score", sa.Float()),
        json("features"),
        json("ai", null=True),
        moment("computed_at"),
        to("lead_scores", "company_id", "companies.id", cascade=True),
        key("lead_scores", "id"),
    )
    index("lead_scores", "company_id", "computed_at")
    op.create_table(
        "signals",
        uuid("id"),
        uuid("company_id"),
        *(text(name) for name in ("kind", "fingerprint", "title", "quote", "url")),
        sha256(),
        column("occurred_on", sa.Date(), null=True),
        column("strength", sa.Float()),
        uuid("job_id"),
        moment("detected_at"),
        sa.CheckConstraint(
            "kind IN ('expansion', 'funding', 'hiring', 'leadership', 'site_change', 'technology')",
            name=op.f("signals_kind_check"),
        ),
        to("signals", "company_id", "companies.id", cascade=True),
        to("signals", "sha256", "source_texts.sha256"),
        key("signals", "id"),
        unique("signals", "company_id", "kind", "fingerprint"),
    )
    index("signals", "company_id", "detected_at")


def _research() -> None:
    op.create_table(
        "research_reports",
        *(uuid(name) for name in ("id", "company_id", "job_id", "created_by")),
        text("status", default="'writing'"),
        text("model"),
        json("company"),
        json("gathered"),
        column("confidence_score", sa.Float(), null=True),
        json("confidence", null=True),
        column("dropped_claims", sa.Integer(), default="0"),
        json("usage", null=True),
        moment("created_at"),
        moment("completed_at", null=True, default=None),
        sa.CheckConstraint("status IN ('complete', 'partial', 'writing')", name=op.f("research_reports_status_check")),
        sa.CheckConstraint(
            "(status = 'writing') = (completed_at IS NULL)", name=op.f("research_reports_completed_check")
        ),
        to("research_reports", "company_id", "companies.id", cascade=True),
        to("research_reports", "created_by", "users.id"),
        key("research_reports", "id"),
        unique("research_reports", "job_id"),
    )
    index("research_reports", "company_id", "completed_at")
    index("research_reports", "created_by", "created_at")
    op.create_table(
        "research_sources",
        uuid("report_id"),
        column("number", sa.SmallInteger()),
        *(text(name) for name in ("kind", "url", "title")),
        sha256(),
        moment("fetched_at", default=None),
        column("published_on", sa.Date(), null=True),
        to("research_sources", "report_id", "research_reports.id", cascade=True),
        to("research_sources", "sha256", "source_texts.sha256"),
        key("research_sources", "report_id", "number"),
    )
    op.create_table(
        "research_sections",
        uuid("report_id"),
        text("key"),
        text("model", null=True),
        *(json(name) for name in ("claims", "dropped", "confidence")),
        text("note", null=True),
        moment("written_at"),
        to("research_sections", "report_id", "research_reports.id", cascade=True),
        key("research_sections", "report_id", "key"),
    )
    op.create_table(
        "llm_calls",
        uuid("id"),
        uuid("job_id"),
        *(text(name) for name in ("purpose", "endpoint", "model")),
        column("reserved_tokens", sa.BigInteger()),
        column("reserved_usd", sa.Float(), null=True),
        *(
            column(name, sa.Integer(), null=True)
            for name in ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")
        ),
        column("cost_usd", sa.Float(), null=True),
        text("cost_source", null=True),
        column("latency_ms", sa.Integer(), null=True),
        text("request_id", null=True),
        text("outcome", null=True),
        moment("at"),
        key("llm_calls", "id"),
    )
    index("llm_calls", "job_id")


def _teams() -> None:
    op.create_table(
        "teams",
        uuid("id"),
        text("name"),
        uuid("created_by"),
        moment("created_at"),
        to("teams", "created_by", "users.id"),
        key("teams", "id"),
        unique("teams", "name"),
    )
    op.create_table(
        "team_members",
        uuid("team_id"),
        uuid("user_id"),
        to("team_members", "team_id", "teams.id", cascade=True),
        to("team_members", "user_id", "users.id"),
        key("team_members", "team_id", "user_id"),
    )
    index("team_members", "user_id")
    op.create_table(
        "team_channels",
        uuid("id"),
        uuid("team_id"),
        text("kind"),
        text("target"),
        text("secret", null=True),
        column("signals", postgresql.ARRAY(sa.Text()), null=True),
        moment("created_at"),
        sa.CheckConstraint("kind IN ('email', 'webhook')", name=op.f("team_channels_kind_check")),
        to("team_channels", "team_id", "teams.id", cascade=True),
        key("team_channels", "id"),
        unique("team_channels", "team_id", "kind", "target"),
    )
    op.create_table(
        "notifications",
        *(uuid(name) for name in ("id", "signal_id", "channel_id", "job_id")),
        moment("sent_at", null=True, default=None),
        to("notifications", "signal_id", "signals.id", cascade=True),
        to("notifications", "channel_id", "team_channels.id", cascade=True),
        key("notifications", "id"),
        unique("notifications", "signal_id", "channel_id"),
    )
    index("notifications", "channel_id")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.drop_table(table)
