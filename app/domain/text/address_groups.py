"""Columns that belong to one of several addresses of a record, as `Mailing Street` and `Mailing City` do.

The word that tells the addresses apart may stand before or after the name of the part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

RESIDENCE = (
    "residential", "residence", "resident", "res", "registered", "reg", "perm", "permanent", "situs", "site",
    "physical",
    "phys", "phy", "property", "prop", "premise", "location", "loc", "home", "voter", "v", "legal", "current",
)  # fmt: skip
"""Words for where somebody lives or something stands, the most certain first."""
OTHER = (
    "primary", "address1", "defaultaddress", "person", "contact", "customer", "mailing", "mail", "m", "postal",
    "billing",
    "bill", "shipping", "ship", "business", "company", "organization", "account", "work", "office", "other",
)  # fmt: skip
"""Words for further addresses, which count if there is no residence."""
PROPERTY = ("situs", "site", "property", "prop", "physical", "phys", "phy", "location", "loc", "premise", "parcel")
"""Words for the address of a parcel; others are those of its owner."""
_SHORT = frozenset({"v", "m"})
_NAMES_OF_SHORT = frozenset({"address", "city", "state", "zip", "zip5"})
PARTS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "address", "streetaddress", "addr", "address1", "addr1", "addressline1", "addressline", "street1", "line1",
        "formatted", "add", "add1", "adress", "fulladdress",
    ),
    "house_number": (
        "housenumber", "streetnumber", "houseno", "housenum", "streetnum", "streetno", "stnumber", "stnum", "stno",
        "stnbr",
        "streetnbr", "addressnumber", "addressnbr", "addrnum", "num", "nbr", "housenbr",
    ),
    "house_fraction": ("housefraction", "fraction", "halfcode", "designator", "housenumbersuffix", "streetnumbersuffix",
                       "addressnumbersuffix"),
    "pre_direction": ("predirection", "predir", "directionalprefix", "directionprefix", "streetprefix",
    "streetdirprefix",
                      "streetdirection", "streetdir", "dir", "direction", "streetpredirection", "streetpredir", "stdir",
                      "stpredir", "prefixdirection", "prefixdir", "dirprefix", "prefix", "strdir"),
    "street": ("streetname", "street", "stname", "road", "roadname"),
    "street_type": ("streettype", "streetsuffix", "sttype", "streetsuff", "stsuffix", "streetsfx", "roadtype"),
    "post_direction": ("postdirection", "postdir", "directionalsuffix", "directionsuffix", "streetdirsuffix",
                       "streetpostdirection", "streetpostdir", "stpostdir", "suffixdirection", "suffixdir",
                       "dirsuffix"),
    "unit": (
        "unit", "apartment", "apt", "suite", "address2", "addr2", "addressline2", "street2", "line2", "unitnumber",
        "unitnum", "aptnumber", "aptnum", "aptunitnumber", "aptunitnbr", "aptunit", "secondaryaddr", "extendedaddress",
    ),
    "city": ("city", "citydesc", "cityname", "town", "municipality", "locality", "placename", "citytown"),
    "state": ("state", "statecode", "statecd", "st", "stateprovince", "stateregion", "province", "provincecode",
    "region"),
    "zip_code": ("zip", "zipcode", "zip5", "zipcd", "postalcode", "postcode", "zippostalcode", "zippostal", "zippost"),
    "country": ("country", "countrycode", "countryregion", "countryname"),
}  # fmt: skip
"""Fields of an address to the names that their columns have beside such a word."""
_FIELDS = {name: field for field, names in PARTS.items() for name in names}
_LONGEST_FIRST = tuple(sorted({*RESIDENCE, *OTHER, *PROPERTY}, key=len, reverse=True))


def part_of(name: str) -> tuple[str, str] | None:
    """Return the word and the field of a canonical name: `mailing`, `city` of `mailingcity`; None without both."""
    for word in _LONGEST_FIRST:
        if name.startswith(word):
            rest = name[len(word) :]
        elif name.endswith(word):
            rest = name[: -len(word)]
        else:
            continue
        if rest in _FIELDS and (word not in _SHORT or (rest in _NAMES_OF_SHORT and name.startswith(word))):
            return word, _FIELDS[rest]
    return None


def address_groups(names: Sequence[str], hidden: Collection[int] = ()) -> dict[str, dict[str, int]]:
    """Return word to field to index, for the canonical names of a header; `hidden` indexes do not count."""
    groups: dict[str, dict[str, int]] = {}
    for index, name in enumerate(names):
        if index not in hidden and (found := part_of(name)) is not None:
            groups.setdefault(found[0], {}).setdefault(found[1], index)
    return groups


def choose(groups: Mapping[str, Mapping[str, int]], words: Sequence[str]) -> dict[str, int]:
    """Return the columns of the first word that has an address; none where no word has."""
    for word in words:
        group = groups.get(word, {})
        if "address" in group or "street" in group:
            return dict(group)
    return {}
