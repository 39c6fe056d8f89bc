"""signal_notification: one signal to one channel of a team, until it is taken or the last attempt failed.

The receiver may see a message twice where a worker dies between its sending and the record of it: by its id, which
stays the same, it knows the second one.
"""

from __future__ import annotations

from typing import Any

import orjson

from app.db.companies import signals
from app.db.companies.signals import Due
from app.db.core.pool import connection
from app.domain.companies.kinds import SIGNAL_NOTIFICATION, NotificationArgs
from app.domain.jobs.outcomes import Failed, Outcome
from providers.errors import BadRequest
from workers.core.context import JobContext
from workers.core.resources import Resources

SPEC = SIGNAL_NOTIFICATION


async def run(context: JobContext, args: NotificationArgs) -> dict[str, Any] | Outcome:
    async with connection(context.resources.pool) as conn:
        due = await signals.due(conn, args.notification_id)
    if due is None:
        return {"sent": False, "reason": "it was sent before, or its channel is gone"}
    try:
        await send(due, context.resources)
    except BadRequest as error:
        return Failed(f"{due.channel_kind} {due.target}: {error}")
    async with context.step() as step:
        await signals.sent(step.conn, due.id)
        step.processed = 1
    return {"sent": True, "channel": due.channel_kind, "target": due.target}


async def send(due: Due, resources: Resources) -> None:
    """Raises ProviderError."""
    if due.channel_kind == "webhook":
        message = {"type": "signal.detected", "team": due.team, "company": due.company, "signal": due.signal}
        body = orjson.dumps(message, option=orjson.OPT_UTC_Z)
        await resources.webhooks.send(due.target, due.secret or "", f"msg_{due.id.hex}", body)
        return
    mailer = resources.intelligence.mailer
    if mailer is None:
        raise BadRequest("no mail server is configured (TRIGPOINT_SMTP_URL)", provider="smtp")
    subject = f"{due.company['name']}: {due.signal['title']}"
    await mailer.send(due.target, subject, letter(due), f"signal.{due.id.hex}")


def letter(due: Due) -> str:
    signal, evidence = due.signal, due.signal["evidence"]
    when = signal["occurred_on"] or "not stated"
    return (
        f'{due.company["name"]}: {signal["title"]}\n\n"{evidence["quote"]}"\n\n'
        f"Page: {evidence['url']}\nDate: {when}\nNoticed: {signal['detected_at']:%Y-%m-%d %H:%M} UTC\n"
        f"Team: {due.team}\n"
    )
