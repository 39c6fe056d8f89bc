"""Spreadsheets, map data and JSON of other systems, as they are stored after their conversion."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pyarrow
import pyogrio.raw
import pytest
import shapely
from pyarrow import parquet
from pyproj import Transformer

from app.domain.imports.survey import FileFormat
from app.domain.text.errors import Unreadable
from app.errors import TooLarge
from app.storage import converter
from app.storage.conversion.layers import DRIVERS, SKIPPED_DRIVERS
from app.storage.conversion.request import ConversionRequest, ReadOptions, SourceFormat
from app.storage.converter import Conversion
from app.storage.temporary_folders import ABANDONED_SECONDS
from app.storage.upload_intake import Intake

SQUARE = [(-121.77, 37.68), (-121.76, 37.68), (-121.76, 37.69), (-121.77, 37.69), (-121.77, 37.68)]
"""A parcel near Livermore, in degrees."""


class Stored(io.BytesIO):
    def close(self) -> None:
        """Keep what was written."""


def stored(raw: bytes, max_unpacked_bytes: int = 50_000_000, /, **options: str) -> tuple[FileFormat, bytes, list[str]]:
    """Return the format, the stored bytes and the notes of an upload."""
    sink = Stored()
    intake = Intake(sink, max_bytes=50_000_000, max_unpacked_bytes=max_unpacked_bytes)
    try:
        for start in range(0, len(raw), 1 << 20):
            intake.feed(raw[start : start + (1 << 20)])
        return intake.close(ReadOptions(**options)), sink.getvalue(), intake.findings.notes
    finally:
        intake.discard()


def features(raw: bytes, **options: str) -> list[dict[str, Any]]:
    format, text, _ = stored(raw, **options)
    assert format is FileFormat.LINES
    return [orjson.loads(line) for line in text.splitlines()]


def projected(epsg: int) -> shapely.Polygon:
    """Return the parcel in another system, by pyproj: the inverse of what is tested."""
    to = Transformer.from_crs(4326, epsg, always_xy=True)
    return shapely.Polygon([to.transform(*point) for point in SQUARE])


def assert_is_square(feature: dict[str, Any]) -> None:
    shape = shapely.geometry.shape(feature["geometry"])
    distance = shapely.hausdorff_distance(shape, shapely.Polygon(SQUARE))
    assert distance < 2e-7, "some centimetres"


def write(path: Path, epsg: int, layer: str | None = None, names: tuple[str, ...] = ("Peña",), **more: Any) -> None:
    count = len(names)
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb([projected(epsg)] * count),
        field_data=[np.array([f"A-{n}" for n in range(count)], dtype=object), np.array(names, dtype=object),
                    np.array([94550.0] * count)],
        fields=["APN", "OWNER", "ZIP"],
        geometry_type="Polygon",
        crs=f"EPSG:{epsg}",
        layer=layer,
        **more,
    )  # fmt: skip


def packed(folder: Path, *without: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in without:
                archive.write(path, path.relative_to(folder))
    return file.getvalue()


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    folder = tmp_path / "shp"
    folder.mkdir()
    write(folder / "Parcels.shp", 2227)  # California zone 3, in feet
    return folder


def test_a_shapefile_in_feet(shapefile: Path) -> None:
    format, text, notes = stored(packed(shapefile))
    [feature] = [orjson.loads(line) for line in text.splitlines()]
    assert_is_square(feature)
    assert feature["properties"] == {"APN": "A-0", "OWNER": "Peña", "ZIP": 94550.0}
    assert format is FileFormat.LINES
    assert "California zone 3 (ftUS)" in notes[-1]


def test_a_shapefile_without_its_system(shapefile: Path) -> None:
    raw = packed(shapefile, ".prj")
    with pytest.raises(Unreadable, match=r"projected, not degrees.*\.prj.*crs=EPSG"):
        stored(raw)
    for crs in ("EPSG:2227", "epsg:2227", "2227"):
        assert_is_square(features(raw, crs=crs)[0])
    for crs in ("EPSG:1", "+proj=utm +zone=10", "/etc/passwd", "EPSG:2227; x"):
        with pytest.raises(Unreadable, match="unknown coordinate system"):
            stored(raw, crs=crs)
    with pytest.raises(Unreadable, match="do not fit|projected"):
        stored(raw, crs="EPSG:4326")


def test_a_shapefile_without_its_encoding(shapefile: Path) -> None:
    assert (shapefile / "Parcels.cpg").exists()
    assert features(packed(shapefile, ".cpg"))[0]["properties"]["OWNER"] == "Peña"


@pytest.mark.parametrize(("epsg", "name"), [(26910, "UTM zone 10N"), (3857, "Pseudo-Mercator"), (4269, ""), (4326, "")])
def test_other_systems(tmp_path: Path, epsg: int, name: str) -> None:
    write(tmp_path / "a.fgb", epsg)
    raw = (tmp_path / "a.fgb").read_bytes()
    assert_is_square(features(raw)[0])
    assert any(name in note for note in stored(raw)[2])


def test_layers_are_chosen_by_name(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", 2227, "parcels")
    write(tmp_path / "a.gpkg", 26910, "lots", names=("Ann", "Bob"), append=True)
    raw = (tmp_path / "a.gpkg").read_bytes()
    with pytest.raises(Unreadable, match=r"2 layers: 'parcels', 'lots'.*layer="):
        stored(raw)
    assert [len(features(raw, layer=layer)) for layer in ("parcels", "LOTS", "*")] == [1, 2, 3]
    for feature in features(raw, layer="*"):
        assert_is_square(feature)
    with pytest.raises(Unreadable, match="no layer 'roads'; it has 'parcels'"):
        stored(raw, layer="roads")


def test_a_file_geodatabase(tmp_path: Path) -> None:
    write(tmp_path / "county.gdb", 2227, "parcels", driver="OpenFileGDB")
    assert_is_square(features(packed(tmp_path))[0])


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>a</name>
<Placemark><name>Library</name><ExtendedData><Data name="kind"><value>x</value></Data></ExtendedData>
<Point><coordinates>-121.77,37.68,0</coordinates></Point></Placemark></Folder><Folder><name>b</name>
<Placemark><name>School</name><Point><coordinates>-121.76,37.69,0</coordinates></Point></Placemark>
<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink></Folder></Document></kml>"""


def test_kml_and_kmz(tmp_path: Path) -> None:
    (tmp_path / "doc.kml").write_text(KML)
    for raw in (KML.encode(), packed(tmp_path)):
        found = features(raw)
        assert [feature["properties"].get("Name") for feature in found] == ["Library", "School"]
        assert [feature["geometry"]["coordinates"] for feature in found] == [[-121.77, 37.68], [-121.76, 37.69]]


def geoparquet(geo: dict[str, Any] | None) -> bytes:
    table = pyarrow.table({"APN": ["A-0"], "shape": shapely.to_wkb([projected(2227)])})
    if geo is not None:
        table = table.replace_schema_metadata({"geo": orjson.dumps(geo)})
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def test_geoparquet() -> None:
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": "EPSG:2227"}
    [feature] = features(geoparquet({"primary_column": "shape", "columns": {"shape": column}}))
    assert_is_square(feature)
    assert feature["properties"] == {"APN": "A-0"}
    with pytest.raises(Unreadable, match="no geometries"):
        stored(geoparquet(None))
    with pytest.raises(Unreadable, match="cannot be read"):
        stored(geoparquet({"primary_column": "shape", "columns": {}}))


def test_geojson_of_another_system() -> None:
    geometry = shapely.geometry.mapping(projected(2227))
    feature = {"type": "Feature", "id": 7, "properties": {"APN": "A-0"}, "geometry": geometry}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2227"}}
    first = orjson.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]})
    last = orjson.dumps({"type": "FeatureCollection", "features": [feature], "crs": crs})
    unnamed = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    lines = orjson.dumps(feature) + b"\n" + orjson.dumps(feature)
    cases: list[tuple[bytes, dict[str, str]]] = [
        (first, {}), (b"\xef\xbb\xbf" + first, {}), (last, {}), (unnamed, {"crs": "EPSG:2227"}),
        (lines, {"crs": "EPSG:2227"}),
    ]  # fmt: skip
    for raw, options in cases:
        found = features(raw, **options)
        assert_is_square(found[0])
        assert (found[0]["id"], found[0]["properties"]) == (7, {"APN": "A-0"})
    with pytest.raises(Unreadable, match="projected, not degrees.*crs=EPSG"):
        stored(unnamed)


def test_values_that_are_no_features_stay_in_their_places() -> None:
    point = {"attributes": {"id": 1}, "geometry": {"x": -121.77, "y": 37.68}}
    found: list[Any] = [point, 7, {**point, "attributes": "none"}, point]
    esri: list[Any] = features(orjson.dumps({"geometryType": "esriGeometryPoint", "features": found}))
    assert esri[1:3] == [7, {**point, "attributes": "none"}]
    assert [esri[place]["properties"] for place in (0, 3)] == [{"id": 1}, {"id": 1}]
    feature = {
        "type": "Feature",
        "properties": {"id": 1},
        "geometry": {"type": "Point", "coordinates": [608653, 4170992]},
    }
    crs = {"type": "name", "properties": {"name": "EPSG:26910"}}
    geojson: list[Any] = features(
        orjson.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature, 7, feature]})
    )
    assert [one if one == 7 else one["properties"]["id"] for one in geojson] == [1, 7, 1]


def test_esri_json() -> None:
    hole = [(-121.768, 37.682), (-121.768, 37.684), (-121.766, 37.684), (-121.766, 37.682), (-121.768, 37.682)]
    outline, inner = SQUARE[::-1], hole[::-1]
    to = Transformer.from_crs(4326, 3857, always_xy=True)
    rings = [[list(to.transform(*point)) for point in ring] for ring in (outline, inner)]
    raw = orjson.dumps({
        "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "features": [{"attributes": {"APN": "1"}, "geometry": {"rings": rings}}, {"attributes": {"APN": "2"}}],
    })  # fmt: skip
    one, two = features(raw)
    shape = shapely.geometry.shape(one["geometry"])
    assert shapely.hausdorff_distance(shape, shapely.Polygon(SQUARE, [hole])) < 2e-7
    assert len(shape.interiors) == 1
    assert two == {"type": "Feature", "properties": {"APN": "2"}, "geometry": None}


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS: list[list[Any]] = [
    ["id", "zip", "born", "seen", "score", "active", "name"],
    [1, "02108", date(1980, 2, 29), datetime(2024, 5, 1, 13, 30), 0.25, True, 'A "B", C'],
    [],
    [2.0, 2108, None, None, 12_345_678_901, False, "Peña"],
]
CSV = (
    b"id,zip,born,seen,score,active,name\r\n"
    b'1,02108,1980-02-29,2024-05-01 13:30:00,0.25,TRUE,"A ""B"", C"\r\n'
    b"\r\n"
    b"2,2108,,,12345678901,FALSE,Pe\xc3\xb1a\r\n"
)


def test_cells_of_a_spreadsheet() -> None:
    assert stored(workbook(Voters=ROWS)) == (FileFormat.DELIMITED, CSV, [])


def test_sheets_are_chosen_by_name() -> None:
    raw = workbook(Empty=[], Voters=ROWS, Notes=[["a"], ["b"]])
    _, text, notes = stored(raw)
    assert text == CSV
    assert notes == [
        "The sheet 'Voters' was read; the file has 'Empty', 'Voters', 'Notes'. Choose another one with sheet=."
    ]
    assert stored(raw, sheet="notes")[1] == b"a\r\nb\r\n"
    with pytest.raises(Unreadable, match="no sheet 'x'; it has 'Empty', 'Voters', 'Notes'"):
        stored(raw, sheet="x")
    with pytest.raises(Unreadable, match="no sheet with data"):
        stored(workbook(Empty=[]))


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="S"><table:table-row>
<table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>born</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="1980-02-29"><text:p>2/29/80</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
)


def test_an_opendocument_spreadsheet() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", ODS.replace(">\n<", "><"))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    assert stored(file.getvalue())[1] == b"id,born\r\n7,1980-02-29\r\n"


def test_files_in_a_zip_file(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", 2227)
    assert_is_square(features(packed(tmp_path))[0])
    (tmp_path / "a.gpkg").unlink()
    (tmp_path / "a.xlsx").write_bytes(workbook(Voters=ROWS))
    assert stored(packed(tmp_path))[1] == CSV
    (tmp_path / "a.xlsx").write_bytes(packed(tmp_path))
    with pytest.raises(Unreadable, match="Send the file in it"):
        stored(packed(tmp_path))


def test_damaged_files_are_one_clear_error(tmp_path: Path, shapefile: Path) -> None:
    write(tmp_path / "a.gpkg", 2227)
    write(tmp_path / "a.fgb", 2227)
    whole = [(tmp_path / "a.gpkg").read_bytes(), (tmp_path / "a.fgb").read_bytes(), workbook(Voters=ROWS),
             packed(shapefile), geoparquet(None), KML.encode()]  # fmt: skip
    for raw in [file[: len(file) // 2] for file in whole] + [file[:100] for file in whole]:
        with pytest.raises(Unreadable) as raised:
            stored(raw)
        assert 10 < len(str(raised.value)) < 400 and "Traceback" not in str(raised.value)


@pytest.mark.parametrize("raw", [
    b"SQLite format 3\0" + bytes(4_000), b"fgb\x03" + b"\xff" * 4_000, b"PAR1" + b"\xff" * 400 + b"PAR1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4_000, b'<?xml version="1.0"?><kml>' + b"<a>" * 100_000,
    b'{"geometryType": "esriGeometryPoint", "features": [{"attributes": {',
])  # fmt: skip
def test_files_that_are_not_what_they_seem(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        stored(raw)


def test_bombs_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO(workbook(Voters=ROWS))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 20_000_000)
    with pytest.raises(TooLarge):
        stored(file.getvalue(), 10_000_000)


@pytest.mark.parametrize(("member", "says"), [
    ("word/document.xml", "text document"), ("ppt/presentation.xml", "presentation"), ("map/roads.tab", "map data"),
])  # fmt: skip
def test_archives_of_other_programs(tmp_path: Path, member: str, says: str) -> None:
    (tmp_path / member).parent.mkdir()
    (tmp_path / member).write_text("x")
    with pytest.raises(Unreadable, match=says):
        stored(packed(tmp_path))


def test_a_conversion_that_takes_too_long_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "MAX_SECONDS", 0)
    with pytest.raises(Unreadable, match=r"more memory or time.*Save it as CSV"):
        stored(workbook(Voters=ROWS))


def test_a_conversion_can_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(workbook(Voters=[["x" * 30_000]] * 200))
    conversion = Conversion(ConversionRequest(SourceFormat.SPREADSHEET, str(tmp_path / "file"), "", "", "", 1 << 30))
    blocks = conversion.blocks()
    assert next(blocks).startswith(b"xxx")
    conversion.stop()
    with pytest.raises(Unreadable, match="more memory or time"):
        list(blocks)


def test_the_process_sees_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIGPOINT_ADMIN_KEY", "secret")
    given: list[dict[str, str]] = []
    start = subprocess.Popen

    def recorded(command: list[str], **options: Any) -> Any:
        given.append(options["env"])
        return start(command, **options)

    monkeypatch.setattr("app.storage.converter.subprocess.Popen", recorded)
    stored(workbook(Voters=ROWS))
    assert len(given) == 1 and "secret" not in str(given)


def test_gdal_has_no_other_drivers() -> None:
    """Drivers that reach the network or other files are off, also in a new version of GDAL."""
    code = (
        "import os; os.environ['OGR_SKIP'] = os.environ['GDAL_SKIP'] = os.environ['SKIPPED']; import pyogrio;"
        "print(*pyogrio.list_drivers(), sep=',')"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], env={"SKIPPED": ",".join(SKIPPED_DRIVERS)}, capture_output=True, text=True
    )
    assert set(made.stdout.strip().split(",")) == DRIVERS


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = ABANDONED_SECONDS + 60
    names = {"trigpoint-upload-old": old, "trigpoint-download-old": old, "trigpoint-upload-new": 60, "other": 10**6}
    for name, age in names.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("a list of voters")
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    stored(workbook(Sheet=[["id", "address"], [1, "1 Main St"]]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "trigpoint-upload-new"]
