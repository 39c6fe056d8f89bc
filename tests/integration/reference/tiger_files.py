"""TIGER's files of a county, as the Census Bureau names and packs them, with a few streets."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

Street = dict[str, Any]
COLUMNS = ("FULLNAME", "LFROMHN", "LTOHN", "RFROMHN", "RTOHN", "ZIPL", "ZIPR", "PARITYL", "PARITYR")


def address_ranges(streets: Sequence[Street], names: Sequence[tuple[int, str]] = ()) -> bytes:
    """Return a zip file with ADDRFEAT, and with FEATNAMES where there are `names`: pairs of TLID and FULLNAME."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = [np.array([street["TLID"] for street in streets], np.int64)]
        columns += [np.array([street.get(column) for street in streets], object) for column in COLUMNS]
        pyogrio.raw.write(
            folder / "tl_2024_37063_addrfeat.shp",
            shapely.to_wkb([shapely.LineString(street["line"]) for street in streets]),
            columns,
            ["TLID", *COLUMNS],
            geometry_type="LineString",
            crs="EPSG:4269",
        )
        if names:
            feature_names(folder / "tl_2024_37063_featnames.dbf", names)
        return packed(folder)


def feature_names(path: Path, names: Sequence[tuple[int, str]]) -> None:
    ids, texts = zip(*names, strict=True)
    fields = [np.array(ids, np.int64), np.array(texts, object)]
    pyogrio.raw.write(path, None, fields, ["TLID", "FULLNAME"], driver="ESRI Shapefile", geometry_type=None)


def packed(folder: Path) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return result.getvalue()
