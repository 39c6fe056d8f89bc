"""A stand-in for the Census geocoder: single addresses, and batches as CSV in an order of their own."""

from __future__ import annotations

import csv
import io
import zlib

from aiohttp import web

from tests.servers.addresses import Finding, Level, address_book
from tests.servers.standin import STATUSES, Fault, StandIn, html_response, json_response

MAX_BATCH = 10_000


class CensusStandIn(StandIn):
    """Knows houses only; an unknown street or number is a miss."""

    path = "/geocoder/locations/address"
    batch_path = "/geocoder/locations/addressbatch"

    def look_up(self, params: dict[str, str]) -> web.Response:
        """See StandIn."""
        if not params.get("benchmark"):
            return json_response({"errors": ["benchmark must be specified"], "status": "400"}, status=400)
        finding = _find(params.get("street"), params.get("city"), params.get("state"), params.get("zip"))
        matches = [] if finding is None else [_match(finding)]
        return json_response({"result": {"input": {"address": params}, "addressMatches": matches}})

    def look_up_batch(self, params: dict[str, str], body: bytes) -> web.Response:
        """See StandIn. Rows come back in another order; those without a match are shorter."""
        rows = list(csv.reader(io.StringIO(body.decode("latin-1"))))
        if not params.get("benchmark") or not rows or len(rows) > MAX_BATCH:
            return html_response(400)
        answer = io.StringIO()
        writer = csv.writer(answer, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, street, city, state, zip_code in sorted(rows, key=lambda row: zlib.crc32(row[0].encode())):
            asked = f"{street}, {city}, {state}, {zip_code}"
            finding = _find(street, city, state, zip_code)
            if finding is None:
                writer.writerow([number, asked, "No_Match"])
                continue
            exact = "Exact" if zip_code == finding.postcode else "Non_Exact"
            latitude, longitude = finding.point
            point = f"{longitude},{latitude}"
            writer.writerow([number, asked, "Match", exact, _label(finding), point, _line_id(finding), "L"])
        return web.Response(body=answer.getvalue().encode("latin-1", "replace"), content_type="text/plain")

    def refuse(self, fault: Fault) -> web.Response:
        """See StandIn."""
        return html_response(STATUSES[fault])


def _find(street: str | None, city: str | None, state: str | None, zip_code: str | None) -> Finding | None:
    parts = {"street": street, "city": city, "state": state, "postalcode": zip_code}
    finding = address_book().find({name: part for name, part in parts.items() if part}, drop_street=False)
    return finding if finding and finding.level is Level.HOUSE else None


def _match(finding: Finding) -> dict[str, object]:
    latitude, longitude = finding.point
    return {
        "tigerLine": {"side": "L", "tigerLineId": _line_id(finding)},
        "coordinates": {"x": longitude, "y": latitude},
        "addressComponents": {
            "zip": finding.postcode,
            "streetName": (finding.road or "").upper(),
            "fromAddress": "1",
            "toAddress": "99999",
            "city": (finding.city or "").upper(),
            "state": finding.address["state"],
        },
        "matchedAddress": _label(finding),
    }


def _label(finding: Finding) -> str:
    query = finding.query
    return f"{query.house_number} {query.road}, {query.city}, {query.state}, {query.postcode}".upper()


def _line_id(finding: Finding) -> str:
    return str(zlib.crc32((finding.road or "").encode()))
