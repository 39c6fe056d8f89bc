"""Send e-mail through an SMTP server: `smtp://user:password@host:587`, or `smtps://…` for TLS from the start."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from providers.errors import BadRequest, Misconfigured, Unavailable

NAME = "smtp"
TIMEOUT_SECONDS = 20.0
MAX_SUBJECT_CHARACTERS = 200


class Mailer:
    """Sends e-mail from the address `sender`. Raises ValueError if `url` is not an SMTP URL with a host."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("TRIGPOINT_SMTP_URL must be smtp://… or smtps://… with a host")
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender

    async def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Send a plain-text message. Raises ProviderError; BadRequest if trying again is useless.

        `message_id` identifies a message that is sent a second time.
        """
        message = EmailMessage()
        message["From"], message["To"] = self._sender, to
        message["Subject"] = " ".join(subject.split())[:MAX_SUBJECT_CHARACTERS]
        message["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Misconfigured(f"the server refuses the login: {error.code}", provider=NAME) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [recipient.code for recipient in error.recipients]
            message_text = f"the server refuses the recipient: {', '.join(map(str, codes))}"
            failure = BadRequest if all(code >= 500 for code in codes) else Unavailable
            raise failure(message_text, provider=NAME) from None
        except aiosmtplib.SMTPResponseException as error:
            raise Unavailable(f"the server responded {error.code}", provider=NAME) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Unavailable(f"no mail could be sent ({type(error).__name__})", provider=NAME) from None
