"""Stand-ins for Companies House, Google Places (New) and Brave Search, in their wire formats."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.servers.standin import Fault, StandIn, json_response

NUMBER = "01234567"
PLACE_ID = "ChIJ-acme"
STATUSES = {Fault.RATE_LIMITED: 429, Fault.BAD_KEY: 401, Fault.QUOTA: 429, Fault.SERVER_ERROR: 503}

PROFILE: dict[str, Any] = {
    "company_number": NUMBER,
    "company_name": "ACME WIDGETS LTD",
    "company_status": "active",
    "type": "ltd",
    "date_of_creation": "1987-04-01",
    "registered_office_address": {"address_line_1": "1 Mill Lane", "locality": "Leeds", "postal_code": "LS1 1AA"},
    "sic_codes": ["25990"],
    "accounts": {"overdue": False, "last_accounts": {"made_up_to": "2024-12-31"}},
    "has_charges": False,
    "has_insolvency_history": False,
}
OFFICERS = {
    "items": [
        {"name": "SMITH, Jane Anne", "officer_role": "director", "appointed_on": "1987-04-01"},
        {"name": "DOE, John", "officer_role": "secretary", "appointed_on": "1990-01-01", "resigned_on": "2001-01-01"},
    ]
}


class CompaniesHouseStandIn(StandIn):
    """Knows one company."""

    path = "/{path:.*}"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        path = self.arrivals[-1].path
        if path == "/search/companies":
            items = [
                {"title": "ACME WIDGETS LIMITED", "company_number": NUMBER, "company_status": "active"},
                {"title": "ACME WIDGETS (NORTH) LIMITED", "company_number": "07654321", "company_status": "active"},
            ]
            return json_response({"items": items if "acme" in params["q"].lower() else []})
        answers = {f"/company/{NUMBER}": PROFILE, f"/company/{NUMBER}/officers": OFFICERS}
        if path not in answers:
            return json_response({"errors": [{"error": "company-profile-not-found"}]}, 404)
        return json_response(answers[path])

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return json_response({"error": "Refused"}, STATUSES[fault])

    @property
    def authorization(self) -> str:
        """What a good key looks like."""
        return "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()


class GooglePlacesStandIn(StandIn):
    """Knows one place; without a field mask it answers 400, as the real one does."""

    path = "/v1/places/{id}"
    batch_path = "/v1/places:searchText"
    website = "https://acme.example/"

    def entry(self) -> dict[str, Any]:
        return {
            "id": PLACE_ID,
            "displayName": {"text": "Acme Widgets", "languageCode": "en"},
            "formattedAddress": "1 Mill Lane, Leeds LS1 1AA, UK",
            "websiteUri": self.website,
            "internationalPhoneNumber": "+44 113 000 0000",
            "primaryTypeDisplayName": {"text": "Manufacturer"},
            "businessStatus": "OPERATIONAL",
            "rating": 4.5,
            "userRatingCount": 120,
            "googleMapsUri": "https://maps.google.com/?cid=1",
        }

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if not self.arrivals[-1].path.endswith(f"/{PLACE_ID}"):
            return json_response({"error": {"code": 404, "message": "Not found"}}, 404)
        return self._masked(lambda mask: {name: value for name, value in self.entry().items() if name in mask})

    def look_up_batch(self, params: dict[str, str], body: bytes) -> web.Response:
        """See StandIn."""

        def found(mask: set[str]) -> dict[str, Any]:
            return {"places": [{name: value for name, value in self.entry().items() if f"places.{name}" in mask}]}

        return self._masked(found if b"acme" in body.lower() else lambda mask: {})

    def _masked(self, answer: Callable[[set[str]], dict[str, Any]]) -> web.Response:
        mask = self.arrivals[-1].headers.get("X-Goog-FieldMask", "")
        if not mask:
            return json_response({"error": {"code": 400, "message": "FieldMask is a required parameter"}}, 400)
        return json_response(answer(set(mask.split(","))))

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return json_response({"error": {"message": "Refused"}}, STATUSES[fault])


class BraveStandIn(StandIn):
    """Finds what it was given: `news` and `pages` are addresses."""

    path = "/res/v1/web/search"

    def __init__(self) -> None:
        super().__init__()
        self.news: list[str] = []
        self.pages: list[str] = []

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        news = [{"url": url, "title": "News", "page_age": "2026-01-31T00:00:00"} for url in self.news]
        pages = [{"url": url, "title": "Page"} for url in self.pages]
        return json_response({"type": "search", "web": {"results": pages}, "news": {"results": news}})

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return json_response({"type": "ErrorResponse", "error": {"detail": "Refused"}}, STATUSES[fault])
