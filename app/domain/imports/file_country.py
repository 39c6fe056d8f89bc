"""The country of the addresses of a file, told by its postcodes and states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.domain.addresses.postcode_countries import country_of_postcode
from app.domain.text.located_columns import Located
from app.domain.vocabulary.states import state_code

MIN_SHARE = 0.8
"""Share of the values that must be of one country."""
_ZIP = re.compile(r"\d{5}(?:-?\d{4})?", re.ASCII)


def find_country(located: Located, rows: Sequence[Sequence[str]]) -> str:
    """Return the ISO 3166-1 code in lower case; empty where the values do not tell, or a column names countries.

    ZIP codes tell only with states beside them: other countries have postcodes of five digits, too.
    """
    if "country" in located:
        return ""
    postcodes = _values(located, "zip_code", rows)
    told = Counter(country_of_postcode(text) for text in postcodes)
    country, count = told.most_common(1)[0] if told else (None, 0)
    if country is not None and count >= MIN_SHARE * len(postcodes):
        return country
    states = _values(located, "state", rows)
    are_states = sum(state_code(text) is not None for text in states) >= MIN_SHARE * len(states) > 0
    are_zips = sum(_ZIP.fullmatch(text) is not None for text in postcodes) >= MIN_SHARE * len(postcodes) > 0
    return "us" if are_states and are_zips else ""


def _values(located: Located, field: str, rows: Sequence[Sequence[str]]) -> list[str]:
    index = located.index(field)
    return [] if index is None else [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
