"""websites: businesses, exclusions, contacts, checks, pages, hosts, webhooks

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATUSES = ("blocked", "dns_error", "gone", "not_html", "ok", "parked", "private_address", "redirected_offsite",
            "robots_denied", "server_error", "timeout", "tls_error")  # fmt: skip


def one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    words = ", ".join(repr(value) for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"{table}_{column}_check"))


def text(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def moment(name: str, default: str | None = "now()", nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default and sa.text(default), nullable=nullable)


def user(table: str, name: str = "created_by") -> list[Any]:
    return [
        sa.Column(name, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"{table}_{name}_fkey")),
    ]


def of_business(table: str) -> list[Any]:
    return [
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f(f"{table}_business_id_fkey"), ondelete="CASCADE"
        ),
    ]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    businesses()
    findings()
    web()
    op.execute(DELIVER)
    op.execute(TRIGGER)


def businesses() -> None:
    op.create_table(
        "business_exclusions",
        sa.Column("id", sa.Uuid(), nullable=False),
        *text("by", "value", nullable=False),
        *text("reason"),
        *user("business_exclusions"),
        moment("created_at"),
        one_of("business_exclusions", "by", ("domain", "name", "place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("business_exclusions_pkey")),
    )
    op.create_index("business_exclusions_key", "business_exclusions", ["by", "value"], unique=True)
    op.create_table(
        "businesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        *text("key", "source", nullable=False),
        *text("place_id", "external_id"),
        *text("name", nullable=False),
        *text("website", "domain", "phone", "category", "address", "city", "state", "zip_code"),
        *text("country", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        *text("attribution"),
        sa.Column("excluded_by", sa.Uuid(), nullable=True),
        *text("website_status"),
        moment("website_checked_at", None, nullable=True),
        sa.Column("website_evidence", postgresql.JSONB(), nullable=True),
        *user("businesses"),
        moment("created_at"),
        moment("updated_at"),
        one_of("businesses", "website_status", STATUSES),
        sa.CheckConstraint(
            "(website_status IS NULL) = (website_checked_at IS NULL)", name=op.f("businesses_checked_check")
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("businesses_place_check")),
        sa.ForeignKeyConstraint(
            ["excluded_by"],
            ["business_exclusions.id"],
            name=op.f("businesses_excluded_by_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("businesses_pkey")),
        sa.UniqueConstraint("key", name=op.f("businesses_key_key")),
    )
    op.create_index(op.f("businesses_excluded_by_idx"), "businesses", ["excluded_by"])
    op.create_index("businesses_domain_idx", "businesses", ["domain"])
    op.create_index(
        "businesses_stale_idx", "businesses", ["website_checked_at"], postgresql_where=sa.text("website IS NOT NULL")
    )


def findings() -> None:
    op.create_table(
        "business_contacts",
        *of_business("business_contacts"),
        *text("kind", "value", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        moment("first_seen_at"),
        moment("seen_at"),
        one_of("business_contacts", "kind", ("email", "phone", "social")),
        sa.PrimaryKeyConstraint("business_id", "kind", "value", name=op.f("business_contacts_pkey")),
    )
    op.create_table(
        "website_checks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *of_business("website_checks"),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        moment("at"),
        *text("status", nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("website_checks_pkey")),
    )
    op.create_index("website_checks_business_idx", "website_checks", ["business_id", "id"])


def web() -> None:
    op.create_table(
        "web_pages",
        *text("url", nullable=False),
        moment("fetched_at"),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("web_pages_pkey")),
    )
    op.execute("ALTER TABLE web_pages ALTER COLUMN html SET STORAGE EXTERNAL")  # it is packed already
    op.create_index(op.f("web_pages_fetched_at_idx"), "web_pages", ["fetched_at"])
    op.create_table(
        "web_hosts",
        *text("host", nullable=False),
        sa.Column("token", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        moment("free_at", None),
        sa.PrimaryKeyConstraint("host", name=op.f("web_hosts_pkey")),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        *user("webhook_endpoints", "user_id"),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        *text("url", "secret", nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=True),
        *text("disabled_reason"),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_endpoints_pkey")),
    )
    op.create_index(op.f("webhook_endpoints_user_id_idx"), "webhook_endpoints", ["user_id"])
    op.create_index(op.f("webhook_endpoints_job_id_idx"), "webhook_endpoints", ["job_id"])


DELIVER = """
CREATE FUNCTION jobs_tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- most users have none: an INSERT, even of nothing, opens every index of the table
    IF EXISTS (SELECT FROM webhook_endpoints WHERE user_id = NEW.created_by AND disabled_reason IS NULL) THEN
        INSERT INTO jobs (id, kind, queue, priority, data, max_attempts, timeout_seconds, created_by)
        SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
               'webhook_delivery', 'webhooks', 5,
               jsonb_build_object('endpointId', e.id, 'jobId', NEW.id, 'event', 'job.' || NEW.status), 8, 30, e.user_id
        FROM webhook_endpoints AS e
        WHERE e.user_id = NEW.created_by AND e.disabled_reason IS NULL AND (e.job_id IS NULL OR e.job_id = NEW.id)
          AND (e.kinds IS NULL OR NEW.kind = ANY(e.kinds));
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER jobs_ended AFTER UPDATE OF completed_at ON jobs FOR EACH ROW
    WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL AND NEW.kind <> 'webhook_delivery')
    EXECUTE FUNCTION jobs_tell_webhooks()
"""
"""However a job ends, its webhooks are made in the same transaction; the id is a UUIDv7."""


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER jobs_ended ON jobs")
    op.execute("DROP FUNCTION jobs_tell_webhooks")
    for table in ("webhook_endpoints", "web_hosts", "web_pages", "website_checks", "business_contacts", "businesses",
                  "business_exclusions"):  # fmt: skip
        op.drop_table(table)
