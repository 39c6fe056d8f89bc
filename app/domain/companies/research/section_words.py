"""Patterns by which passages in other languages than English are found for a section."""

from __future__ import annotations

import re

from app.domain.companies.research import business_words, company_words

STRONG, WEAK = 3.0, 1.5
PAGES = {
    "overview": (
        "ueber-uns|uber-uns|über|unternehmen|a-propos|apropos|qui-sommes|nosotros|quienes|chi-siamo"
        "|azienda|over-ons|yritys|tietoa|om-oss|sobre|o-nas|firma"
    ),
    "products": (
        "produkt|leistung|produit|prestation|producto|servicio|prodott|servizi|dienst|tuotte|palvelu"
        "|tjanst|servico|uslug|oferta"
    ),
    "leadership": (
        "geschaeftsfuehr|vorstand|impressum|equipe|direction|equipo|squadra|directie|johto|hallitus"
        "|ledning|styrelse|equipa|zarzad|zespol"
    ),
    "market": "kunden|referenz|clients|clientes|clienti|klanten|asiakka|kunder|klienci",
    "competitors": "vergleich|comparatif|comparativa|confronto|vergelijk|vertailu",
    "financials": (
        "geschaeftsbericht|finanzen|chiffres|resultats|resultados|bilancio|jaarverslag|vuosikertomus"
        "|arsredovisning|raport"
    ),
    "news": (
        "aktuell|neuigkeit|presse|karriere|stellen|actualite|recrut|noticia|empleo|notizie|lavora|nieuws"
        "|vacature|uutis|ajankohtais|nyheter|jobb|aktualnosci|praca"
    ),
    "risks": "recht|juridique|avviso|oikeud|juridi",
}
"""What URLs and titles of pages on a section contain in these languages."""


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + words.replace(" ", r"\s") + ")", re.IGNORECASE)


TERMS: dict[str, dict[str, tuple[tuple[re.Pattern[str], float], ...]]] = {
    section: {
        language: ((_pattern(strong), STRONG), (_pattern(weak), WEAK)) for language, (strong, weak) in words.items()
    }
    for section, words in (company_words.WORDS | business_words.WORDS).items()
}
"""Patterns with their weights, by section and language."""
