"""jobs_tell_webhooks: deliveries carry the request id of the job that they report, and a title

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION jobs_tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- most users have none: an INSERT, even of nothing, opens every index of the table
    IF EXISTS (SELECT FROM webhook_endpoints WHERE user_id = NEW.created_by AND disabled_reason IS NULL) THEN
        INSERT INTO jobs (id, kind, queue, priority, data, max_attempts, timeout_seconds, created_by{columns})
        SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
               'webhook_delivery', 'webhooks', 5,
               jsonb_build_object('endpointId', e.id, 'jobId', NEW.id, 'event', 'job.' || NEW.status), 8, 30, e.user_id
               {values}
        FROM webhook_endpoints AS e
        WHERE e.user_id = NEW.created_by AND e.disabled_reason IS NULL AND (e.job_id IS NULL OR e.job_id = NEW.id)
          AND (e.kinds IS NULL OR NEW.kind = ANY(e.kinds));
    END IF;
    RETURN NULL;
END $$
"""
HOST = "substring(e.url FROM '^[a-z]+://([^/]+)')"


def upgrade() -> None:
    values = f", NEW.request_id, left('Webhook delivery · ' || {HOST}, 200)"
    op.execute(FUNCTION.format(columns=", request_id, title", values=values))


def downgrade() -> None:
    op.execute(FUNCTION.format(columns="", values=""))
