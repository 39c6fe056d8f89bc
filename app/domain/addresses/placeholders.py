"""Recognise placeholders: texts that stand in a field of an address that has no value."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = frozenset(
    (
        "N/A",
        "NA",
        "NULL",
        "NONE",
        "NIL",
        "NAN",
        "UNDEFINED",
        "UNKNOWN",
        "UNK",
        "BLANK",
        "EMPTY",
        "MISSING",
        "TBD",
        "TBA",
        "PENDING",
        "TEST",
        "AVAILABLE",
        "APPLICABLE",
        "ADDRESS",
        "CONFIDENTIAL",
        "PROTECTED",
        "WITHHELD",
        "REDACTED",
        "SUPPRESSED",
        "UNDISCLOSED",
        "DISCLOSED",
        "PRIVATE",
        "RESTRICTED",
        "REFUSED",
        "DECLINED",
        "HOMELESS",
        "TRANSIENT",
    )
)
"""A text of these words alone, and of the next ones, stands for no value."""
_BESIDE = frozenset(("NO", "NOT", "ADDRESS", "STREET", "CITY", "ZIP", "CODE", "STATE", "FIXED", "PERMANENT", "GIVEN",
                     "PROVIDED", "KNOWN", "ENTERED", "FOUND", "SPECIFIED", "ON", "FILE", "DATA", "VALUE", "RECORD",
                     "LISTED"))  # fmt: skip
_SENTENCES = frozenset(("SAME", "SAME AS ABOVE", "AS ABOVE", "SEE ABOVE", "SEE NOTES", "DITTO", "\\N",
                        "SAME AS MAILING", "SAME AS RESIDENCE", "SAME ADDRESS", "DO NOT MAIL", "NO FIXED ABODE",
                        "UNBEKANNT", "K.A.", "K. A.", "KEINE ANGABE", "OHNE ANGABE", "OHNE FESTEN WOHNSITZ",
                        "S/N", "S.N.", "SIN NUMERO", "SIN NÚMERO", "SIN DIRECCION", "SIN DIRECCIÓN", "DESCONOCIDO",
                        "DESCONOCIDA", "NO DISPONIBLE", "DESCONHECIDO", "SEM ENDEREÇO", "INCONNU", "INCONNUE",
                        "NON COMMUNIQUÉ", "NON COMMUNIQUE", "NON RENSEIGNÉ", "SANS ADRESSE", "SANS DOMICILE FIXE",
                        "SCONOSCIUTO", "NON DISPONIBILE", "ONBEKEND", "N.V.T.", "NVT", "UKENDT", "UKJENT", "OKÄND",
                        "OKÄND ADRESS", "UPPGIFT SAKNAS", "TUNTEMATON", "EI TIEDOSSA", "EI TIETOA", "EI OSOITETTA",
                        "NIEZNANY", "NIEZNANA", "BRAK", "BRAK DANYCH"))  # fmt: skip
"""Also of other languages, for a text in upper case."""
_ERRORS = re.compile(r"#(?:N/?A|REF!?|VALUE!?|NAME\??|DIV/0!?|NULL!?|NUM!?|SPILL!?|CALC!?)", re.IGNORECASE)
_NO_VALUE = re.compile(r"0+(?:\.0+)?|[\W_]+|x{3,}|z{3,}", re.IGNORECASE)
_NO_ZIP_CODES = frozenset(("99999", "00000-0000", "99999-9999"))
"""ZIP codes that the USPS does not use; elsewhere they may be postcodes."""
_MAX_CHARACTERS = 40
_NAMES_OF_PLACES = {
    ("country", "NA"): None,  # Namibia
    ("city", "NONE"): ("it",),
    ("city", "NAN"): ("th", "la"),
    ("city", "SAME"): ("tl", "tz"),
    ("state", "NA"): ("it", "es", "lb"),  # Naples, Navarre, Nabatieh
    ("state", "NAN"): ("th",),
}
"""(field, text in upper case) to the countries that have a place of that name or code; None for all."""


def is_placeholder(field: str, text: str, country: str) -> bool:
    """Whether the text, its white space squeezed, stands for no value in this field of an address.

    `country` is the ISO 3166-1 code in lower case of the address: a text that is the name of a place there is a value.
    """
    if not text or len(text) > _MAX_CHARACTERS or (text[0].isdigit() and text[0] not in "09"):
        return False
    return _is_placeholder(field, text, country)


@lru_cache(maxsize=4096)  # the same towns and states in row after row
def _is_placeholder(field: str, text: str, country: str) -> bool:
    name = text.upper()
    countries = _NAMES_OF_PLACES.get((field, name), ())
    if countries is None or country in countries:
        return False
    if _NO_VALUE.fullmatch(name) or name in _SENTENCES or _ERRORS.fullmatch(name):
        return True
    if field == "zip_code" and country == "us" and name in _NO_ZIP_CODES:
        return True
    words = name.strip(" ()[]<>{}'\"*.").replace(".", "").replace("-", " ").split()
    return _all_say_nothing(words)


def placeholder_message(text: str) -> str:
    """Return what to report of a placeholder that is left out, continuing "the field …"."""
    return f"holds {text!r}, which stands for no value"


def _all_say_nothing(words: list[str]) -> bool:
    if len(words) == 1:
        return words[0] in _WORDS - {"AVAILABLE", "APPLICABLE", "ADDRESS", "DISCLOSED"}
    says_no = not _WORDS.isdisjoint(words) or words[:1] in (["NO"], ["NOT"])
    return says_no and all(word in _WORDS or word in _BESIDE for word in words)
