"""The company that sources are asked about, with the marks that its client gave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.db.companies import candidates
from app.db.companies.records import Company
from app.db.core.pool import Connection
from app.domain.companies.identity.own_pages import address_marks
from app.domain.companies.identity.subject import Subject
from app.domain.companies.research.normalization import folded
from app.domain.companies.site_facts import DEFAULT_COUNTRY
from app.domain.vocabulary.countries import country_code

REGISTER_COUNTRY = "gb"
"""Country of the register Companies House."""
PHONE_DIGITS = 9
"""Digits at the end of a telephone number by which two spellings are compared."""


async def load_subject(conn: Connection, company: Company) -> Subject:
    """Return the subject of a stored company, with the marks in its attributes and what people decided."""
    decisions = await candidates.list_decisions(conn, company.id)
    subject = to_subject(company)
    return replace(subject, confirmed_entries=decisions.confirmed, rejected_entries=decisions.rejected)


def to_subject(company: Company) -> Subject:
    """Return the subject of a stored company, with the marks in its attributes."""
    given = {re.sub(r"[^a-z]", "", name.lower()): value for name, value in company.attributes.items()}
    towns, postcodes = address_marks(", ".join(_texts(given, "address", "street", "location", "headquarters")))
    country = _country(company, given)
    return Subject(
        company.name,
        company.website,
        company.registry_number,
        company.place_id,
        country or (REGISTER_COUNTRY if company.registry_number else DEFAULT_COUNTRY),
        is_country_known=country is not None,
        aliases=tuple(_texts(given, "legalname", "tradingname", "tradename", "alias", "dba", "registeredname")),
        towns=towns | {folded(town) for town in _texts(given, "city", "town", "locality", "county", "state", "region")},
        postcodes=postcodes
        | {re.sub(r"[\s-]", "", code).upper() for code in _texts(given, "zip", "zipcode", "postcode", "postalcode")},
        phones=frozenset(
            digits[-PHONE_DIGITS:]
            for phone in _texts(given, "phone", "phones", "telephone", "phonenumber", "tel")
            if len(digits := re.sub(r"\D", "", phone)) >= PHONE_DIGITS
        ),
    )


def _country(company: Company, given: Mapping[str, Any]) -> str | None:
    """Return the country as the client gave it; None if that is not known."""
    text = given.get("country") or given.get("countrycode")
    if isinstance(text, str) and text.strip():
        return country_code(text) or text.strip().lower()
    return None


def _texts(given: Mapping[str, Any], *names: str) -> list[str]:
    values = [given.get(name) for name in names]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [str(item).strip() for item in flat if isinstance(item, str | int) and str(item).strip()]
