"""A sales team's data for browser tests and screenshots: businesses with contacts, companies with facts and reports.

It is written as the jobs write it, because the websites and registers that they would ask do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.companies import fields, report_parts, reports, scores, signals
from app.db.core.pool import Connection
from app.db.websites.contacts import NewContact, replace_contacts
from app.db.websites.validations import insert_validation
from app.domain.companies import lead_scores
from app.domain.companies.research.claims import Claim
from app.domain.companies.research.report import ReportStatus
from app.domain.companies.research.sources import Source, SourceKind
from app.domain.companies.signals import SignalCandidate
from tests.harness import follow

TRADES = (("Bakery", "bakery"), ("Plumbing", "plumber"), ("Dental", "dentist"), ("Books", "bookshop"))
FAMILIES = ("Miller", "Okafor", "García", "Lindqvist", "Nguyen", "Whitfield", "Rossi", "Haddad", "Kowalski", "Bauer")
CITIES = (("Durham", "NC", 35.994, -78.8986), ("Raleigh", "NC", 35.7796, -78.6382), ("Concord", "CA", 37.978, -122.031))
STATUSES = ("ok", "ok", "ok", "parked", "ok", "dns_error", "ok", "tls_error", "blocked", None)
ABOUT = """{name} makes parts for wind turbines.

The company was founded in 1998 in Durham, North Carolina, and employs 240 people at two sites. Its gearboxes are
used in more than 1,200 turbines in eleven countries.

In September the company raised 18 million dollars to build a third factory in Raleigh, which will open in the spring
of next year. It is looking for 40 engineers and technicians.

Contact: sales@{domain}, telephone +1 919 555 0142.
"""


async def create(client: aiohttp.ClientSession, dsn: str) -> dict[str, str]:
    """Create the data. Returns the ids of a business, a company, a report and a signal."""
    conn = await asyncpg.connect(dsn)
    try:
        admin = await conn.fetchval("SELECT id FROM users ORDER BY created_at LIMIT 1")
        jobs = [await _finished_job(client) for _ in range(4)]
        businesses = [await _business(conn, admin, jobs[0], number) for number in range(40)]
        companies = [await _company(conn, admin, jobs[1], number) for number in range(12)]
        await conn.execute("UPDATE companies SET business_id = $1 WHERE id = $2", businesses[0], companies[0])
        report = await _report(conn, jobs[2], companies[0])
        await _exclusions_and_team(client)
        signal = await conn.fetchval("SELECT id FROM signals WHERE company_id = $1 ORDER BY id LIMIT 1", companies[0])
    finally:
        await conn.close()
    return {
        "business": str(businesses[0]), "company": str(companies[0]), "report": str(report), "signal": str(signal)
    }  # fmt: skip


async def _finished_job(client: aiohttp.ClientSession) -> UUID:
    async with client.post("/api/v1/jobs", json={"type": "scripted", "data": {}}) as response:
        job_id = (await response.json())["jobId"]
    await follow(client, job_id)
    return UUID(job_id)


async def _exclusions_and_team(client: aiohttp.ClientSession) -> None:
    for body in (
        {"by": "domain", "value": "do-not-visit.example", "reason": "They asked us to."},
        {"by": "name", "value": "Bakery Miller & Sons"},
    ):
        async with client.post("/api/v1/business-exclusions", json=body) as response:
            assert response.status < 300, await response.text()
    channel = {"kind": "email", "target": "sales@example.com", "signals": ["hiring"]}
    async with client.post("/api/v1/teams", json={"name": "Sales, south-east", "channels": [channel]}) as response:
        assert response.status < 300, await response.text()


async def _business(conn: Connection, admin: UUID, job_id: UUID, number: int) -> UUID:
    family, (trade, category) = FAMILIES[number % len(FAMILIES)], TRADES[number % len(TRADES)]
    city, state, latitude, longitude = CITIES[number % len(CITIES)]
    domain = f"{trade}-{family}-{number}.example".lower().replace("í", "i")
    status = STATUSES[number % len(STATUSES)]
    website = None if number % 13 == 12 else f"https://www.{domain}/"
    business_id: UUID = uuid7()
    await conn.execute(
        """INSERT INTO businesses (id, key, source, external_id, name, website, domain, phone, category, address, city,
                                   state, zip_code, country, latitude, longitude, created_by)
           VALUES ($1, $2, 'accounts', $3, $4, $5, $6, $7, $8, $9, $10, $11, '27701', 'us', $12, $13, $14)""",
        business_id, f"demo:{number}", f"A-{number:03}", f"{trade} {family} & Sons", website, website and domain,
        f"+1 919 555 {number:04}", category, f"{number + 10} Main St", city, state, latitude + number / 400,
        longitude - number / 400, admin,
    )  # fmt: skip
    if website and status:
        evidence: dict[str, Any] = {"finalUrl": website, "httpStatus": 200, "title": f"{trade} {family}",
                                    "language": "en", "responseMs": 120 + number, "redirects": []}  # fmt: skip
        if status != "ok":
            evidence = {"finalUrl": website, "httpStatus": None, "detail": f"the check ended with {status}"}
        await insert_validation(conn, business_id, job_id, website=website, status=status, evidence=evidence)
    if status == "ok" and website:
        await replace_contacts(conn, business_id, ["email", "social", "phone"], _contacts(domain, family, number))
    return business_id


def _contacts(domain: str, family: str, number: int) -> list[NewContact]:
    page = f"https://www.{domain}/contact"

    def contact(kind: str, value: str, confidence: float, context: str, detail: Mapping[str, Any]) -> NewContact:
        evidence = [{"page": page, "method": "mailto" if kind == "email" else "text", "context": context}]
        return NewContact(kind, value, confidence, orjson.dumps(detail).decode(), orjson.dumps(evidence).decode())

    owner = contact("email", f"{family.lower()}@{domain}", 0.93, f"Write to our owner, {family}: {family}@{domain}",
                    {"isRole": False, "sameDomain": True})  # fmt: skip
    office = contact("email", f"info@{domain}", 0.71, f"General questions: info@{domain}", {"isRole": True})
    profile = contact("social", f"https://www.facebook.com/{domain.partition('.')[0]}", 0.88, "Find us on Facebook",
                      {"platform": "facebook"})  # fmt: skip
    phone = contact("phone", f"+1919555{number:04}", 0.8, f"Call us: (919) 555-{number:04}", {"country": "us"})
    return [owner, office, profile, phone][: 4 - number % 3]


async def _company(conn: Connection, admin: UUID, job_id: UUID, number: int) -> UUID:
    name = f"{('Acme', 'Globex', 'Initech', 'Umbra')[number % 4]} {('Turbines', 'Foods', 'Labs')[number % 3]} Ltd"
    domain = f"{name.split()[0]}-{number}.example".lower()
    company_id: UUID = uuid7()
    await conn.execute(
        "INSERT INTO companies (id, external_id, name, website, created_by) VALUES ($1, $2, $3, $4, $5)",
        company_id, f"lead-{number}", name, f"https://{domain}/", admin,
    )  # fmt: skip
    if number % 4 == 3:
        return company_id
    now = datetime.now(UTC)
    facts = {"registry_status": "active", "incorporated_on": f"{1998 + number}-05-12", "employees": 240 // (number + 1)}
    register = f"https://register.example/company/{number:08}"
    await fields.replace_fields(conn, company_id, "companies_house", facts, register, now)
    site = {"employees": 230 // (number + 1), "description": "Makes gearboxes for wind turbines.",
            "emails": [f"sales@{domain}"]}  # fmt: skip
    await fields.replace_fields(conn, company_id, "website", site, f"https://{domain}/about", now)
    text = ABOUT.format(name=name, domain=domain)
    found = [
        ("funding", f"{name} raises 18 million dollars", "raised 18 million dollars to build a third factory", 0.85),
        ("hiring", f"{name} looks for 40 engineers", "It is looking for 40 engineers and technicians.", 0.6),
        ("expansion", "A third factory in Raleigh", "a third factory in Raleigh, which will open in the spring", 0.35),
    ]
    candidates = [
        SignalCandidate(kind, title, quote, f"https://{domain}/news", text, date(2026, 9, 3 + number), strength)
        for kind, title, quote, strength in found[: 3 - number % 3]
    ]
    await signals.insert_new(conn, company_id, job_id, candidates)
    known = (await scores.get_facts(conn, [company_id]))[company_id]
    score = lead_scores.score(known, date.today())
    await scores.insert(conn, company_id, job_id, score, score.score, None)
    return company_id


async def insert_report(conn: Connection, job_id: str) -> str:
    """Insert a company with a report that quotes two sources; returns the report's id."""
    admin = await conn.fetchval("SELECT id FROM users ORDER BY created_at LIMIT 1")
    company_id = await _company(conn, admin, UUID(job_id), 0)
    return str(await _report(conn, UUID(job_id), company_id))


async def _report(conn: Connection, job_id: UUID, company_id: UUID) -> UUID:
    row = await conn.fetchrow("SELECT external_id, name, website FROM companies WHERE id = $1", company_id)
    assert row is not None
    domain = "acme-0.example"
    sources = [
        Source("S1", SourceKind.WEBSITE, f"https://{domain}/about", "About us",
               ABOUT.format(name=row["name"], domain=domain), datetime.now(UTC) - timedelta(hours=2)),
        Source("S2", SourceKind.REGISTRY, "https://register.example/company/00000000", "Register entry",
               f"{row['name']}\nCompany number 00000000\nStatus: active\nIncorporated on 12 May 1998\n",
               datetime.now(UTC) - timedelta(hours=2)),
    ]  # fmt: skip
    company = {"id": str(company_id), "registry_number": None, "place_id": None, **row}
    report_id = await reports.insert(
        conn, job_id=job_id, company_id=company_id, company=company, model="extractive", gathered={}, sources=sources
    )
    sections = {
        "overview": [
            Claim("The company was founded in 1998 in Durham, North Carolina",
                  "The company was founded in 1998 in Durham, North Carolina", ("S1",)),
            Claim("It was incorporated on 12 May 1998", "Incorporated on 12 May 1998", ("S2",)),
        ],
        "products": [Claim("Its gearboxes are used in more than 1,200 turbines",
                           "Its gearboxes are\nused in more than 1,200 turbines in eleven countries", ("S1",))],
    }  # fmt: skip
    for key, claims in sections.items():
        await report_parts.insert_section(
            conn, report_id, key, model="extractive", claims=claims, dropped={"unsupported": 1},
            confidence={"score": 0.8}, note=None,
        )  # fmt: skip
    await reports.finish(
        conn, report_id, status=ReportStatus.COMPLETE, model="extractive", confidence={"score": 0.74}, dropped=2,
        usage={"calls": 0, "lost_calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "cached_tokens": 0,
               "reasoning_tokens": 0, "cost_usd": 0.0, "cost_sources": []},
    )  # fmt: skip
    return report_id
