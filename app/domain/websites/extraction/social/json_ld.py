"""The objects of a page's JSON-LD that describe the business itself, not its authors, sponsors, products or parent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.wordlists import words

# Types of schema.org that are neither a business nor a part of one; a thousand others are.
_OTHER_TYPES = re.compile(
    r"Person|Article|Posting|Review|Comment|Event|Object$|Book|Movie|Recipe|Product|Offer|Rating|WebPage|Question|"
    r"Answer|Course|Recording|Album|Episode|Series|Country|City|State|List|Action|Address|Place$|Coordinates"
)
# Properties whose values are somebody else.
_OTHER_PROPERTIES = words("""
    parentOrganization memberOf member members sponsor funder funding affiliation worksFor alumniOf performer author
    creator contributor editor review reviews itemReviewed employee employees founder founders brand manufacturer
    provider seller knows mentions about organizer containedInPlace areaServed
""")


def business_objects(document: Document) -> list[dict[str, Any]]:
    """Return the JSON-LD objects that may describe the business.

    A person who is an organisation too counts: the owner of a one-person business.
    """
    others = {id(entity) for entity in other_entities(document.linked_data)}
    return [entity for entity in document.linked_data if id(entity) not in others and _may_be_business(entity)]


def _may_be_business(entity: dict[str, Any]) -> bool:
    types = entity.get("@type")
    types = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and not _OTHER_TYPES.search(name) for name in types)


def other_entities(entities: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the objects that are values of _OTHER_PROPERTIES."""
    stack: list[Any] = [entity[key] for entity in entities for key in _OTHER_PROPERTIES & entity.keys()]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value[:200]
        elif isinstance(value, dict):
            yield value
