"""signal_notification: send a signal to a channel of a team, until it is accepted or the last attempt failed.

If a worker dies after sending a message and before recording that, the receiver gets the message a second time. Its id
is the same both times.
"""

from __future__ import annotations

from typing import Any

import orjson

from app.db.companies import notifications
from app.db.companies.notifications import PendingNotification
from app.db.core.pool import connection
from app.domain.companies import kinds
from app.domain.companies.kinds import NotificationArgs
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import BadRequest
from workers.core import limited_sending
from workers.core.context import JobContext

SPEC = kinds.SIGNAL_NOTIFICATION


async def run(context: JobContext, args: NotificationArgs) -> dict[str, Any] | Outcome:
    """Send the notification, unless it was sent before."""
    async with connection(context.resources.pool) as conn:
        notification = await notifications.get_pending(conn, args.notification_id)
    if notification is None:
        return {"sent": False, "reason": "already sent, or its channel was deleted"}
    try:
        sent = await send(notification, context)
    except BadRequest as error:
        return Failed(f"{notification.channel_kind} {notification.target}: {error}")
    if isinstance(sent, Snooze):
        return sent
    async with context.step() as step:
        await notifications.mark_sent(step.conn, notification.id)
        step.processed = 1
    return {"sent": True, "channel": notification.channel_kind, "target": notification.target}


async def send(notification: PendingNotification, context: JobContext) -> int | Snooze | None:
    """Send a notification by webhook or e-mail. Returns a Snooze if it has to wait. Raises ProviderError."""
    resources = context.resources
    if notification.channel_kind == "webhook":
        message_id, secret = f"msg_{notification.id.hex}", notification.secret or ""
        body = webhook_body(notification)

        async def post(timeout_seconds: float) -> int:
            return await resources.webhooks.send(notification.target, secret, message_id, body, timeout_seconds)

        return await limited_sending.send(context, notification.channel_id, notification.target, post)
    mailer = resources.company_providers.mailer
    if mailer is None:
        raise BadRequest("no mail server is configured (TRIGPOINT_SMTP_URL)", provider="smtp")
    subject = f"{notification.company.name}: {notification.signal.title}"
    await mailer.send(notification.target, subject, email_body(notification), f"signal.{notification.id.hex}")
    return None


def webhook_body(notification: PendingNotification) -> bytes:
    """Return the JSON body of a webhook message."""
    company = notification.company
    message = {
        "type": "signal.detected",
        "team": notification.team,
        "company": {
            "id": str(company.id),
            "external_id": company.external_id,
            "name": company.name,
            "website": company.website,
        },
        "signal": notification.signal.to_json(),
    }
    return orjson.dumps(message, option=orjson.OPT_UTC_Z)


def email_body(notification: PendingNotification) -> str:
    """Return the plain text of an e-mail."""
    signal = notification.signal
    return (
        f'{notification.company.name}: {signal.title}\n\n"{signal.quote}"\n\n'
        f"Page: {signal.url}\nDate: {signal.occurred_on or 'not stated'}\n"
        f"Noticed: {signal.detected_at:%Y-%m-%d %H:%M} UTC\nTeam: {notification.team}\n"
    )
