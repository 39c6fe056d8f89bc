"""What a business is here, and what makes it the same one when it comes again."""

from __future__ import annotations

from enum import StrEnum


class ExclusionBy(StrEnum):
    DOMAIN = "domain"
    NAME = "name"
    PLACE_ID = "place_id"
