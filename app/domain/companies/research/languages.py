"""Tell the language of a text by its most common words."""

from __future__ import annotations

import re

from app.domain.companies.research.words import listed

MAX_CHARACTERS = 4_000
"""Read at the beginning of a text."""
MIN_SHARE = 0.06
"""Share of its words that must be common words of the language."""
COMMON = {
    "en": listed("the and of to is in for with that are our was on from by has it as at an we"),
    "de": listed("der die und das ist von mit für den auf eine ein wir im zu sind wird nicht dem des seit hat"),
    "fr": listed("le les et des est une dans pour la du en nous qui sur avec par au depuis sont nos vous à"),
    "es": listed("el los y las es una para con la por nuestra su desde que del son más nuestro en se"),
    "it": listed("il di e che per una sono nel dal con della è gli nostra dei al nostro le la in azienda"),
    "nl": listed("de het een van en is voor met op zijn onze wij door ook bij naar sinds te heeft dat"),
    "fi": listed("ja on ei että se myös mukaan kanssa sekä joka olemme meidän ovat vuonna yritys tai kun"),
    "sv": listed("och att det som en för är på av med till vi har den ett från sedan våra i inte"),
    "pt": listed("o os e as é uma para com da do em por nossa não nosso dos que mais desde são um ao"),
    "pl": listed("i w na z jest się do że nie od oraz przez są firma dla nasze to roku jako o"),
}
"""The most common words of each language."""
WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None if it is none of `COMMON`, or there is too little text."""
    found = [word.lower() for word in WORD.findall(text[:MAX_CHARACTERS])]
    counts = {language: sum(word in common for word in found) for language, common in COMMON.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= max(2, MIN_SHARE * len(found)) else None
