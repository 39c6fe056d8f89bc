"""What of a page's JSON-LD speaks of the business itself, and not of its writers, sponsors, wares or parent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.wordlists import words

#: Types of things that are neither a business nor a part of it. schema.org has a thousand that are.
_OTHER_TYPES = re.compile(
    r"Person|Article|Posting|Review|Comment|Event|Object$|Book|Movie|Recipe|Product|Offer|Rating|WebPage|Question|"
    r"Answer|Course|Recording|Album|Episode|Series|Country|City|State|List|Action|Address|Place$|Coordinates"
)
#: Properties whose values are someone else.
_OTHERS = words("""
    parentOrganization memberOf member members sponsor funder funding affiliation worksFor alumniOf performer author
    creator contributor editor review reviews itemReviewed employee employees founder founders brand manufacturer
    provider seller knows mentions about organizer containedInPlace areaServed
""")


def business_objects(document: Document) -> list[dict[str, Any]]:
    """Those that may be the business; a person counts who is an organisation too: the owner of a site of one."""
    others = {id(one) for one in _of_others(document.linked_data)}
    return [one for one in document.linked_data if id(one) not in others and _may_be_business(one)]


def _may_be_business(one: dict[str, Any]) -> bool:
    kinds = one.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and not _OTHER_TYPES.search(kind) for kind in kinds)


def _of_others(objects: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [one[key] for one in objects for key in _OTHERS & one.keys()]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one[:200]
        elif isinstance(one, dict):
            yield one
