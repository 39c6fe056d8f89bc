"""Layers of map data through GDAL, and GeoParquet, as one GeoJSON feature per line in WGS 84."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from app.domain.text.errors import NeedsOption, Unreadable
from app.storage.conversion.findings import Findings
from app.storage.conversion.request import ConversionRequest, SourceFormat
from app.storage.conversion.street_names import StreetNames
from app.storage.conversion.wgs84 import ToWgs84, feature_lines, parse_declared, parse_named

ROWS_PER_BATCH = 2_000
ALL = "*"
DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "FlatGeobuf", "OpenFileGDB", "KML", "LIBKML"})
SKIPPED_DRIVERS = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CSV", "CSW", "Carto", "DGN", "DXF", "EDIGEO", "EEDA",
    "ESRIJSON", "Elasticsearch", "GDALG", "GML", "GPSBabel", "GPX", "GTFS", "GeoJSON", "GeoJSONSeq", "GeoRSS", "HTTP",
    "Idrisi", "JML", "JSONFG", "LVBAG", "MBTiles", "MEM", "MVT", "MapInfo File", "MapML", "MiraMonVector", "NGW",
    "OAPIF", "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PLSCENES",
    "PMTiles", "S57", "SQLite", "SXF", "Selafin", "TopoJSON", "VDV", "VFK", "VICAR", "WAsP", "WFS", "XLSX",
)  # fmt: skip
"""Drivers that are switched off: those that reach the network or other files, and those that nothing is read with."""
_MEMBERS = {
    SourceFormat.SHAPEFILE: (".shp", ".shx", ".dbf", ".prj", ".cpg"),
    SourceFormat.KMZ: (".kml",),
}
_TABLES = "tables"
"""Folder for the .dbf files of an archive that belong to no shapefile."""
_SUFFIXES = {SourceFormat.GEOPACKAGE: ".gpkg", SourceFormat.FLATGEOBUF: ".fgb", SourceFormat.KML: ".kml"}


def read_layers(request: ConversionRequest, findings: Findings) -> Iterator[bytes]:
    """Yield the features of the chosen layers. Raises Unreadable."""
    if request.format is SourceFormat.PARQUET:
        yield from _read_parquet(request, findings.notes)
        return
    os.environ["OGR_SKIP"] = os.environ["GDAL_SKIP"] = ",".join(SKIPPED_DRIVERS)
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    errors = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, UnicodeError)
    pyogrio.set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none", "OGR_ORGANIZE_POLYGONS": "DEFAULT"})
    try:
        sources = [
            (path, name)
            for path in _data_sources(request)
            for name, geometry in pyogrio.list_layers(path)
            if geometry is not None
        ]
        for path, name in sources:
            # -1 where GDAL would have to read the layer to count its features
            rows = pyogrio.read_info(path, layer=name, force_feature_count=False)["features"]
            findings.add_part(name, rows if rows >= 0 else None)
        names = StreetNames(sorted(Path(request.path).parent.glob(f"{_TABLES}/*.dbf")))
        count = 0
        for path, name in _choose(sources, request, findings):
            for batch in _read_layer(path, name, request, findings.notes, names):
                count += 1
                yield batch
        findings.notes += names.notes()
    except (*errors, RuntimeError, OSError) as error:
        if "file is not a database" in str(error):
            raise Unreadable("The file begins like a GeoPackage (SQLite), but is damaged or no database.") from None
        said = str(error).replace(f"{Path(request.path).parent}/", "")[:200]
        raise Unreadable(f"The {request.format} cannot be read: {said}") from None
    if not count:
        raise Unreadable(f"The {request.format} has no features.")


_NEEDED = ((".dbf", "attributes"), (".shx", "index of the shapes"))
"""Parts of a shapefile beside the .shp itself, and what they hold."""


def _data_sources(request: ConversionRequest) -> list[Path]:
    """Return what GDAL opens, unpacked from archives into the folder of the file."""
    path = Path(request.path)
    if request.format in _SUFFIXES:
        return [path.rename(path.with_suffix(_SUFFIXES[request.format]))]
    try:
        with zipfile.ZipFile(path) as archive:
            if request.format is SourceFormat.FILE_GEODATABASE:
                return _extract_geodatabases(archive, path.parent)
            return _extract(archive, path.parent, request.format)
    except Unreadable:
        raise
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Unreadable(f"The zip file cannot be unpacked: {error}") from None


def _extract(archive: zipfile.ZipFile, folder: Path, format: SourceFormat) -> list[Path]:
    """Unpack the parts of each data set into a folder of its own, whatever their names are."""
    parts: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for info in archive.infolist():
        stem, dot, suffix = info.filename.rpartition(".")
        suffix = dot + suffix.lower()
        if suffix in _MEMBERS[format] and not info.filename.startswith("__MACOSX/"):
            parts.setdefault(stem.lower(), {})[suffix] = info
    sources = []
    main = _MEMBERS[format][0]
    for number, members in enumerate(parts.values()):
        if main not in members:
            if format is SourceFormat.SHAPEFILE and ".dbf" in members:
                (folder / _TABLES).mkdir(exist_ok=True)
                _write(archive, members[".dbf"], folder / _TABLES / f"{number}-{_safe_name(members['.dbf'])}.dbf")
            continue
        for suffix, content in _NEEDED if format is SourceFormat.SHAPEFILE else ():
            if suffix not in members:
                raise Unreadable(
                    f"The shapefile is incomplete: its {suffix}, which holds the {content}, is not in the zip file."
                    " Pack all of its parts (.shp, .shx, .dbf, .prj)."
                )
        name = _safe_name(members[main])
        target = folder / str(number)
        target.mkdir()
        for suffix, info in members.items():
            _write(archive, info, target / f"{name}{suffix}")
        sources.append(target / f"{name}{main}")
    if not sources:
        raise Unreadable(f"The zip file has no {main} file.")
    return sources


def _safe_name(info: zipfile.ZipInfo) -> str:
    stem = Path(info.filename).stem
    return "".join(char if char.isalnum() or char in "-_ " else "_" for char in stem)[:100]


def _extract_geodatabases(archive: zipfile.ZipFile, folder: Path) -> list[Path]:
    targets: dict[str, Path] = {}
    for info in archive.infolist():
        parents, _, name = info.filename.rpartition("/")
        if info.is_dir() or not parents.lower().endswith(".gdb") or not name.replace(".", "").isalnum():
            continue
        if parents not in targets:
            targets[parents] = folder / f"{len(targets)}.gdb"
            targets[parents].mkdir()
        _write(archive, info, targets[parents] / name)
    return list(targets.values())


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(info) as member, target.open("wb") as file:
        while block := member.read(1 << 20):
            file.write(block)


def _choose(sources: list[tuple[Path, str]], request: ConversionRequest, findings: Findings) -> list[tuple[Path, str]]:
    if not sources:
        raise Unreadable(f"The {request.format} has no layer with geometries.")
    names = ", ".join(repr(name[:60]) for _, name in sources[:20])
    if request.layer and request.layer != ALL:
        chosen = [source for source in sources if source[1].lower() == request.layer.strip().lower()]
        if not chosen:
            raise NeedsOption(f"The {request.format} has no layer {request.layer[:60]!r}; it has {names}.")
        findings.part = chosen[0][1]
        return chosen
    is_one_map = request.format in (SourceFormat.KML, SourceFormat.KMZ)  # its layers are folders of a document
    if len(sources) > 1 and not request.layer and not is_one_map:
        if request.any_layer:
            findings.part = sources[0][1]
            return sources[:1]
        raise NeedsOption(
            f"The {request.format} has {len(sources)} layers: {names}. Choose one with layer=<name>, or all with"
            " layer=*."
        )
    findings.notes.append(f"Layers that were read: {names}.")
    findings.part = ALL if len(sources) > 1 else sources[0][1]
    return sources


def _read_layer(
    path: Path, name: str, request: ConversionRequest, notes: list[str], names: StreetNames
) -> Iterator[bytes]:
    from pyogrio.raw import open_arrow

    encoding = "UTF-8" if path.suffix == ".shp" and _is_unmarked_utf8(path) else None
    with open_arrow(path, layer=name, use_pyarrow=True, batch_size=ROWS_PER_BATCH, encoding=encoding) as (meta, reader):
        declared = parse_declared(meta["crs"]) if meta["crs"] and not request.crs else None
        to_wgs84 = ToWgs84(parse_named(request.crs) if request.crs else declared, notes)
        geometry = meta["geometry_name"] or "wkb_geometry"
        for batch in reader:
            yield from _convert_batch(batch, geometry, to_wgs84, names)


def _is_unmarked_utf8(path: Path) -> bool:
    """Whether the attributes of a shapefile are UTF-8 though no .cpg says so."""
    if path.with_suffix(".cpg").exists():
        return False
    with path.with_suffix(".dbf").open("rb") as file:
        lines = file.read(1 << 22)[32:]
    try:
        lines[: len(lines) - 4].decode()
    except UnicodeDecodeError as error:
        return error.start >= len(lines) - 8 and not lines.isascii()
    return not lines.isascii()


def _convert_batch(batch: Any, geometry: str, to_wgs84: ToWgs84, names: StreetNames | None = None) -> Iterator[bytes]:
    import shapely

    if not batch.num_rows:
        return
    column = batch.schema.get_field_index(geometry)
    blobs = batch.column(column).to_numpy(zero_copy_only=False)
    geometries = to_wgs84.convert(shapely.from_wkb(blobs, on_invalid="ignore"))
    rows = batch.remove_column(column).to_pylist()
    if names is not None:
        names.add_to(rows)
    yield feature_lines(geometries, rows)


def _read_parquet(request: ConversionRequest, notes: list[str]) -> Iterator[bytes]:
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(request.path)
        geo = orjson.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
        if not isinstance(geo, dict):
            raise Unreadable("The Parquet file has no geometries (no GeoParquet). Save it as CSV, or as GeoParquet.")
        name = geo["primary_column"]
        column = geo["columns"][name]
        if str(column.get("encoding", "")).upper() != "WKB":
            raise Unreadable("The GeoParquet file's geometries are not WKB. Save it with the encoding WKB.")
        declared = column.get("crs", "OGC:CRS84")
        text = declared if isinstance(declared, str) else orjson.dumps(declared).decode()
        known = None if declared is None else parse_declared(text)
        to_wgs84 = ToWgs84(parse_named(request.crs) if request.crs else known, notes)
        count = 0
        for batch in file.iter_batches(batch_size=ROWS_PER_BATCH):
            for lines in _convert_batch(batch, name, to_wgs84):
                count += 1
                yield lines
    except (pyarrow.ArrowException, KeyError, TypeError, AttributeError, OSError, orjson.JSONDecodeError) as error:
        raise Unreadable(f"The GeoParquet file cannot be read: {str(error)[:200]}") from None
    if not count:
        raise Unreadable("The GeoParquet file has no features.")
