"""research: sources that could not be read, reports without any claim, and the user of a call of a model

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHECK = "research_reports_status_check"


def upgrade() -> None:
    op.add_column(
        "research_reports",
        sa.Column("problems", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.execute(f"ALTER TABLE research_reports DROP CONSTRAINT {CHECK}")
    op.execute(
        f"ALTER TABLE research_reports ADD CONSTRAINT {CHECK}"
        " CHECK (status IN ('complete', 'failed', 'partial', 'writing'))"
    )
    op.add_column("llm_calls", sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=True))
    op.execute("UPDATE llm_calls AS c SET user_id = j.created_by FROM jobs AS j WHERE j.id = c.job_id")
    op.create_index("llm_calls_user_id_at_idx", "llm_calls", ["user_id", "at"])


def downgrade() -> None:
    op.drop_index("llm_calls_user_id_at_idx", "llm_calls")
    op.drop_column("llm_calls", "user_id")
    op.execute("UPDATE research_reports SET status = 'partial' WHERE status = 'failed'")
    op.execute(f"ALTER TABLE research_reports DROP CONSTRAINT {CHECK}")
    op.execute(
        f"ALTER TABLE research_reports ADD CONSTRAINT {CHECK} CHECK (status IN ('complete', 'partial', 'writing'))"
    )
    op.drop_column("research_reports", "problems")
