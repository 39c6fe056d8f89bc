"""Browser sessions: a signed cookie that names the API key by which the user signed in, and is valid as long as it.

The cookie is signed with the stored hash of the key and the installation's TRIGPOINT_SESSION_SECRET. So nothing is
stored about a session, all API processes accept it, and revoking a key ends its sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from itsdangerous import BadData, TimestampSigner

COOKIE_NAME = "trigpoint_session"
MAX_AGE_SECONDS = 14 * 24 * 3600


def create_cookie(key_id: UUID, key_hash: bytes, secret: str | None) -> str:
    """Return the cookie of a new session."""
    return _signer(key_hash, secret).sign(f"{key_id.hex}~{secrets.token_urlsafe(16)}").decode()


def parse_key_id(cookie: str) -> UUID | None:
    """Return the key id that the cookie claims, before its signature is verified; None if it is malformed."""
    try:
        return UUID(hex=cookie.partition("~")[0])
    except ValueError:
        return None


def is_valid(cookie: str, key_hash: bytes, secret: str | None) -> bool:
    """Whether the signature is ours and the session has not expired."""
    try:
        _signer(key_hash, secret).unsign(cookie, max_age=MAX_AGE_SECONDS)
    except BadData:
        return False
    return True


def _signer(key_hash: bytes, secret: str | None) -> TimestampSigner:
    key = hmac.digest((secret or "").encode(), key_hash, "sha256")
    return TimestampSigner(key, salt="trigpoint session", digest_method=hashlib.sha256)
