"""Ids that only number the rows of one file: those of another file, and of its next version, are other records."""

from __future__ import annotations

from app.domain.imports.features import Feature
from app.domain.text.columns import canonical

ROW_NUMBERS = frozenset({
    "objectid", "objectid1", "objectid12", "fid", "oid", "ogcfid", "gid", "rowid", "esrioid", "recno", "rownum",
    "rownumber", "featureid", "pkuid",
})  # fmt: skip
"""Canonical names of columns and properties that hold them: each county's first parcel has 1."""
MIN_DIGITS = 9
"""Fewer digits may be the number of a row."""


def own_id(feature_id: str | int | None) -> str:
    """Return the id of a feature, if it is more than the number of a row; otherwise an empty string."""
    text = "" if feature_id is None else " ".join(str(feature_id).replace("\0", "").split())
    layer, _, number = text.rpartition(".")  # GeoServer and GDAL write `parcels.1`
    is_number = text.isdecimal() or (bool(layer) and number.isdecimal() and not layer.isdecimal())
    return "" if is_number and len(number) < MIN_DIGITS else text


def id_advice(feature: Feature) -> str:
    """Return what the sender of a feature without an id can do."""
    numbered = next((name for name in feature.properties if canonical(name) in ROW_NUMBERS), None)
    advice = 'Name the property: mapping={"id": "<property>"}'
    if numbered or feature.id is not None:
        advice = f"{numbered or 'The id of the feature'} only numbers the rows of this file. {advice}"
    return advice
