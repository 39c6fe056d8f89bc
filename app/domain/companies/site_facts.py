"""Facts that the markup of a company's pages states by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from app.domain.websites import technologies
from app.domain.websites.extraction.bounds import bounded

PROFILES = {
    "linkedin.com": "linkedin", "x.com": "x", "twitter.com": "x", "facebook.com": "facebook",
    "instagram.com": "instagram", "youtube.com": "youtube", "github.com": "github", "tiktok.com": "tiktok",
}  # fmt: skip
SHARING = re.compile(r"/(?:share|sharer|intent|dialog|plugins|p|status|watch|embed|hashtag)\b|[?&](?:url|u)=", re.I)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MOST = 10


def facts_of(pages: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """description, language, emails, phones, profiles and technologies of pages given as (address, HTML).

    Only what is there; e-mail addresses and telephones as links name them (`mailto:`, `tel:`).
    """
    description = language = None
    emails: dict[str, None] = {}
    phones: dict[str, None] = {}
    profiles: dict[str, str] = {}
    made_with: dict[str, str] = {}
    for _, html in pages:
        tree = LexborHTMLParser(bounded(html))
        description = description or _description(tree)
        language = language or _language(tree)
        made_with |= technologies.find(html)
        for node in tree.css("a[href]"):
            href = (node.attributes.get("href") or "").strip()
            if href.lower().startswith("mailto:") and (match := EMAIL.fullmatch(unquote(href[7:]).partition("?")[0])):
                emails[match[0].lower()] = None
            elif href.lower().startswith("tel:") and (number := _phone(unquote(href[4:]))):
                phones[number] = None
            elif (profile := _profile(href)) is not None:
                profiles.setdefault(*profile)
    found: dict[str, Any] = {
        "description": description,
        "language": language,
        "emails": list(emails)[:MOST] or None,
        "phones": list(phones)[:MOST] or None,
        "profiles": profiles or None,
        "technologies": sorted(made_with) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _description(tree: LexborHTMLParser) -> str | None:
    for selector in ('meta[name="description"]', 'meta[property="og:description"]'):
        node = tree.css_first(selector)
        text = " ".join((node.attributes.get("content") or "").split()) if node else ""
        if text:
            return text[:500]
    return None


def _language(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("html[lang]")
    language = (node.attributes.get("lang") or "").strip().lower() if node else ""
    return language if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", language) else None


def _phone(text: str) -> str | None:
    number = re.sub(r"[^\d+]", "", text)
    return number if 7 <= len(number.lstrip("+")) <= 15 else None


def _profile(href: str) -> tuple[str, str] | None:
    """(platform, address) of a profile; not of a share link or a post."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    platform = PROFILES.get(host)
    if platform is None or not parts.path.strip("/") or SHARING.search(href):
        return None
    return platform, f"https://{host}{parts.path.rstrip('/')}"
