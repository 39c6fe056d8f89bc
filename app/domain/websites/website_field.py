"""Read a field for a website: addresses with broken schemes, and words that say there is none."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

NO_WEBSITE = frozenset(
    ("n/a", "na", "n.a", "n.a.", "#n/a", "none", "null", "nil", "no", "nan", "undefined", "unknown", "-", "--", "---")
    + ("–", "—", "?", ".", "x", "xx", "xxx", "tbd", "t.b.d", "tba", "t.b.a", "tbc", "pending", "coming soon", "missing")
    + ("not available", "not applicable", "no website", "no site", "website", "keine", "kein", "aucun", "ninguno")
    + ("nessuno", "geen", "0", "false", "test", "http://", "https://", "http", "https", "www", "www.")
)
"""Placeholders for a missing website, in lower case."""

# http//, http:/, https;//, hhtp://, and a scheme in front of another one.
_SCHEME = re.compile(
    r"(?:h{1,2}t{1,3}p{1,2}(s?)\s{0,3}(?:[:;.]{1,2}\s{0,3}[/\\]{1,4}|[/\\]{2,4}|:(?!\d{1,5}(?:/|$)))\s{0,3}){1,3}",
    re.IGNORECASE,
)
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def clean_website(text: str) -> str | None:
    """Return the text as a URL or a domain, with its scheme mended; None for a placeholder.

    Raises ValueError, whose message reads after the name of the field, if it can be no address of a website.
    """
    text = text.strip()
    if not text or text.casefold() in NO_WEBSITE:
        return None
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = f"http{scheme[1].lower()}://{text[scheme.end() :]}"
    try:
        host = urlsplit(text if _OTHER_SCHEME.match(text) else f"//{text.lstrip('/')}").hostname or ""
    except ValueError:
        host = ""
    if not host or ("." not in host.strip(".") and ":" not in host and host != "localhost"):
        raise ValueError("must be a web address with a domain name, such as https://example.com")
    return text
