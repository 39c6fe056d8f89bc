"""One value that no parser takes costs its own feature, in every format, and never becomes a different number."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.domain.imports.feature_reader import open_features
from app.domain.imports.features import Feature, FeatureRow
from app.domain.imports.geojson import FeatureCollection, FeatureCount
from app.domain.imports.layout import Layout
from app.domain.imports.parcels import ParcelReader
from app.domain.imports.pois import PoiReader
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.errors import Unreadable
from app.domain.text.json_guard import BLOCK_BYTES, IntegerTooLarge, UnsafeJson, check_json
from app.domain.text.streamed_json import StreamedJson, original_text, restore
from app.errors import BadRequest
from app.storage.conversion.json_features import read_json_features
from app.storage.conversion.request import ConversionRequest, SourceFormat
from app.web.http.request_parsing import parse_json

POINT = b'"geometry":{"type":"Point","coordinates":[-149.9,61.2]}'
POLYGON = b'"geometry":{"type":"Polygon","coordinates":[[[-149.9,61.2],[-149.8,61.2],[-149.8,61.3],[-149.9,61.2]]]}'
BAD = {
    "20 digits": (b"18446744073709551617", "The integer 18446744073709551617 does not fit into 64 bits"),
    "negative": (b"-9223372036854775809", "The integer -9223372036854775809 does not fit into 64 bits"),
    "5,000 digits": (b"7" * 5_000, "The integer " + "7" * 40 + "… does not fit into 64 bits"),
    "infinite": (b"1e400", "The number 1e400 is too large"),
    "infinite fraction": (b"-1.5E+9999", "The number -1.5E+9999 is too large"),
    "400 digits and a fraction": (b"9" * 400 + b".5", "The number " + "9" * 40 + " is too large"),
    "no number": (b"NaN", "JSON has no number NaN. Send null instead"),
    "infinity": (b"-Infinity", "JSON has no number -Infinity. Send null instead"),
    "65 lists": (b"[" * 65 + b'"]"' + b"]" * 65, "more than 64 levels deep"),
    "objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "more than 64 levels deep"),
}
EXACT = {
    "2^63": (b"9223372036854775808", 2**63),
    "2^64-1": (b"18446744073709551615", 2**64 - 1),
    "-2^63": (b"-9223372036854775808", -(2**63)),
    "text": (b'"18446744073709551617"', "18446744073709551617"),
    "escaped text": (b'"\\"18446744073709551617, [[{"', '"18446744073709551617, [[{'),
    "text with NaN": (b'"NaN, \\"Infinity, -NaN"', 'NaN, "Infinity, -NaN'),
    "float": (b"1.18446744073709551617e-300", 1.18446744073709551617e-300),
    "long float": (b"0." + b"3" * 900, 1 / 3),
    "exponent": (b"1e300", 1e300),
}


def collection(*values: bytes) -> bytes:
    features = (b'{"type":"Feature","properties":{"v":%s},%s}' % (value, POINT) for value in values)
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


def read(raw: bytes, size: int | None = None) -> list[FeatureRow]:
    class Slow(io.BytesIO):
        def read(self, count: int | None = -1) -> bytes:
            return super().read(size if count else 0)

    count = FeatureCount()
    step = size or len(raw)
    for start in range(0, len(raw), step):
        count.feed(raw[start : start + step])
    count.close()
    rows = FeatureCollection(Slow(raw) if size else io.BytesIO(raw), {}).read(count.features)
    assert len(rows) == count.features
    return rows


@pytest.mark.parametrize("size", [None, 1, 7, 1_500])
@pytest.mark.parametrize("name", BAD)
def test_one_bad_feature_costs_one_feature(name: str, size: int | None) -> None:
    value, message = BAD[name]
    (_, first), (number, bad), (_, last) = read(collection(b"1", value, b"2"), size)
    assert isinstance(first, Feature) and isinstance(last, Feature)
    assert (first.properties, last.properties) == ({"v": 1}, {"v": 2})
    assert isinstance(bad, BrokenRow) and number == 2 and message in bad.error
    assert "\ue000" not in bad.text
    assert value.decode() in bad.text or len(value) > 25


@pytest.mark.parametrize("size", [None, 1, 7, 1_500])
@pytest.mark.parametrize("name", EXACT)
def test_other_values_stay_what_they_are(name: str, size: int | None) -> None:
    value, expected = EXACT[name]
    (_, first), (_, feature), (_, last) = read(collection(b"[]", value, b"2"), size)
    assert isinstance(feature, Feature) and feature.properties["v"] == expected
    assert type(feature.properties["v"]) is type(expected)


def test_a_bad_feature_is_reported_as_it_was_received() -> None:
    ((_, bad),) = read(collection(b'[18446744073709551617, "x"]'))
    assert isinstance(bad, BrokenRow)
    assert '"properties":{"v":[18446744073709551617,"x"]}' in bad.text


@pytest.mark.parametrize("distance", range(-25, 25, 3))
def test_numbers_at_the_ends_of_blocks(distance: int) -> None:
    padding = b'"' + b"x" * (BLOCK_BYTES - distance) + b'"'
    stream = StreamedJson()
    raw = b"[" + padding + b",18446744073709551617,5," + b"8" * 3_000 + b",[],6]"
    value = orjson.loads(stream.feed(raw) + stream.close())
    assert stream.is_changed and (value[2], value[4], value[5]) == (5, [], 6)
    for text in (value[1], value[3]):
        with pytest.raises(IntegerTooLarge):
            restore(text)


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "x", "", [1, ["a"]], {"a": {"b": [None]}}])
def test_ordinary_values_are_restored_as_they_are(value: Any) -> None:
    stream = StreamedJson()
    raw = orjson.dumps(value)
    assert stream.feed(raw) + stream.close() == raw and not stream.is_changed
    assert restore(value) == value and original_text(raw.decode()) == raw.decode()


def test_deep_parts_within_one_another() -> None:
    raw = b'{"a":' + b"[" * 70 + b"1,[2],[" + b"]" + b"]" * 70 + b',"b":[1]}'
    stream = StreamedJson()
    passed = stream.feed(raw) + stream.close()
    assert orjson.loads(passed)["b"] == [1]
    with pytest.raises(UnsafeJson):
        restore(orjson.loads(passed))


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_line_costs_one_line(name: str, place: int) -> None:
    value, message = BAD[name]
    values = [b"1", b"18446744073709551615"]
    values.insert(place, value)
    lines = [b'{"type":"Feature","properties":{"v":%s},%s}' % (value, POINT) for value in values]
    raw = b"\n".join(lines)
    survey = Survey()
    survey.feed(raw)
    assert survey.format() is FileFormat.LINES
    rows = open_features(io.BytesIO(raw), Layout(FileFormat.LINES, []), {"offset": 0, "line": 0}).read(10)
    bad = rows.pop(place)[1]
    assert isinstance(bad, BrokenRow) and message in bad.error and bad.text == lines[place].decode()
    assert [row.properties["v"] for _, row in rows if isinstance(row, Feature)] == [1, 2**64 - 1]


@pytest.mark.parametrize("name", BAD)
def test_one_bad_value_costs_its_feature_in_other_coordinates(name: str, tmp_path: Path) -> None:
    value, message = BAD[name]
    path = tmp_path / "parcels.geojson"
    path.write_bytes(collection(b"1", value, b"18446744073709551615").replace(b"[-149.9,61.2]", b"[2028000,814000]"))
    request = ConversionRequest(SourceFormat.GEOJSON, str(path), "", "", "EPSG:2264", 1 << 30)
    if message == "more than 64 levels deep":
        with pytest.raises(Unreadable, match="nested more than 64 levels deep"):
            list(read_json_features(request, []))
        return
    raw = b"".join(read_json_features(request, []))
    rows = open_features(io.BytesIO(raw), Layout(FileFormat.LINES, []), {"offset": 0, "line": 0}).read(10)
    bad = rows.pop(1)[1]
    assert isinstance(bad, BrokenRow) and message.replace("…", "") in bad.error
    assert [row.properties["v"] for _, row in rows if isinstance(row, Feature)] == [1, 2**64 - 1]


def test_long_lines_say_what_to_send_instead() -> None:
    short = b'{"type":"Feature","properties":{"v":1},%s}\n' % POINT
    long = b'{"type":"Feature","properties":{"v":"%s"},%s}\n' % (b"x" * 1_500_000, POINT)
    survey = Survey()
    for start in range(0, len(short + long), 1 << 16):
        survey.feed((short + long)[start : start + (1 << 16)])
    with pytest.raises(Unreadable, match=r"^A line has 1,500,\d\d\d bytes\. Send a GeoJSON FeatureCollection, in"):
        survey.format()
    count = FeatureCount()  # the end of the first line is not seen before a parser is chosen
    with pytest.raises(
        Unreadable, match=r"^The file has several JSON values\. .* tables\. Send a GeoJSON FeatureCollection, in"
    ):
        count.feed(long + short)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (collection(b"1", b'"secret",,'), "The JSON is broken or cut off after feature 1: "),
        (collection(b"1", b'"secret"')[:-8], "The JSON is broken or cut off after feature 1: it ends too early."),
        (collection(b'"secret\xff"'), "The JSON is broken or cut off: "),
    ],
)
def test_errors_of_parsers_quote_nothing(raw: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(raw)
    assert str(caught.value).startswith(message) and "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"a": NaN}', "The body is not valid JSON: line 1, column 7: JSON has no number NaN. Send null instead."),
        (b"[-Infinity]", "JSON has no number -Infinity. Send null instead."),
        (b'{"a": 1e400}', "The number 1e400 is too large; the largest is about 1.8e308."),
        (b'{"a": 1, "b": }', "The body is not valid JSON: line 1, column 15: "),
    ],
)
def test_request_bodies(raw: bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_json(raw)
    assert message in caught.value.detail


def test_numbers_that_are_too_long_to_be_cut_by_a_block() -> None:
    raw = b'["' + b"x" * (BLOCK_BYTES - 1_300) + b'",0.' + b"3" * 3_000 + b"]"
    with pytest.raises(UnsafeJson, match=r"^The number 0\.3{38}… has over 1,000 characters .at byte [\d,]+.\. Send"):
        check_json(raw + b" " * BLOCK_BYTES)


@pytest.mark.parametrize("reader", [ParcelReader, PoiReader])
def test_floats_are_no_ids_where_they_stand_for_several_numbers(reader: type[ParcelReader | PoiReader]) -> None:
    ids = [b"9007199254740992.0", b"12345678901234567890.0", b"12345678901234567891.0", b"12345678901234567890"]
    feature = b'{"type":"Feature","properties":{"id":%s,"parcel_id":%s,"category":"school"},%s}'
    features = (feature % (number, number, POLYGON) for number in ids)
    raw = b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"
    chunk = reader(io.BytesIO(raw), Layout(FileFormat.GEOJSON, []), {"offset": 0, "line": 0, "left": 10}).chunk()
    assert [(row.line, row.code) for row in chunk.rejected_rows] == [(2, "unreadable_number"), (3, "unreadable_number")]
    assert all("more digits than floats keep" in row.error for row in chunk.rejected_rows)
    assert chunk.rows.count(b"\n") == 2 and b"\t12345678901234567890\t" in chunk.rows
