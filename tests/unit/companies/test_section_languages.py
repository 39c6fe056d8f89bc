"""Passages of sites in other languages are found for their sections."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.companies.research import extractive, passages
from app.domain.companies.research.languages import COMMON, language_of
from app.domain.companies.research.section_words import TERMS
from app.domain.companies.research.sections import BY_KEY
from app.domain.companies.research.sources import Source, SourceKind

SITES = {
    "de": {
        "overview": "Die Nordlicht Möbel GmbH wurde 1987 gegründet und hat ihren Sitz in Kiel.",
        "products": "Wir fertigen Möbel aus Eiche und beliefern Hotels in ganz Deutschland.",
        "leadership": "Der Geschäftsführer der Firma ist Max Beispiel.",
        "financials": "Der Umsatz betrug 2025 rund 24 Mio. Euro mit 120 Mitarbeitern.",
        "news": "Im Oktober eröffnet das Unternehmen eine neue Filiale in Lübeck.",
    },
    "fr": {
        "overview": "La société a été fondée en 1962 et son siège se trouve à Lyon.",
        "products": "Nous fabriquons des meubles en chêne pour les hôtels et les écoles.",
        "leadership": "Le directeur général de la société est Jean Exemple.",
        "financials": "Le chiffre d'affaires était de 12 millions d'euros en 2024.",
        "risks": "La société a été placée en redressement par le tribunal en 2023.",
    },
    "es": {
        "overview": "La empresa fue fundada en 1962 y tiene su sede en Vigo.",
        "leadership": "El director general de la empresa es Juan Ejemplo.",
        "financials": "La empresa tuvo una facturación de 8 millones de euros en 2024.",
        "market": "Los clientes de la empresa son hoteles en toda España.",
    },
    "it": {
        "overview": "La società è stata fondata nel 1962 e la sede è a Torino.",
        "leadership": "L'amministratore delegato della società è Mario Esempio.",
        "financials": "Il fatturato è stato di 8 milioni di euro nel 2024.",
    },
    "nl": {
        "overview": "Het bedrijf is opgericht in 1962 en gevestigd in Utrecht.",
        "leadership": "De directeur van het bedrijf is Jan Voorbeeld.",
        "financials": "De omzet van het bedrijf was 8 miljoen euro in 2024.",
    },
    "fi": {
        "overview": "Yritys on perustettu vuonna 1962 ja sen kotipaikka on Oulu.",
        "leadership": "Yrityksen toimitusjohtaja on Matti Esimerkki ja hallituksen jäsen on Maija.",
        "financials": "Yrityksen liikevaihto oli vuonna 2024 kahdeksan miljoonaa euroa ja tulos on hyvä.",
    },
    "sv": {
        "overview": "Företaget grundades 1962 och har sitt huvudkontor i Umeå.",
        "leadership": "Verkställande direktör för företaget är Anna Exempel.",
        "financials": "Företaget omsätter 80 miljoner kronor och har en god vinst.",
    },
    "pt": {
        "overview": "A empresa foi fundada em 1962 e tem a sede em Braga.",
        "leadership": "O diretor da empresa é o senhor João Exemplo.",
        "financials": "O lucro da empresa foi de 8 milhões de euros em 2024.",
    },
    "pl": {
        "overview": "Firma została założona w 1962 roku i ma siedzibę w Gdyni.",
        "leadership": "Prezes zarządu to Jan Przykład i jest on w firmie od lat.",
        "financials": "Przychody firmy to 8 mln euro w 2024 roku.",
    },
}


def source(text: str) -> Source:
    return Source("S1", SourceKind.WEB, "https://x.example/", "", text, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("language", sorted(SITES))
def test_the_language_of_a_site(language: str) -> None:
    assert language_of(" ".join(SITES[language].values())) == language


@pytest.mark.parametrize("text", ["", "1234", "こんにちは世界 これは会社です", "Xqz vbn klm wrt"])
def test_no_language(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("language", "section"), [(language, section) for language, by_key in sorted(SITES.items()) for section in by_key]
)
def test_sections_are_written_in_the_language_of_the_site(language: str, section: str) -> None:
    site = source("\n".join(SITES[language].values()))
    drafts = extractive.write(BY_KEY[section], [site])
    assert drafts and drafts[0].text == SITES[language][section]
    assert passages.rank(BY_KEY[section], [site])


def test_every_section_has_words_in_every_language() -> None:
    assert TERMS.keys() == BY_KEY.keys()
    assert all(by_language.keys() == COMMON.keys() - {"en"} for by_language in TERMS.values())


def test_short_sources_are_shown_whole_for_a_section_about_which_nothing_was_recognized() -> None:
    short, unknown = source("Alfa beta gama. " * 10), source("Αυτή είναι μια εταιρεία στην Αθήνα. " * 400)
    english = source("The company is in Leeds and makes hats for the world. " * 200)
    assert passages.opening([short], 4_000)
    shown = passages.opening([unknown], 4_000)
    assert 3_000 < sum(len(passage.text) for passage in shown) <= 4_000
    assert passages.opening([english], 4_000) == []
