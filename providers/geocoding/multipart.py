"""A form with one file, as `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping


def multipart(
    fields: Mapping[str, str], file_field: str, file_name: str, file_type: str, file: bytes
) -> tuple[bytes, str]:
    """Return the body, which can be sent again on a retry, and its content type. Names are ASCII without quotes."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file_field}"; filename="{file_name}"\r\n'
        f"Content-Type: {file_type}\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), file, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"
