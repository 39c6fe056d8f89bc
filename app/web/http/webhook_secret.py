"""The secrets by which receivers verify our webhooks (standardwebhooks.com)."""

from __future__ import annotations

import secrets
from base64 import b64encode

SECRET_BYTES = 32


def new_webhook_secret() -> str:
    """Return a random secret in the notation of Standard Webhooks."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
