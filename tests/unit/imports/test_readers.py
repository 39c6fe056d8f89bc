"""The readers with fuzzed files: any file gives rows and row errors, or one clear error."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.imports import layout, parcels, pois
from app.domain.imports.businesses import BusinessReader, recognise_business_file
from app.domain.imports.chunks import Chunk, Reader
from app.domain.imports.geojson import FeatureCount
from app.domain.imports.job_parts import split
from app.domain.imports.layout import Layout
from app.domain.imports.parcels import ParcelReader
from app.domain.imports.pois import PoiReader
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voter_profiles import FLORIDA
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.errors import Unreadable
from providers.web import normalise_url
from tests import registers

VOTERS = registers.table([registers.voter(n) for n in range(6)])
PARCELS = registers.collection([registers.parcel(n) for n in range(4)])
PARCEL_LINES = b"\n".join(orjson.dumps(registers.parcel(n)) for n in range(4))
POIS = b"id,name,category,lat,lon\n1,Aldi,grocery,36,-78\n2,Lidl,supermarket,36.1,-78.2\n"
BUSINESSES = (
    b'Name;Website;Lat;Lon;Country\nM\xc3\xbcller;m.de;52,5;13;Germany\n"A; B";http://b.de/x;48.1;11.5;de\nC;;;;\n'
)


def survey(raw: bytes, block: int = 1 << 20) -> Survey:
    made = Survey()
    for at in range(0, len(raw), block):
        made.feed(raw[at : at + block])
    return made


def voters(raw: bytes) -> tuple[Layout, Callable[[BinaryIO], Reader]]:
    found = layout.recognise_voter_file(survey(raw), None, {})
    return found, lambda file: VoterReader(file, found, found.start_position)


def places(raw: bytes, known: frozenset[str], reader: Any) -> tuple[Layout, Callable[[BinaryIO], Reader]]:
    made = survey(raw)
    if made.format() is FileFormat.DELIMITED:
        found = layout.recognise_table(made, known)
    else:
        found = Layout(made.format(), [])
        if found.format is FileFormat.GEOJSON:
            count = FeatureCount()
            count.feed(raw)
            count.close()
    return found, lambda file: reader(file, found, found.start_position)


def businesses(raw: bytes) -> tuple[Layout, Callable[[BinaryIO], Reader]]:
    found = recognise_business_file(survey(raw), {})
    return found, lambda file: BusinessReader(file, found, found.start_position, normalise=normalise_url)


KINDS: dict[str, Callable[[bytes], tuple[Layout, Callable[[BinaryIO], Reader]]]] = {
    "voters": voters,
    "parcels": lambda raw: places(raw, parcels.NAMES.known, ParcelReader),
    "pois": lambda raw: places(raw, pois.NAMES.known, PoiReader),
    "businesses": businesses,
}
SEEDS = {"voters": [VOTERS], "parcels": [PARCELS, PARCEL_LINES], "pois": [POIS, PARCELS], "businesses": [BUSINESSES]}


def chunks(reader: Reader) -> list[Chunk]:
    made = [reader.chunk()]
    while not made[-1].last:
        made.append(reader.chunk())
    return made


def damaged(seed: bytes) -> st.SearchStrategy[bytes]:
    """The seed with some bytes replaced, left out or put in."""
    edits = st.lists(
        st.tuples(st.integers(0, len(seed)), st.integers(0, 20), st.binary(max_size=8) | st.sampled_from(TRICKS)),
        max_size=6,
    )

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        raw = seed
        for at, length, new in changes:
            raw = raw[:at] + new + raw[at + length :]
        return raw

    return edits.map(apply)


TRICKS = [
    b'"',
    b"\0",
    b"\n",
    b"\r",
    b",,,,",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\\",
    b"\\N",
    b"\t",
    b"null",
    b"1e999",
    b"[[[",
    b"\x85",
]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_file_gives_rows_and_row_errors_or_one_clear_error(kind: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS[kind]))
    raw = data.draw(damaged(seed) | st.binary(max_size=300))
    try:
        _, reader = KINDS[kind](raw)
        made = chunks(reader(io.BytesIO(raw)))
    except Unreadable as error:
        assert str(error) and len(str(error)) < 2_000
        return
    for chunk in made:
        lines = chunk.rows.splitlines()
        assert chunk.read == len(lines) + len(chunk.businesses) + chunk.rejected + chunk.duplicates
        assert all(b"\0" not in line for line in lines)
        assert len({line.count(b"\t") for line in lines}) <= 1
        assert sum(problem.rejects for problem in chunk.problems) == chunk.rejected
        if kind == "voters":
            assert all(line.count(b"\t") == len(COLUMNS) + 1 for line in lines)


@given(st.sampled_from([VOTERS, PARCELS, b"a\r\nb\n\nc\r\rd\r", b"\xef\xbb\xbfx"]), st.integers(1, 50))
def test_a_survey_does_not_depend_on_the_blocks(raw: bytes, block: int) -> None:
    one, other = survey(raw), survey(raw, block)
    names = ("size", "head", "line_ends", "lines")
    assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
    assert one.format() is other.format()


def test_the_longest_line_is_found_across_blocks() -> None:
    raw = b"a\n" + b"x" * 2_500_000 + b"\nb\n"
    assert survey(raw).longest == survey(raw, 1_000).longest == 2_500_000


@pytest.mark.parametrize(
    ("raw", "kind"), [(VOTERS, "voters"), (PARCELS, "parcels"), (PARCEL_LINES, "parcels"), (POIS, "pois")]
)
def test_the_parts_add_up_to_the_whole(raw: bytes, kind: str) -> None:
    found, reader = KINDS[kind](raw)
    whole = b"".join(chunk.rows for chunk in chunks(reader(io.BytesIO(raw))))
    rows, parts = split(io.BytesIO(raw), found, 2, feature_count=4)
    assert rows == sum(part["left"] for part in parts)
    made = b""
    for part in parts:
        readers: dict[str, Any] = {"voters": VoterReader, "parcels": ParcelReader, "pois": PoiReader}
        made += b"".join(chunk.rows for chunk in chunks(readers[kind](io.BytesIO(raw), found, part)))
    assert made == whole


@pytest.mark.parametrize(
    ("raw", "profile"),
    [
        (
            registers.delimited(registers.north_carolina(2), registers.NORTH_CAROLINA_HEADER, delimiter="\t"),
            "north_carolina",
        ),
        (registers.delimited(registers.ohio(2), registers.OHIO_HEADER), "ohio"),
        (registers.delimited(registers.florida(2), delimiter="\t"), "florida"),
        (
            registers.delimited(registers.california(2), registers.CALIFORNIA_HEADER, delimiter="\t"),
            "california_county",
        ),
        (VOTERS, "generic"),
    ],
)
def test_profiles_are_detected(raw: bytes, profile: str) -> None:
    found, reader = voters(raw)
    assert found.profile == profile
    (chunk,) = chunks(reader(io.BytesIO(raw)))
    assert chunk.rejected == 0 and chunk.problems == []
    assert Layout.from_json(orjson.loads(orjson.dumps(found.to_json()))) == found


def test_a_register_without_a_header_may_be_sent_with_one() -> None:
    rows = list(registers.florida(3))
    raw = registers.delimited(rows, FLORIDA.headers[0])
    found, reader = voters(raw)
    (chunk,) = chunks(reader(io.BytesIO(raw)))
    assert (found.profile, chunk.read, chunk.rejected) == ("florida", 3, 0)
