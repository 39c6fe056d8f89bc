"""Limits on how many of something a user may have."""

from __future__ import annotations

from app.errors import LimitReached


def require_room(name: str, things: str, current: int, maximum: int) -> None:
    """Raises LimitReached if `current` has reached `maximum`; a maximum of 0 means no limit.

    `name` is the limit as it is in the problem document, `things` what is counted, in words.
    """
    if maximum and current >= maximum:
        raise LimitReached(
            f"There are already {current:,} {things}, and {maximum:,} is the limit. Delete or revoke one that is not "
            "needed any more, or ask an administrator for more.",
            limit=name,
            maximum=maximum,
            current=current,
        )
