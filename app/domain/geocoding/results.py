"""The results of geocoding jobs."""

from __future__ import annotations

from pydantic import Field

from app.domain.jobs.results import JobResult
from app.domain.text.column_uses import ReportedColumn


class GeocoderAgreement(JobResult):
    """How far several geocoders agreed on the same address."""

    compared: int
    """Addresses that at least two geocoders found at street level or better."""
    within_100m: int = Field(alias="within100m")
    ambiguous: int
    """Addresses whose places lie far apart."""
    ambiguous_items: list[str]
    """The ids of some of them."""


class KnownDistances(JobResult):
    """How far the coordinates lie from those that the items had before."""

    compared: int
    within_metres: dict[str, int]
    """Distance in metres to the number of items that lie within it."""


class CacheHits(JobResult):
    """How many addresses needed no request to a geocoder."""

    hits: int
    """Answered from the cache."""
    duplicates: int
    """Answered together with the same address in another item."""
    misses: int
    """Asked of a geocoder."""
    hit_rate: float
    """Hits and duplicates among all, 0 to 1."""


class GeocodingResult(JobResult):
    """What was found, by whom and how well."""

    failed: int
    """Items without coordinates; `/errors` of the job says why."""
    geocoded: int
    by_provider: dict[str, int]
    by_accuracy: dict[str, int]
    failures: dict[str, int]
    """Reason to the number of items."""
    confidence: list[int]
    """Numbers of items by confidence, in ten steps from 0 to 1."""
    agreement: GeocoderAgreement
    distance: KnownDistances | None
    """Null if no item had coordinates before."""
    cache: CacheHits
    seconds: float
    """Running time."""


class GeocodeHouseholdsResult(GeocodingResult):
    """The result of a `geocode_households` job."""

    households: int


class GeocodeFileResult(GeocodingResult):
    """The result of a `geocode_file` job. The rows are in `/output.csv` of the job."""

    rows: int
    columns: list[ReportedColumn]
    """What the columns of the file were taken for."""
    warnings: list[str]
    """What may be wrong with the columns."""
