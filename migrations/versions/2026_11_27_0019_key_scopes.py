"""api_keys: scopes and an expiry; existing keys may do everything that their users may

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scopes: sa.Column[Any] = sa.Column(
        "scopes", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{read,write,admin}'")
    )
    op.add_column("api_keys", scopes)
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("api_keys_scopes_check"), "api_keys", "scopes <@ '{read,write,admin}' AND cardinality(scopes) > 0"
    )


def downgrade() -> None:
    """Keys that have expired or may not do everything are revoked: the previous version does not know their limits."""
    op.execute(
        """UPDATE api_keys SET revoked_at = now()
           WHERE revoked_at IS NULL AND (expires_at IS NOT NULL OR NOT scopes @> '{read,write}')"""
    )
    op.drop_constraint(op.f("api_keys_scopes_check"), "api_keys", type_="check")
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "scopes")
