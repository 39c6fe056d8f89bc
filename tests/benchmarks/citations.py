"""Checks reports: every citation resolves to a stored source, and the text of that source contains the quotation.

    python -m tests.benchmarks.citations --url http://127.0.0.1:8000 --key KEY [REPORT_ID ...]

Without report ids all reports of all companies are examined. Exit code 1 where anything does not hold. It reads the
interface alone and shares no code with what wrote the report.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import aiohttp

DIGITS = re.compile(r"\d+")
SPELT = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand|million|billion"
    r"|half|dozen|January|February|March|April|May|June|July|August|September|October|November|December|\d[\d.,]*\d)\b",
    re.IGNORECASE,
)
"""Numbers in another writing, which this reader does not compare."""
LINK = re.compile(r"https?://|www\.")


@dataclass
class Examined:
    report_id: str
    claims: int = 0
    citations: int = 0
    failures: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


async def examine(client: aiohttp.ClientSession, report_id: str) -> Examined:
    """Check one report over the REST interface of the platform."""
    found = Examined(report_id)
    async with client.get(f"/api/reports/{report_id}") as response:
        response.raise_for_status()
        report: dict[str, Any] = await response.json()
    texts: dict[str, str] = {}
    for source in report["sources"]:
        async with client.get(f"/api/reports/{report_id}/sources/{source['id']}") as response:
            raw = await response.read()
            if response.status != 200 or sha256(raw).hexdigest() != source["sha256"]:
                found.failures.append(f"{source['id']}: its stored text is not there, or another one")
            texts[source["id"]] = plain(raw.decode())
    for section in report["sections"]:
        for claim in section["claims"]:
            found.claims += 1
            found.citations += len(claim["sources"])
            found.failures += [
                f"{section['key']}: {wrong}" for wrong in _wrong(claim, texts, report["company"]["name"])
            ]
    return found


def _wrong(claim: dict[str, Any], texts: dict[str, str], company: str) -> list[str]:
    wrong = []
    if not claim["sources"]:
        wrong.append(f"no source: {claim['text']!r}")
    for source in claim["sources"]:
        if source not in texts:
            wrong.append(f"{source} is no source: {claim['text']!r}")
        elif plain(claim["quote"]) not in texts[source]:
            wrong.append(f"not in {source}: {claim['quote']!r}")
    missing = set(DIGITS.findall(claim["text"])) - set(DIGITS.findall(f"{claim['quote']} {company}"))
    if missing and not SPELT.search(claim["quote"]):
        wrong.append(f"numbers {sorted(missing)} that the quotation does not have: {claim['text']!r}")
    if LINK.search(claim["text"]):
        wrong.append(f"a link: {claim['text']!r}")
    return wrong


async def report_ids(client: aiohttp.ClientSession) -> list[str]:
    """Of all finished reports."""
    ids: list[str] = []
    offset = 0
    while True:
        async with client.get("/api/companies", params={"limit": "200", "offset": str(offset)}) as response:
            response.raise_for_status()
            page = (await response.json())["companies"]
        for company in page:
            async with client.get(f"/api/companies/{company['id']}/reports") as response:
                ids += [one["id"] for one in (await response.json())["reports"] if one["completed_at"]]
        offset += len(page)
        if len(page) < 200:
            return ids


async def main(url: str, key: str, ids: list[str]) -> int:
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as client:
        examined = [await examine(client, one) for one in ids or await report_ids(client)]
    for one in examined:
        print(f"report {one.report_id}: {one.claims} claims, {one.citations} citations, {len(one.failures)} failures")
        for failure in one.failures:
            print(f"  {failure}")
    citations = sum(one.citations for one in examined)
    bad = sum(len(one.failures) for one in examined)
    share = 1.0 if not citations else max(0.0, 1 - bad / citations)
    print(f"reports {len(examined)}")
    print(f"citations {citations}")
    print(f"citation_accuracy {share:.3f}")
    return 1 if bad or not examined else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("TRIGPOINT_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--key", default=os.environ.get("TRIGPOINT_API_KEY", ""))
    parser.add_argument("report_ids", nargs="*")
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.url, arguments.key, arguments.report_ids)))
