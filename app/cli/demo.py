"""`trigpoint demo`: run the whole platform on real addresses, and leave nothing behind."""

from __future__ import annotations

import asyncio
import csv
import io
import statistics
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from app.cli import output, sample
from app.cli.local import LocalPlatform, Plan, Stopped
from app.cli.progress import follow, speed
from app.cli.up import CAN_NOT_START, TICK, stop_on_signals
from app.client import Client, TrigpointError, models
from app.domain.vocabulary.distance import great_circle_metres

HOUSEHOLDS_A_REQUEST = 1000
ENTRIES_A_PAGE = 1000
LOG_LINES = 40
"""Number of log lines to show when the demo fails."""


class DemoFailed(Exception):
    """The platform ran but gave a wrong result."""


@dataclass(frozen=True)
class DemoResult:
    """The result of the job, from the API."""

    job: models.Job
    households: list[models.Household]
    errors: list[models.ItemError]


def demo(
    limit: Annotated[int | None, typer.Option(min=1, help="Number of addresses to load. Default: all.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the platform running until Ctrl-C.")] = False,
) -> None:
    """Start a platform, geocode some 3,850 real US addresses, show the result and stop.

    Uses its own PostgreSQL and Valkey in a temporary folder, regardless of DATABASE_URL and REDIS_URL, and needs no
    network: half of the addresses are found at their doors, in reference data made of them, and for the others the
    offline geocoder knows the centres of ZIP codes and cities. TRIGPOINT_GEOCODERS chooses other geocoders. Exit code 1
    if anything went wrong.
    """
    stop = stop_on_signals()
    log: deque[str] = deque(maxlen=LOG_LINES)

    def say(name: str, line: str) -> None:
        log.append(f"{name:<8} | {line}")

    with tempfile.TemporaryDirectory(prefix="trigpoint-demo-") as folder:
        plan = Plan(Path(folder), port=0)
        try:
            with LocalPlatform(plan, say, stopping=stop.is_set) as platform:
                _run(platform, limit, stop, output.console(), keep=keep)
        except Stopped:
            output.fail("interrupted", output.INTERRUPTED)
        except (*CAN_NOT_START, TrigpointError, DemoFailed) as error:
            output.fail("\n".join([*log, f"The demo failed: {error}"]))


def _run(platform: LocalPlatform, limit: int | None, stop: threading.Event, console: Console, *, keep: bool) -> None:
    console.print("Starting PostgreSQL, Valkey, the API and a worker …")
    platform.start()
    console.print(f"Ready at {platform.url}")
    addresses = sample.load(limit)
    outcome = asyncio.run(_with_processes_watched(platform, stop, _geocode(platform, addresses, console)))
    report(outcome, addresses, console)
    verify(outcome, addresses)
    if keep:
        console.print(f"Still running: export TRIGPOINT_URL={platform.url} TRIGPOINT_API_KEY={platform.fresh_key}")
        console.print("Ctrl-C stops it.")
        while not stop.wait(TICK):
            platform.tick()


async def _with_processes_watched(platform: LocalPlatform, stop: threading.Event, work: Any) -> DemoResult:
    """Run the work; stop if a process of the platform ends or the user interrupts."""
    task: asyncio.Task[DemoResult] = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=TICK))[0]:
            platform.check()
            if stop.is_set():
                raise Stopped
        return task.result()
    finally:
        task.cancel()


async def _geocode(platform: LocalPlatform, addresses: Sequence[sample.Sample], console: Console) -> DemoResult:
    async with Client(platform.url, platform.fresh_key) as client:
        console.print(f"Loading {len(addresses):,} addresses from {sample.SOURCE}")
        for first in range(0, len(addresses), HOUSEHOLDS_A_REQUEST):
            part = [address.household for address in addresses[first : first + HOUSEHOLDS_A_REQUEST]]
            loaded = await client.load_households(part)
            if loaded.rejected:
                raise DemoFailed(f"{loaded.rejected} addresses were rejected, such as {loaded.errors[0].to_json()}")
        await _import_reference(client, addresses[::2], console)
        filters = models.HouseholdFilters(precinct_number=sample.PRECINCT)
        created = await client.geocode_households(models.GeocodeHouseholdsRequest(filters=filters))
        console.print(created.message)
        await follow(client, created.job_id, console)
        loaded_households = client.list_households(precinct_number=sample.PRECINCT, limit=ENTRIES_A_PAGE)
        return DemoResult(
            await client.get_job(created.job_id),
            [household async for household in loaded_households],
            [error async for error in client.list_job_errors(created.job_id, limit=ENTRIES_A_PAGE)],
        )


async def _import_reference(client: Client, addresses: Sequence[sample.Sample], console: Console) -> None:
    """Import the coordinates of these addresses, as a county publishes those of all of its own."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(("address", "unit", "city", "state", "zip", "latitude", "longitude"))
    for address in addresses:
        parts = (address.household[name] for name in ("address", "unit", "city", "state", "zipCode"))
        rows.writerow((*parts, *address.location))
    console.print(f"Importing the coordinates of {len(addresses):,} of them as reference data")
    created = await client.import_reference(file.getvalue().encode(), media_type="text/csv", source="demo")
    job = await follow(client, created.job_id, None)
    if job["status"] != "completed":
        raise DemoFailed(f"the import of reference data ended as {job['status']}: {job['error']}")


def report(outcome: DemoResult, addresses: Sequence[sample.Sample], console: Console) -> None:
    """Print the result."""
    known = {address.household["id"]: address.location for address in addresses}
    metres: dict[tuple[str, str], list[float]] = {}
    for household in outcome.households:
        if household.latitude is not None and household.longitude is not None:
            by = str(household.geocoding_provider), str(household.accuracy)
            truth = known[str(household.external_id)]
            distance = great_circle_metres(household.latitude, household.longitude, *truth)
            metres.setdefault(by, []).append(distance)
    rows = [
        (provider, accuracy, len(distances), *_middle_and_tail(distances))
        for (provider, accuracy), distances in sorted(metres.items(), key=lambda item: -len(item[1]))
    ]
    everything = [distance for distances in metres.values() for distance in distances]
    if len(rows) > 1:
        rows.append(("all", "", len(everything), *_middle_and_tail(everything)))
    console.print(f"\nJob {outcome.job.id}: {outcome.job.status}")
    console.print(f"{len(outcome.households):,} households, {len(everything):,} geocoded", end="")
    console.print(f", {len(outcome.errors):,} failed, {speed(outcome.job.to_json()) or 0:,.0f} households/s\n")
    console.print(output.table(("provider", "accuracy", "households", "median distance", "90 % within"), rows))
    console.print("(metres from the coordinates in the source of the address)")
    reasons = Counter(error.error for error in outcome.errors)
    if reasons:
        console.print(output.table(("failures", "reason"), [(n, reason) for reason, n in reasons.most_common(10)]))


def verify(outcome: DemoResult, addresses: Sequence[sample.Sample]) -> None:
    """Raise DemoFailed unless the job completed and every household is geocoded or in the error log."""
    if outcome.job.status != "completed":
        raise DemoFailed(f"the job ended as {outcome.job.status}: {outcome.job.error or 'no reason given'}")
    geocoded = {str(household.id) for household in outcome.households if household.geocoded}
    if not geocoded:
        raise DemoFailed("nothing was geocoded")
    failed = {error.household_id for error in outcome.errors}
    missing = len(addresses) - len(geocoded | failed)
    if missing or outcome.job.processed_items != len(addresses):
        raise DemoFailed(
            f"{missing} households are unaccounted for: {len(addresses)} loaded, {len(geocoded)} geocoded, "
            f"{len(failed)} failed, {outcome.job.processed_items} processed by the job's count"
        )


def _middle_and_tail(distances: Sequence[float]) -> tuple[str, str]:
    """Return the median and the 90th percentile in metres."""
    tail = statistics.quantiles(distances, n=10)[-1] if len(distances) > 1 else distances[0]
    return f"{statistics.median(distances):,.0f} m", f"{tail:,.0f} m"
