"""Companies House, the register of companies of the United Kingdom.

Free with a key, which is the user name of HTTP basic authentication; 600 requests per key in five minutes. Numbers are
text of eight characters (`01234567`, `SC123456`).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from providers.errors import Unavailable
from providers.json_api import JsonApi
from providers.rate_limit import RateLimiter, Window

NAME = "companies_house"
PUBLIC_URL = "https://api.company-information.service.gov.uk"
WINDOWS = (Window(600, 300.0),)
PAGE_URL = "https://find-and-update.company-information.service.gov.uk/company/"
MAX_OFFICERS = 35
LEGAL_FORM = re.compile(
    r"\b(?:ltd|limited|plc|llp|inc|incorporated|corp|corporation|gmbh|co|company|the)\b|[^\w\s]", re.I
)


@dataclass(frozen=True)
class Officer:
    """A present or former officer of a company; dates are ISO 8601."""

    name: str
    """First name first: Jane Smith."""
    role: str
    appointed_on: str | None
    resigned_on: str | None = None


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

    async def find(self, name: str) -> str | None:
        """Return the number of the company of this name, apart from its legal form; None unless exactly one matches.

        An active company goes before dissolved ones. Raises ProviderError.
        """
        answer = await self._api.get("/search/companies", {"q": name, "items_per_page": "20"})
        items = _list(answer or {}, "items")
        same = [item for item in items if _plain(str(item.get("title", ""))) == _plain(name)]
        active = [item for item in same if item.get("company_status") == "active"] or same
        return str(active[0]["company_number"]) if len(active) == 1 else None

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


def _record(profile: Any, officers: list[dict[str, Any]]) -> Record:
    try:
        accounts = profile.get("accounts") or {}
        return Record(
            number=str(profile["company_number"]),
            name=str(profile["company_name"]),
            status=str(profile.get("company_status", "unknown")).replace("-", " "),
            kind=str(profile.get("type", "unknown")),
            incorporated_on=profile.get("date_of_creation"),
            dissolved_on=profile.get("date_of_cessation"),
            address=_address(profile.get("registered_office_address") or {}),
            sic_codes=tuple(str(code) for code in profile.get("sic_codes") or ()),
            accounts_made_up_to=(accounts.get("last_accounts") or {}).get("made_up_to"),
            accounts_overdue=bool(accounts.get("overdue")),
            has_charges=bool(profile.get("has_charges")),
            has_insolvency_history=bool(profile.get("has_insolvency_history")),
            officers=tuple(
                Officer(
                    _person(str(officer["name"])),
                    str(officer.get("officer_role", "officer")).replace("-", " "),
                    officer.get("appointed_on"),
                    officer.get("resigned_on"),
                )
                for officer in officers
            ),
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise Unavailable(f"garbled answer: {type(error).__name__}", provider=NAME) from error


def _address(parts: dict[str, Any]) -> str:
    names = ("premises", "address_line_1", "address_line_2", "locality", "region", "postal_code", "country")
    return ", ".join(str(parts[name]) for name in names if parts.get(name))


def _person(name: str) -> str:
    """Return `SMITH, Jane Anne` as Jane Anne Smith."""
    last, comma, first = name.partition(", ")
    return f"{first} {last.title()}" if comma else name


def _plain(name: str) -> str:
    return " ".join(LEGAL_FORM.sub(" ", name.casefold()).split())
