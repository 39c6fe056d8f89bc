"""businesses: websites that somebody else has taken over have a status of their own

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NAME = "businesses_website_status_check"
BEFORE = (
    "blocked", "dns_error", "gone", "not_html", "ok", "parked", "private_address", "redirected_offsite",
    "robots_denied", "server_error", "timeout", "tls_error",
)  # fmt: skip


def upgrade() -> None:
    _allow((*BEFORE, "taken_over"))
    op.execute(
        """UPDATE businesses b SET website_status = 'taken_over'
            WHERE website_status = 'parked' AND (
                SELECT c.evidence ->> 'detail' FROM website_checks c WHERE c.business_id = b.id
                ORDER BY c.id DESC LIMIT 1
            ) LIKE 'taken over:%'"""
    )


def downgrade() -> None:
    op.execute("UPDATE businesses SET website_status = 'parked' WHERE website_status = 'taken_over'")
    _allow(BEFORE)


def _allow(statuses: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(NAME), "businesses", type_="check")
    words = ", ".join(repr(status) for status in sorted(statuses))
    op.create_check_constraint(op.f(NAME), "businesses", f"website_status IN ({words})")
