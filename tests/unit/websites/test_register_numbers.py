"""Numbers of registers, taxes, licences and accounts are no telephone numbers; telephone numbers beside them are."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.phones import find_phones

NOT_PHONES = {
    "fr": [
        "RCS Lyon 732 829 320",
        "R.C.S. Paris B 732 829 320",
        "732 829 320 RCS Nanterre",
        "SIREN : 732 829 320",
        "N° SIREN 732 829 320",
        "SIRET 732 829 320 00074",
        "TVA intracommunautaire : FR 32 732 829 320",
        "Numéro d'agrément 04 75 12 34 56",
        "Licence n° 04 75 12 34 56",
        "Capital social de 150 000 000 €",
    ],
    "be": ["BTW BE 0478.345.678", "BE 0478.345.678", "Ondernemingsnummer: 0478.345.678", "KBO 0478.345.678",
           "N° d'entreprise : 0478.345.678", "RPR Gent 0478 345 678"],
    "nl": ["KvK: 020 123 4567", "KvK-nummer 0201234567", "RSIN 020 123 4567"],
    "dk": ["CVR-nr. 31 23 45 67", "CVR: 31 23 45 67", "SE-nr. 31 23 45 67"],
    "no": ["Org.nr. 912 34 567", "Org.nr: 22 34 56 78 MVA", "Foretaksregisteret 22 34 56 78"],
    "au": ["ACN 412 345 678", "A.C.N. 412 345 678", "ABN 02 9123 4567", "AFSL 02 9123 4567"],
    "pl": ["REGON 140 517 018", "NIP 522 100 20 00", "KRS: 22 512 34 56", "Numer KRS 22 512 34 56"],
    "es": ["NIF: 612 345 678", "C.I.F. 912 345 678", "CIF 912 345 678",
           "Registro Mercantil de Madrid, Tomo 912 345 678"],
    "pt": ["NIF 212 345 678", "NIPC: 212 345 678", "Contribuinte n.º 212 345 678"],
    "it": ["P.IVA 02 1234 5678", "Partita IVA: 06 1234 5678", "Codice Fiscale 06 1234 5678"],
    "de": ["Handelsregister: HRB 0211 123456", "HRB 0211 123456", "Steuernummer: 0211 123456", "St.-Nr. 0211/123456",
           "USt-IdNr.: 0211 123456", "Amtsgericht Köln, HRB 0221 123456", "Kontonummer 0211 123456",
           "IBAN: DE89 3704 0044 0532 0130 00", "Betriebsnummer 0211 123456"],
    "gb": ["Company No. 020 7946 0958", "Registered in England and Wales No. 020 7946 0958",
           "VAT Reg. No. 020 7946 0958",
           "Company number: 01632 960958", "Registered charity no. 020 7946 0958", "Sort code 020 7946 0958"],
    "us": ["License 503-222-3344", "Contractor's License #: 503-222-3344", "Lic. # 503-222-3344", "CCB# 503-222-3344",
           "EIN 503-222-3344", "Tax ID: 503-222-3344", "Policy number 503-222-3344", "Part No. 503-222-3344"],
    "se": ["Org.nr: 08-123 456 78", "Bankgiro 08-123 456 78"],
    "cz": ["IČO: 601 234 567", "DIČ CZ 601 234 567"],
    "br": ["CNPJ: 11 2345-6789", "CRECI 11 2345-6789"],
    "ru": ["ИНН 495 123 45 67", "ОГРН 495 123-45-67"],
}  # fmt: skip
PHONES = {
    ("us", "License 12345 · 503-222-3344"): "+15032223344",
    ("us", "Licensed and insured. (503) 222-3344"): "+15032223344",
    ("us", "Tel:503-222-3344"): "+15032223344",
    ("us", "Phone No. 503-222-3344"): "+15032223344",
    ("us", "Customer service number: 503-222-3344"): "+15032223344",
    ("us", "503-222-3344 x45"): "+15032223344",
    ("us", "<b>503</b>-<span>222</span>-<span>3344</span>"): "+15032223344",
    ("us", "503\u2011222\u20113344"): "+15032223344",
    ("us", "Registered office: 12 High Street, Reno. Tel. 503-222-3344"): "+15032223344",
    ("us", "Register today: call 503-222-3344"): "+15032223344",
    ("de", "HRB 12345<br>0211 123456"): "+49211123456",
    ("de", "<table><tr><td>HRB 12345</td><td>Telefon</td><td>0211 123456</td></tr></table>"): "+49211123456",
    ("de", "USt-IdNr. DE123456789, Fon 0211 123456"): "+49211123456",
    ("fr", "SIREN 732 829 320 - Tél. 04 75 12 34 56"): "+33475123456",
    ("fr", "04 75 12 34 56"): "+33475123456",
    ("be", "BTW BE 0478.345.678, tel. 0478 34 56 78"): "+32478345678",
    ("gb", "Company No. 01234567. 020 7946 0958"): "+442079460958",
    ("uk", "Call 020 7946 0958"): "+442079460958",
    ("UK", "020 7946 0958"): "+442079460958",
    ("jp", "電話：０３－１２３４－５６７８"): "+81312345678",
    ("au", "ABN 51 824 753 556 | 02 9123 4567"): "+61291234567",
    ("it", "P.IVA 01234567890 - Tel 06 1234 5678"): "+390612345678",
}


@pytest.mark.parametrize(
    ("country", "line"), [(country, line) for country, lines in NOT_PHONES.items() for line in lines]
)
@pytest.mark.parametrize(
    "html", ["<p>{}</p>", "<footer>Acme Ltd, 12 High Street<br>{}<br>All rights reserved</footer>"]
)
def test_numbers_of_registers_are_no_telephone_numbers(country: str, line: str, html: str) -> None:
    assert find_phones(Document(html.format(line)), country) == []


def test_a_label_may_stand_in_a_cell_of_its_own() -> None:
    page = "<table><tr><td>SIREN</td>\n<td>732 829 320</td></tr></table><dl><dt>License</dt><dd>503-222-3344</dd></dl>"
    assert find_phones(Document(page), "fr") == []
    assert find_phones(Document(page), "us") == []


@pytest.mark.parametrize(("country", "line"), PHONES)
def test_telephone_numbers_are_found_beside_them(country: str, line: str) -> None:
    assert [phone.value for phone in find_phones(Document(f"<p>{line}</p>"), country)] == [PHONES[country, line]]


LINKS = {
    '<a href="https://wa.me/15032223344">WhatsApp</a>': "+15032223344",
    '<a href="https://api.whatsapp.com/send?phone=15032223344&text=Hi">WhatsApp</a>': "+15032223344",
    '<a href="https://api.whatsapp.com/send/?text=Hi&phone=%2B15032223344">WhatsApp</a>': "+15032223344",
    '<a href="whatsapp://send?phone=+15032223344">WhatsApp</a>': "+15032223344",
    '<a href="viber://chat?number=%2B15032223344">Viber</a>': "+15032223344",
    '<a href="https://signal.me/#p/+15032223344">Signal</a>': "+15032223344",
    '<a href="sms:+15032223344?body=Hi">text us</a>': "+15032223344",
    '<a href="sms:503-222-3344">text us</a>': "+15032223344",
    '<a href="tel:+1 (503) 222-3344;ext=5">call</a>': "+15032223344",
    '<a href="tel:15032223344,,45#">call</a>': "+15032223344",
    '<a href="tel:503-222-3344 ext. 45">call</a>': "+15032223344",
    '<a href="tel:５０３－２２２－３３４４">call</a>': "+15032223344",
    '<a href="https://wa.me/message/ABCDEFGH1234567">WhatsApp</a>': None,
    '<a href="https://wa.me/?text=share">Share</a>': None,
    '<a href="tel:5032223344" style="display:none">trap</a>': None,
}


@pytest.mark.parametrize("html", LINKS)
def test_links_to_numbers(html: str) -> None:
    value = LINKS[html]
    assert [phone.value for phone in find_phones(Document(html), "us")] == ([value] if value else [])


def test_structured_numbers() -> None:
    data = '{"@type":"Bakery","telephone":["+1-503-222-3344"],"faxNumber":"(503) 222-3345"}'
    page = Document(f'<script type="application/ld+json">{data}</script>')
    assert {phone.value: phone.detail["fax"] for phone in find_phones(page, "us")} == {
        "+15032223344": False,
        "+15032223345": True,
    }
    page = Document('<script id="__NEXT_DATA__" type="application/json">{"props":{"phone":"503-222-3344"}}</script>')
    assert [phone.value for phone in find_phones(page, "us")] == ["+15032223344"]


def test_the_numbers_of_the_business_come_first() -> None:
    page = Document(
        "<p>Tel. 503-222-3344</p><footer>Website by Pixelhammer, <a href='tel:+14155552671'>415 555 2671</a></footer>"
    )
    found = find_phones(page, "us")
    assert [phone.value for phone in found] == ["+15032223344", "+14155552671"]
    assert found[1].confidence < 0.5
