"""US states and territories by their USPS codes (Publication 28, appendix B)."""

from __future__ import annotations

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "Virgin Islands",
    "FM": "Micronesia", "MH": "Marshall Islands", "PW": "Palau",
    "AA": "Armed Forces Americas", "AE": "Armed Forces Europe", "AP": "Armed Forces Pacific",
}  # fmt: skip
"""USPS code to name: states, the district, territories, associated states and the armed forces."""

CODES_BY_NAME = {name.upper(): code for code, name in STATES.items()}

OTHER_NAMES = {
    "WASHINGTON DC": "DC",
    "US VIRGIN ISLANDS": "VI",
    "FEDERATED STATES OF MICRONESIA": "FM",
}
"""Further names in use, to the code."""

ABBREVIATIONS = {
    "ALA": "AL", "ARIZ": "AZ", "ARK": "AR", "CAL": "CA", "CALIF": "CA", "COLO": "CO", "CONN": "CT", "DEL": "DE",
    "FLA": "FL", "ILL": "IL", "ILLS": "IL", "IND": "IN", "KAN": "KS", "KANS": "KS", "KEN": "KY", "MASS": "MA",
    "MICH": "MI", "MINN": "MN", "MISS": "MS", "MONT": "MT", "NEB": "NE", "NEBR": "NE", "NEV": "NV", "OKLA": "OK",
    "ORE": "OR", "OREG": "OR", "PENN": "PA", "PENNA": "PA", "TENN": "TN", "TEX": "TX", "VIRG": "VA", "WASH": "WA",
    "WVA": "WV", "WIS": "WI", "WISC": "WI", "WYO": "WY", "NMEX": "NM", "NDAK": "ND", "SDAK": "SD", "NCAR": "NC",
    "SCAR": "SC", "NCAROLINA": "NC", "SCAROLINA": "SC", "NDAKOTA": "ND", "SDAKOTA": "SD", "WVIRGINIA": "WV",
    "NOCAROLINA": "NC", "SOCAROLINA": "SC", "NODAKOTA": "ND", "SODAKOTA": "SD", "WESTVA": "WV",
}  # fmt: skip
"""Abbreviations from before the two-letter codes, without spaces. Not for one-line addresses: `Miss` may be a name."""


def state_code(text: str) -> str | None:
    """Return the two-letter code of a US state or territory given by code or name, in any case; None if unknown."""
    plain = " ".join(text.replace(".", "").replace(",", " ").upper().split())
    if plain in STATES:
        return plain
    close = plain.replace(" ", "")
    return (
        CODES_BY_NAME.get(plain)
        or OTHER_NAMES.get(plain)
        or ABBREVIATIONS.get(close)
        or (close if close in STATES else None)
    )
