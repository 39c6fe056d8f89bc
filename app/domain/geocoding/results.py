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


class ExpectedError(JobResult):
    """How far the coordinates may be off, as the geocoders say or as is usual for the accuracy, in metres."""

    median_metres: float
    """Half of them are expected to be nearer to the house than this."""
    p90_metres: float


class CrossCheck(JobResult):
    """How far a second geocoder, asked for a sample, agreed."""

    share: float
    """As it was asked for."""
    asked: int
    """Addresses of the sample."""
    compared: int
    """Those that the second geocoder found at street level or better."""
    within_100m: int = Field(alias="within100m")
    beyond_1km: int = Field(alias="beyond1km")
    not_found: int
    """Those that it did not find, or not as exactly."""
    by_provider: dict[str, int]
    """Second geocoder to the number of addresses that it was asked for. Empty if there is no second geocoder."""


class GeocodingResult(JobResult):
    """What was found, by whom and how well."""

    failed: int
    """Items without coordinates; `/errors` of the job says why."""
    geocoded: int
    by_provider: dict[str, int]
    by_accuracy: dict[str, int]
    shares: dict[str, float]
    """Accuracy to the percentage of all items; `none` are those without coordinates."""
    expected_error: ExpectedError | None
    """Null if nothing was found."""
    failures: dict[str, int]
    """Reason to the number of items."""
    confidence: list[int]
    """Numbers of items by confidence, in ten steps from 0 to 1."""
    agreement: GeocoderAgreement
    cross_check: CrossCheck | None = None
    """Null unless the job was asked for one."""
    distance: KnownDistances | None
    """Null if no item had coordinates before."""
    cache: CacheHits
    seconds: float
    """Running time."""


class GeocodeHouseholdsResult(GeocodingResult):
    """The result of a `geocode_households` job."""

    households: int
    doubts: dict[str, int]
    """Households that a person should look at, by the reason: see `GET /api/v1/households/review`."""


class GeocodeFileResult(GeocodingResult):
    """The result of a `geocode_file` job. The rows are in `/output.csv` of the job."""

    rows: int
    columns: list[ReportedColumn]
    """What the columns of the file were taken for."""
    warnings: list[str]
    """What may be wrong with the columns."""
