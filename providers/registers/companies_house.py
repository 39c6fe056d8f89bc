"""Companies House, the register of companies of the United Kingdom.

Free with a key, which is the user name of HTTP basic authentication; 600 requests per key in five minutes. Numbers are
text of eight characters (`01234567`, `SC123456`).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from providers.errors import Unavailable
from providers.json_api import JsonApi
from providers.json_values import part, text, texts
from providers.rate_limit import RateLimiter, Window

NAME = "companies_house"
PUBLIC_URL = "https://api.company-information.service.gov.uk"
WINDOWS = (Window(600, 300.0),)
PAGE_URL = "https://find-and-update.company-information.service.gov.uk/company/"
MAX_OFFICERS = 35
COUNTRY = "gb"
"""ISO 3166-1 alpha-2 of the country whose companies it registers."""
OVERSEAS_KINDS = frozenset({"oversea-company", "registered-overseas-entity", "uk-establishment"})
"""Kinds of records of companies of other countries."""


@dataclass(frozen=True)
class Officer:
    """A present or former officer of a company; dates are ISO 8601."""

    name: str
    """First name first: Jane Smith."""
    role: str
    appointed_on: str | None
    resigned_on: str | None = None


@dataclass(frozen=True)
class Hit:
    """A result of a search by name."""

    number: str
    name: str
    is_active: bool


@dataclass(frozen=True)
class Record:
    """A company's record in the register; dates are ISO 8601."""

    number: str
    name: str
    status: str
    kind: str
    incorporated_on: str | None
    dissolved_on: str | None
    address: str
    sic_codes: tuple[str, ...]
    accounts_made_up_to: str | None
    accounts_overdue: bool
    has_charges: bool
    has_insolvency_history: bool
    officers: tuple[Officer, ...] = field(default=())

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 of the country whose company it is; empty if it is of another one."""
        return "" if self.kind in OVERSEAS_KINDS else COUNTRY

    @property
    def url(self) -> str:
        """The public page of the company."""
        return PAGE_URL + self.number


class CompaniesHouse:
    """A client of the register; `url` replaces the public address."""

    def __init__(
        self, session: aiohttp.ClientSession, limiter: RateLimiter, *, key: str, url: str | None, user_agent: str
    ) -> None:
        token = base64.b64encode(f"{key}:".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "User-Agent": user_agent}
        self._api = JsonApi(
            NAME, url or PUBLIC_URL, session, limiter, windows=WINDOWS, headers=headers, secrets=(key, token)
        )

    async def search(self, name: str) -> list[Hit]:
        """Return the companies that the register finds by a name, best first. Raises ProviderError."""
        answer = await self._api.get("/search/companies", {"q": name, "items_per_page": "20"})
        return [
            Hit(number, title, item.get("company_status") == "active")
            for item in _list(answer or {}, "items")
            if (number := text(item, "company_number")) and (title := text(item, "title"))
        ]

    async def record(self, number: str) -> Record | None:
        """Return the record of a company with its officers; None if the number is unknown. Raises ProviderError."""
        path = f"/company/{quote(number, safe='')}"
        profile = await self._api.get(path)
        if profile is None:
            return None
        answer = await self._api.get(f"{path}/officers", {"items_per_page": str(MAX_OFFICERS)})
        return _record(profile, _list(answer or {}, "items"))


def _list(answer: Any, name: str) -> list[dict[str, Any]]:
    items = answer.get(name, []) if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unavailable(f"garbled answer: no list of {name}", provider=NAME)
    return items


def _record(profile: object, officers: list[dict[str, Any]]) -> Record:
    """Return the record. Raises Unavailable if it has no number or no name."""
    number, name = text(profile, "company_number"), text(profile, "company_name")
    if not isinstance(profile, dict) or number is None or name is None:
        raise Unavailable("garbled answer: a company without number or name", provider=NAME)
    codes = profile.get("sic_codes")
    return Record(
        number=number,
        name=name,
        status=(text(profile, "company_status") or "unknown").replace("-", " "),
        kind=text(profile, "type") or "unknown",
        incorporated_on=text(profile, "date_of_creation"),
        dissolved_on=text(profile, "date_of_cessation"),
        address=_address(part(profile, "registered_office_address")),
        sic_codes=tuple(code for code in codes if isinstance(code, str)) if isinstance(codes, list) else (),
        accounts_made_up_to=text(part(profile, "accounts", "last_accounts"), "made_up_to"),
        accounts_overdue=part(profile, "accounts").get("overdue") is True,
        has_charges=profile.get("has_charges") is True,
        has_insolvency_history=profile.get("has_insolvency_history") is True,
        officers=tuple(
            Officer(
                _person(name),
                (text(officer, "officer_role") or "officer").replace("-", " "),
                text(officer, "appointed_on"),
                text(officer, "resigned_on"),
            )
            for officer in officers
            if (name := text(officer, "name"))
        ),
    )


def _address(address: dict[str, Any]) -> str:
    names = ("premises", "address_line_1", "address_line_2", "locality", "region", "postal_code", "country")
    return ", ".join(texts(address, *names))


def _person(name: str) -> str:
    """Return `SMITH, Jane Anne` as Jane Anne Smith."""
    last, comma, first = name.partition(", ")
    return f"{first} {last.title()}" if comma else name
