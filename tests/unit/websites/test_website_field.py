"""What people write into a field for a website, and the country of a business."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.domain.companies.input import NewCompany
from app.domain.websites.business_files import from_csv
from app.domain.websites.businesses import NewBusiness
from app.domain.websites.website_field import clean_website

MENDED = {
    "http//site.com": "http://site.com",
    "https//www.site.com/x": "https://www.site.com/x",
    "http:/site.com": "http://site.com",
    "http:site.com": "http://site.com",
    "https;//site.com": "https://site.com",
    "hhtp://site.com": "http://site.com",
    "http://http://site.com": "http://site.com",
    "http:\\\\site.com": "http://site.com",
    " site.com ": "site.com",
    "httpbin.org/get": "httpbin.org/get",
    "http.de": "http.de",
    "127.0.0.1:8080/x": "127.0.0.1:8080/x",
    "http://localhost:8080/x": "http://localhost:8080/x",
    "https://site.com": "https://site.com",
}
NONE = ["n/a", "N/A", "TBD", "tba", "none", "-", "Coming soon", "No website", "http://", "www.", ""]
BAD = ["acme", "tbd site", "http//", "http://acme/"]


@pytest.mark.parametrize("text", MENDED)
def test_broken_schemes_are_mended(text: str) -> None:
    assert clean_website(text) == MENDED[text]


@pytest.mark.parametrize("text", NONE)
def test_placeholders_are_no_website(text: str) -> None:
    assert clean_website(text) is None
    assert NewBusiness(name="Acme", website=text).website is None
    assert NewCompany(name="Acme", website=text).website is None
    rows, _ = from_csv(f"name,website\nAcme,{text}\n".encode(), 10)
    assert rows == [(2, {"name": "Acme"})]


@pytest.mark.parametrize("text", BAD)
def test_what_can_be_no_website_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="domain name"):
        NewBusiness(name="Acme", website=text)
    with pytest.raises(ValidationError, match="domain name"):
        NewCompany(name="Acme", website=text)


@pytest.mark.parametrize(("written", "code"), [("UK", "gb"), ("uk", "gb"), ("United Kingdom", "gb"), ("GB", "GB")])
def test_uk_is_gb(written: str, code: str) -> None:
    assert NewBusiness(name="Acme", country=written).country == code
    rows, _ = from_csv(f"name,country\nAcme,{written}\n".encode(), 10)
    assert NewBusiness.model_validate(rows[0][1]).country == code
