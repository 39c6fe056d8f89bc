"""A message by e-mail, through one SMTP server: `smtp://user:password@host:587`, or `smtps://` for TLS at once."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from providers.errors import BadRequest, Misconfigured, Unavailable

NAME = "smtp"
SECONDS = 20.0


class Mailer:
    """`sender` stands in From."""

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
        """Raises ProviderError. A mail program knows a repeated message by its Message-ID."""
        message = EmailMessage()
        message["From"], message["To"] = self._sender, to
        message["Subject"] = " ".join(subject.split())[:200]
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
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Misconfigured(f"the server refuses the login: {error.code}", provider=NAME) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            words = f"the server refuses the recipient: {', '.join(map(str, codes))}"
            failure = BadRequest if all(code >= 500 for code in codes) else Unavailable
            raise failure(words, provider=NAME) from None
        except aiosmtplib.SMTPResponseException as error:
            raise Unavailable(f"the server answers {error.code}", provider=NAME) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Unavailable(f"no mail could be sent ({type(error).__name__})", provider=NAME) from None
