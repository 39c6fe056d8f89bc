"""The kinds of import that suit an uploaded file, and the one that its columns make likely."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import StrEnum

from app.domain.imports.voter_profiles import PROFILES
from app.domain.text.columns import canonical


class UploadKind(StrEnum):
    VOTERS = "voters"
    PARCELS = "parcels"
    POIS = "pois"
    BUSINESSES = "businesses"
    COMPANIES = "companies"
    HOUSEHOLDS = "households"
    GEOCODE_FILE = "geocode-file"
    REFERENCE = "reference"


_SIGNS: tuple[tuple[UploadKind, re.Pattern[str]], ...] = (
    (
        UploadKind.VOTERS,
        re.compile(r"voter|^vuid$|^elector|regnum|registrationdate|registrantid|precinct|sosid|pollingdist"),
    ),
    (UploadKind.PARCELS, re.compile(r"parcel|^apns?$|^pin$|^wkt$|^geometry$|landuse|assess|^acres|situs|taxid")),
    (UploadKind.COMPANIES, re.compile(r"registrynumber|companynumber|companyno|registrationno|registerno|^crn$")),
    (UploadKind.POIS, re.compile(r"^poi|^osm|amenity|^placeid$|^category$|^placetype$")),
    (UploadKind.HOUSEHOLDS, re.compile(r"household|^hhid$")),
    (UploadKind.BUSINESSES, re.compile(r"business|website|^url$|^domain$|homepage")),
    (UploadKind.COMPANIES, re.compile(r"company|employer|organi[sz]ation")),
)
_IN_DOUBT = (
    UploadKind.GEOCODE_FILE,
    UploadKind.POIS,
    UploadKind.BUSINESSES,
    UploadKind.COMPANIES,
    UploadKind.PARCELS,
    UploadKind.HOUSEHOLDS,
    UploadKind.VOTERS,
    UploadKind.REFERENCE,
)


def likely_kinds(header: Sequence[str], geometries: Collection[str] = ()) -> list[UploadKind]:
    """Return all kinds, the most likely first. `geometries` are the types of those of map data."""
    names = {canonical(name) for name in header}
    found: list[UploadKind] = []
    if any(profile.fits(names) for profile in PROFILES.values()):
        found.append(UploadKind.VOTERS)
    if any("Polygon" in geometry for geometry in geometries):
        found.append(UploadKind.PARCELS)
    elif geometries:
        found.append(UploadKind.POIS)
    found += [kind for kind, sign in _SIGNS if any(sign.search(name[:100]) for name in names)]
    return list(dict.fromkeys([*found, *_IN_DOUBT]))
