"""Damaged files of map programs: features, rejected features or one sentence, and never a crash or a wait.

The damage is at a place that hypothesis chooses: in the file as a whole, or in one member of a zip that is intact.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson
import pyarrow
import pyogrio.raw
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from app.storage import converter
from tests.integration.imports.test_fuzz import check

ROWS = 40
SUFFIXES = ("kml", "kmz", "gdb", "parquet", "shp")
MAX_SECONDS = 60
"""After this a conversion is ended, and the test fails."""


@cache
def intact(suffix: str) -> dict[str, bytes]:
    """Return the members of a zip, or the file itself under the name ``."""
    shapes = [shapely.box(-79 + n / 1000, 36, -79 + (n + 0.5) / 1000, 36.001) for n in range(ROWS)]
    ids = np.array([f"A-{n}" for n in range(ROWS)], dtype=object)
    with TemporaryDirectory() as name:
        folder = Path(name)
        if suffix == "parquet":
            column = {"encoding": "WKB", "geometry_types": []}
            meta = orjson.dumps({"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}})
            table = pyarrow.table({"APN": list(ids), "geometry": list(shapely.to_wkb(shapes))})
            parquet.write_table(table.replace_schema_metadata({b"geo": meta}), folder / "parcels.parquet")
            return {"": (folder / "parcels.parquet").read_bytes()}
        driver = {"kml": "KML", "kmz": "KML", "gdb": "OpenFileGDB", "shp": "ESRI Shapefile"}[suffix]
        path = folder / f"parcels.{'kml' if suffix == 'kmz' else suffix}"
        pyogrio.raw.write(
            path, geometry=shapely.to_wkb(shapes), field_data=[ids], fields=["APN"], driver=driver,
            geometry_type="Polygon", crs="EPSG:4326",
        )  # fmt: skip
        if suffix == "kml":
            return {"": path.read_bytes()}
        if suffix == "kmz":
            return {"doc.kml": path.read_bytes()}
        files = sorted(path.iterdir()) if suffix == "gdb" else sorted(folder.glob("parcels.*"))
        return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


def packed(members: dict[str, bytes]) -> bytes:
    if "" in members:
        return members[""]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def hurt(raw: bytes, how: str, at: float, length: int, filler: bytes) -> bytes:
    start = int(at * len(raw))
    match how:
        case "cut":
            return raw[:start]
        case "removed":
            return raw[:start] + raw[start + length :]
        case "doubled":
            return raw[:start] + raw[start : start + length] + raw[start:]
        case _:
            return raw[:start] + (filler * length)[:length] + raw[start + length :]


@pytest.fixture(autouse=True)
def _no_conversion_may_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "MAX_SECONDS", MAX_SECONDS)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_intact_files(suffix: str) -> None:
    check(packed(intact(suffix)))


@settings(max_examples=12, deadline=None)
@given(
    suffix=st.sampled_from(SUFFIXES),
    member=st.integers(0, 30),
    as_whole=st.booleans(),
    how=st.sampled_from(["cut", "removed", "doubled", "filled"]),
    at=st.floats(0, 1, exclude_max=True),
    length=st.integers(1, 400),
    filler=st.binary(min_size=1, max_size=8),
)
def test_damaged_files(
    suffix: str, member: int, as_whole: bool, how: str, at: float, length: int, filler: bytes
) -> None:
    members = dict(intact(suffix))
    if as_whole or "" in members:
        check(hurt(packed(members), how, at, length, filler))
        return
    name = sorted(members)[member % len(members)]
    members[name] = hurt(members[name], how, at, length, filler)
    check(packed(members))


@pytest.mark.parametrize("suffix", ["gdb", "shp"])
def test_missing_members(suffix: str) -> None:
    for name in list(intact(suffix))[::3]:
        check(packed({other: content for other, content in intact(suffix).items() if other != name}))
