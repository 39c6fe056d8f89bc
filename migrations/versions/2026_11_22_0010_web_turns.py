"""web: a page that is known, or the turn at its host, in one trip

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TURN = """
CREATE FUNCTION web_turn(at_url text, at_host text, since timestamptz, turn interval, passing text[], believed interval)
RETURNS TABLE (token bigint, held bool, seconds float8, fetched_at timestamptz, answer jsonb, html bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    SELECT p.fetched_at, p.answer, p.html INTO fetched_at, answer, html FROM web_pages AS p
    WHERE p.url = at_url AND p.fetched_at >= since
      AND (p.answer->>'outcome' <> ALL (passing) OR p.fetched_at > now() - believed);
    IF NOT FOUND THEN
        -- what a crash of the server takes with it is asked for again, so the commit waits for no disk
        PERFORM set_config('synchronous_commit', 'off', true);
        INSERT INTO web_hosts AS h (host, free_at) VALUES (at_host, now() + turn)
        ON CONFLICT (host) DO UPDATE SET token = h.token + 1, held = true, free_at = excluded.free_at
        WHERE h.free_at <= now()
        RETURNING h.token INTO token;
        IF FOUND THEN
            -- each statement sees what was committed before it: whoever had the turn last may have brought the page
            SELECT p.fetched_at, p.answer, p.html INTO fetched_at, answer, html FROM web_pages AS p
            WHERE p.url = at_url;
        ELSE
            SELECT h.held, greatest(extract(epoch FROM h.free_at - clock_timestamp()), 0) INTO held, seconds
            FROM web_hosts AS h WHERE h.host = at_host;
        END IF;
    END IF;
    RETURN NEXT;
END $$
"""
"""The page at an address, if it was read since and that is believed; else the token of the turn at its host, with the
page as it was held; else whether someone has that turn, and the seconds until it is free at the latest."""


def upgrade() -> None:
    op.execute(TURN)


def downgrade() -> None:
    op.execute("DROP FUNCTION web_turn")
