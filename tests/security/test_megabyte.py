"""Every parser and extractor of foreign text reads a megabyte of the worst input with bounded work.

Work is the number of functions that Python calls, in Python and in C; test_patterns.py covers what happens within a
single call of a regular expression. Each input is tried at a sixteenth of its length first, so a failure is quick.
"""

from __future__ import annotations

import ast
import cProfile
import io
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from app.domain.addresses.local_forms import sort_local_fields
from app.domain.addresses.parser import parse_line
from app.domain.companies import input as companies
from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.own_pages import learn
from app.domain.companies.identity.site_owner import find_other_owner
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.research import extractive, passages, sections
from app.domain.companies.research.claims import check_all
from app.domain.companies.research.page_text import extract_page_text
from app.domain.companies.research.sources import Source, SourceKind
from app.domain.companies.signal_rules import CrawledPage, find_in_pages
from app.domain.companies.site_changes import find_changes
from app.domain.households import input as households
from app.domain.imports.address_files import split_leniently
from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature
from app.domain.imports.full_names import split_name
from app.domain.imports.geojson import FeatureCollection, FeatureCount
from app.domain.imports.geometry import shapes
from app.domain.imports.layout import Layout
from app.domain.imports.reference_points import ReferenceReader
from app.domain.imports.street_lines import read_street_lines
from app.domain.imports.survey import FileFormat, Survey
from app.domain.reference.address_points import PointCollector, split_number
from app.domain.text.errors import Unreadable
from app.domain.text.json_guard import UnsafeJson, load_stored, parse_json
from app.domain.websites import business_files
from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.contacts import extract_contacts
from app.domain.websites.extraction.discovery import find_contact_pages, find_frames
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.parked import find_parked_phrase
from app.domain.websites.extraction.stand_ins import find_stand_in
from app.domain.websites.site_status import find_site_status
from app.domain.websites.technologies import detect_technologies
from app.errors import AppError
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor
from providers import http
from providers.errors import ProviderError
from providers.geocoding import census
from providers.llm.base import CostSource, ModelReply, Usage
from providers.llm.models import parse
from providers.web import robots
from tests.unit.structure.source import sources

SIZE = 1_000_000
MAX_CALLS = 40
"""Function calls per character. What takes time with the square of the size needs a million."""
URL = "https://example.com/"
REFUSED = (AppError, ProviderError, Unreadable, UnsafeJson, ValueError)

PIECES = {
    "one word": "a",
    "words": "Acme Widgets hired 500 people in Berlin. ",
    "dots": "a.",
    "digits": "1",
    "numbers": "1 ",
    "commas": ",",
    "spaces": " ",
    "lines": "\n",
    "quotes": '"',
    "at signs": "a@a.",
    "angles": "<",
    "tags": "<a ",
    "nested": "<b><i>",
    "divs": "<div>",
    "links": '<a href="https://facebook.com/a">f</a>',
    "attributes": "<a href=mailto:a@example.com title=a ",
    "comments": "<!--",
    "entities": "&amp;",
    "json": '{"a":',
    "lists": "[",
    "json-ld": '<script type="application/ld+json">[{"@type":"Person",',
    "user agents": "User-agent: a\nDisallow: /\n",
    "telephones": "+1 415 555 2671 ",
    "spoken addresses": "info at example dot com ",
    "hidden": '<p class=hidden style="display:none">a</p>',
    "rules": "<style>.a{display:none}",
    "scripts": "<script>a='b'+'@'+c;",
}


def _source(text: str) -> Source:
    return Source("S1", SourceKind.WEBSITE, URL, "Acme", text, datetime.now(UTC))


def _research(text: str) -> Any:
    source = _source(text)
    for section in sections.SECTIONS[:2]:
        passages.rank(section, [source])
        check_all(extractive.write(section, [source]), {"S1": source}, "Acme")


def _signals(text: str) -> Any:
    page = CrawledPage(URL, "Acme", text, None, text)
    subject = Subject("Acme Widgets", URL, towns=frozenset({"leeds"}), own_words=frozenset({"leeds", "widgets"}))
    other = CrawledPage("https://b.example/", "Acme Widgets", text, None, text, is_own=False)
    found = list(find_in_pages([page, other], date(2026, 1, 1), subject))
    return found, list(find_changes({URL: [text[1:]]}, [page]))


def _identity(text: str) -> Any:
    page = TextPage(URL, text[:300], text, text, is_own=True)
    subject = learn(Subject("Acme Widgets", URL), [page])
    return find_other_owner(subject, [page]), EvidenceReader(subject).text_of(replace(page, is_own=False))


def _document(text: str) -> Any:
    document = Document(text, URL)
    find_contact_pages(document)
    find_frames(document)
    find_redirect(document), find_parked_phrase(document), find_stand_in(document)
    return find_site_status(document, "http://other.com/", "Acme Widgets")


def _features(text: str) -> Any:
    count = FeatureCount()
    count.feed(text.encode())
    count.close()


def _survey(text: str) -> Any:
    survey = Survey()
    survey.feed(text.encode())
    return survey.format()


def _reference_table(text: str) -> Any:
    raw = f"number,street,lat,lon\n1,Main St,36,-78\n{text}".encode()
    layout = Layout(FileFormat.DELIMITED, ["number", "street", "lat", "lon"], start=(22, 1))
    reader = ReferenceReader(io.BytesIO(raw), layout, layout.start_position)
    while not reader.chunk().last:
        pass


def _reference_row(text: str) -> Any:
    collector = PointCollector("us", text)
    collector.add(1, text, text, text, text, text, -78.0, 36.0)
    collector.add(1, *split_number(text), text, text, text, -78.0, 36.0)
    return collector.take()


def _street_lines(text: str) -> Any:
    geometry = {"type": "LineString", "coordinates": [[-78.0, 36.0], [-78.0, 36.1]]}
    ends = dict.fromkeys(("LFROMHN", "LTOHN", "ZIPL", "PARITYL", "addr:first", "addr:last", "addr:street"), text)
    tiger = {"FULLNAME": text, "FEATNAMES": text.split(" "), **ends}
    for properties in (
        tiger,
        {**ends, "addr:interpolation": "even"},
        {"highway": text, "name": text, "alt_name": text},
    ):
        read_street_lines(Feature(properties, geometry, None, {}))


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


def _model_answer(text: str) -> Any:
    return parse(ModelReply(text, "m", False, None, Usage(1, 1, 0, 0, None, CostSource.UNKNOWN), None, 1), Anything)


PARSERS: dict[str, Callable[[str], Any]] = {
    "request JSON": lambda text: request_parsing.parse_json(text.encode()),
    "file JSON": parse_json,
    "GeoJSON": _features,
    "cursor": lambda text: decode_cursor(urlsafe_b64encode(text.encode()).decode(), tuple[str, int]),
    "request rows": lambda text: request_parsing.parse_json_rows(text.encode(), "households"),
    "stored JSON": load_stored,
    "provider's JSON": lambda text: http.parse_json(text.encode(), "test"),
    "provider's error": http.brief,
    "Retry-After": http.parse_retry_after,
    "answer of a model": _model_answer,
    "GeoJSON file": lambda text: FeatureCollection(io.BytesIO(text.encode()), {}).read(1_000),
    "features in lines": lambda text: open_features(
        io.BytesIO(text.encode()), Layout(FileFormat.LINES, []), {"offset": 0, "line": 0}
    ).read(1_000),
    "shape of a file": _survey,
    "reference table": _reference_table,
    "reference row": _reference_row,
    "street lines": _street_lines,
    "businesses CSV": lambda text: list(business_files.from_csv(text.encode(), 100_000)),
    "companies CSV": lambda text: list(companies.from_csv(text.encode(), 100_000)),
    "geometry as text": lambda text: shapes([text], wkt=True),
    "geometry as JSON": lambda text: shapes([text.encode()], wkt=False),
    "census CSV": lambda text: list(census._rows(text.encode())),
    "line with a stray quote": lambda text: split_leniently(text, ","),
    "households CSV": lambda text: households.from_csv(text.encode(), "us", 100_000),
    "address": lambda text: parse_line(text, "us"),
    "address elsewhere": lambda text: parse_line(text, "de"),
    "lines of a British address": lambda text: sort_local_fields(text, "", "", "gb"),
    "flat in Finland": lambda text: sort_local_fields(text, "", "", "fi"),
    "flat in Denmark": lambda text: sort_local_fields(text, "", "", "dk"),
    "flat in Australia": lambda text: sort_local_fields(text, "", "", "au"),
    "whole name": lambda text: split_name(text, surname_first=True),
    "page text": lambda text: extract_page_text(text, URL),
    "research": _research,
    "signals": _signals,
    "identity": _identity,
    "contacts": lambda text: extract_contacts(Document(text, URL), business_name="Acme"),
    "document": _document,
    "technologies": detect_technologies,
    "robots.txt": lambda text: robots._parse(text, "trigpoint"),
}


LIBRARIES = {"csv", "email", "html", "ijson", "protego", "selectolax", "shapely", "xml"}
CHECKS = {"parse_json", "check_json", "JsonGuard"}
MODULES = {
    "app/domain/imports/address_files.py": "line with a stray quote",
    "app/web/dashboard/jobs/file_preview.py": "file JSON",
    "app/domain/companies/research/page_text.py": "page text",
    "app/domain/imports/feature_reader.py": "features in lines",
    "app/domain/imports/geojson.py": "GeoJSON file",
    "app/domain/imports/geometry.py": "geometry as text",
    "app/domain/imports/survey.py": "shape of a file",
    "app/domain/text/column_mapping.py": "file JSON",
    "app/domain/text/csv_reader.py": "households CSV",
    "app/domain/text/streamed_json.py": "GeoJSON file",
    "app/domain/text/table_blocks.py": "reference table",
    "app/domain/websites/extraction/document.py": "document",
    "app/domain/websites/extraction/client_redirects.py": "document",
    "app/domain/websites/extraction/email_patterns.py": "contacts",
    "app/domain/websites/extraction/hidden.py": "contacts",
    "app/domain/websites/extraction/json_blocks.py": "document",
    "app/domain/websites/extraction/ownership.py": "contacts",
    "app/domain/websites/extraction/phones.py": "contacts",
    "app/domain/websites/extraction/script_values.py": "contacts",
    "app/domain/websites/extraction/visible_text.py": "document",
    "app/domain/websites/extraction/social/link_context.py": "contacts",
    "app/domain/websites/extraction/social/mentions.py": "contacts",
    "app/web/dashboard/core/forms.py": "file JSON",
    "app/web/dashboard/core/html.py": "file JSON",
    "app/web/dashboard/jobs/schedules.py": "file JSON",
    "app/web/http/cursors.py": "cursor",
    "app/web/http/request_parsing.py": "request rows",
    "providers/geocoding/census.py": "census CSV",
    "providers/http.py": "Retry-After",
    "providers/llm/models.py": "answer of a model",
    "providers/llm/reply_limits.py": "file JSON",
    "providers/web/robots.py": "robots.txt",
}
"""Every module that uses a library that parses, with the parser above that runs it."""
WRITERS = {
    "app/web/imports/record_exports.py",
    "app/domain/text/csv_writer.py",
    "app/web/companies/report_formats.py",
    "app/web/http/map_formats.py",
    "providers/notify/mail.py",
}


def test_no_module_that_parses_is_forgotten() -> None:
    found = set()
    for source in sources("app/domain", "app/web", "providers"):
        names = {
            alias.name
            for node in source.nodes
            if isinstance(node, ast.ImportFrom) and node.module == "app.domain.text.json_guard"
            for alias in node.names
        }
        if source.imported & LIBRARIES or names & CHECKS:
            found.add(str(source.path))
    assert found - WRITERS == set(MODULES)
    assert set(MODULES.values()) <= set(PARSERS)


SLOW = {"research", "signals", "identity"}
"""Parsers that compare every sentence with dozens of patterns, which takes long where each call is counted."""
PIECES_FOR_SLOW = ("one word", "dots", "numbers", "spaces", "quotes", "lists")


def count_calls(function: Callable[[], Any]) -> int:
    """Return the number of function calls that it makes."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        function()
    except REFUSED:
        pass
    finally:
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def find_excess(parser: Callable[[str], Any], piece: str) -> str | None:
    """Return what the parser does too often with the piece repeated, or None."""
    for size in (SIZE // 16, SIZE):
        text = piece * (size // len(piece))
        calls = count_calls(partial(parser, text))
        if calls > MAX_CALLS * size:
            return f"{calls:,} function calls for {size:,} characters"
    return None


@pytest.mark.parametrize("parser", PARSERS)
def test_a_megabyte_takes_bounded_work(parser: str) -> None:
    for name in PIECES_FOR_SLOW if parser in SLOW else PIECES:
        excess = find_excess(PARSERS[parser], PIECES[name])
        assert excess is None, f"{parser} makes {excess} of {name}"


def test_work_is_counted() -> None:
    assert 1_000 <= count_calls(lambda: [abs(n) for n in range(1_000)]) < 3_000
    assert find_excess(lambda text: [abs(n) for n in range(len(text))], "a") is None
    excess = find_excess(lambda text: [abs(n) for n in range(50 * len(text))], "a")
    assert excess is not None and excess.endswith("function calls for 62,500 characters")
