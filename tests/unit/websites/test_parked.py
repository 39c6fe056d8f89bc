"""Parked domains are told from short pages of real businesses."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.parked import MAX_TEXT_CHARACTERS, find_parked_phrase, leads_to_market
from tests.unit.websites.parked_pages import LIVE, PAGES, PARKED, LabelledPage
from tests.unit.websites.parked_structures import STRUCTURES


@pytest.mark.parametrize("labelled", [*PAGES, *STRUCTURES], ids=lambda labelled: labelled.name)
def test_a_labelled_page(labelled: LabelledPage) -> None:
    phrase = find_parked_phrase(Document(labelled.html, labelled.url))
    assert (phrase is not None) is labelled.is_parked, phrase
    assert phrase is None or 0 < len(phrase) <= 200


def test_names_are_unique_and_both_kinds_are_many() -> None:
    assert len({labelled.name for labelled in PAGES}) == len(PAGES)
    assert len(PARKED) > 100 and len(LIVE) > 40


def test_a_long_page_is_not_parked_whatever_it_quotes() -> None:
    words = "We advise owners of domains on prices and contracts. " * 60
    page = Document(f"<title>Advice</title><h1>This domain is for sale</h1><p>{words}", "http://a.com/")
    assert len(page.visible_text) > MAX_TEXT_CHARACTERS
    assert find_parked_phrase(page) is None


def test_markets_are_known_by_their_domain() -> None:
    assert leads_to_market("https://www.hugedomains.com/domain_profile.cfm?d=a.com") == "hugedomains.com"
    assert leads_to_market("https://bluefinch.com/hugedomains.com") is None
    assert leads_to_market("") is None
