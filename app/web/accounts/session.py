"""A browser's session: a signed cookie that says by which key somebody signed in, and is good for as long as the key.

It is signed with what is stored of the key (its hash) and the installation's TRIGPOINT_SESSION_SECRET, so nothing needs
to be kept of a session, all API processes agree on it, and a revoked key takes its sessions along.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from itsdangerous import BadData, TimestampSigner

COOKIE = "trigpoint_session"
SECONDS = 14 * 24 * 3600


def seal(key_id: UUID, key_hash: bytes, secret: str | None) -> str:
    """The cookie of a new session."""
    return _signer(key_hash, secret).sign(f"{key_id.hex}~{secrets.token_urlsafe(16)}").decode()


def key_id(cookie: str) -> UUID | None:
    """What the cookie says; `is_good` tells whether that is true."""
    try:
        return UUID(hex=cookie.partition("~")[0])
    except ValueError:
        return None


def is_good(cookie: str, key_hash: bytes, secret: str | None) -> bool:
    try:
        _signer(key_hash, secret).unsign(cookie, max_age=SECONDS)
    except BadData:
        return False
    return True


def _signer(key_hash: bytes, secret: str | None) -> TimestampSigner:
    key = hmac.digest((secret or "").encode(), key_hash, "sha256")
    return TimestampSigner(key, salt="trigpoint session", digest_method=hashlib.sha256)
