"""A file of addresses: the same file comes back with columns added, every row of it, in order."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.acceptance.geocoding.loaded import addresses
from tests.integration.households.calls import Answer, call
from tests.servers.nominatim import NominatimStandIn

PATH = "/api/v1/gis/geocode-file"
ADDED = ["latitude", "longitude", "accuracy", "confidence", "provider", "matched_address", "error"]
ADDED += ["expected_error_metres"]


def table(count: int, delimiter: str = ",") -> str:
    """Real addresses with a column before and one behind them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["Name", "Street Address", "City", "State", "ZIP", "Note"])
    for number, one in enumerate(addresses(count)):
        place = [one["address1"], one["city"], one["state"], one["postal_code"]]
        writer.writerow([f"Zoë {number}", *place, f'says "{number}"{delimiter} twice'])
    return text.getvalue()


async def create(client: aiohttp.ClientSession, body: Any, status: int = 202, **params: Any) -> Answer:
    headers = {} if isinstance(body, aiohttp.FormData) else {"Content-Type": "text/csv"}
    answer = await call(client, "POST", PATH, data=body, params=params, headers=headers)
    assert answer.status == status, answer.raw
    return answer


async def output(client: aiohttp.ClientSession, job: dict[str, Any], delimiter: str = ",") -> list[list[str]]:
    answer = await call(client, "GET", f"/api/v1/jobs/{job['id']}/output.csv")
    assert answer.status == 200, answer.raw
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline=""), delimiter=delimiter))


async def geocoded(client: aiohttp.ClientSession, settings: Settings, body: Any, **params: Any) -> dict[str, Any]:
    job_id = (await create(client, body, **params)).json["jobId"]
    async with harness.worker(settings):
        job = await harness.follow(client, job_id)
    assert job["status"] == "completed", job
    return job


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "cp1252"), ("|", "utf-8")]
)
async def test_the_same_file_comes_back_with_columns_added(
    settings: Settings, client: aiohttp.ClientSession, delimiter: str, encoding: str
) -> None:
    text = table(30, delimiter)
    job = await geocoded(client, settings, text.encode(encoding))
    sent = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    header, *rows = await output(client, job, delimiter)
    assert header == sent[0] + ADDED
    assert [row[:6] for row in rows] == sent[1:]
    for row in rows:
        added = dict(zip(ADDED, row[6:], strict=True))
        assert (added["accuracy"], added["provider"], added["error"]) == ("rooftop", "nominatim", "")
        assert -90 <= float(added["latitude"]) <= 90 and float(added["longitude"]) < 0
    assert (job["totalItems"], job["result"]["rows"], job["result"]["geocoded"]) == (30, 30, 30)


async def test_rows_that_cannot_be_read_or_found_are_there_too(
    settings: Settings, client: aiohttp.ClientSession
) -> None:
    one = addresses(1)[0]
    good = f"{one['address1']},{one['city']},{one['state']},{one['postal_code']}"
    lines = ["address,city,state,zip", good, "", ",,,", "1 Main St,Concord,ZZ,94520", '1 "Main" St",Concord', good]
    lines += ["1 No Such Road,Nowhereville,CA,00001", good + ",more,still", '"open,Concord,CA,94520', good]
    job = await geocoded(client, settings, "\n".join(lines).encode())
    header, *rows = await output(client, job)
    assert header == ["address", "city", "state", "zip", *ADDED]
    errors = [row[10] for row in rows]
    assert [bool(error) for error in errors] == [False, True, True, False, False, True, True, True, False]
    assert errors[1] == "the row has no address"
    assert errors[2] == "state was left out: it is not a US state or territory, by code or name"
    assert errors[5].startswith("nominatim: no match; locationiq: no match")
    assert errors[6] == "the row has 6 cells, but the header has 4"
    assert rows[6][:4] == next(csv.reader([good])) and rows[6][12:] == ["more", "still"]
    assert "quote that is not closed" in errors[7] and rows[7][0] == "open,Concord,CA,94520"
    assert (job["processedItems"], job["failedItems"]) == (9, 4)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([",,,", ",,,", '"a"b,,,'], "None of the 3 rows could be looked up. The most frequent reason (2 rows): the"),
        (["1 Main St,Durham,NC,Y"], "The only row could not be looked up. The most frequent reason (1 row): the row is"
         " marked as confidential (protected) and was not geocoded."),
    ],
)  # fmt: skip
async def test_a_file_without_a_readable_row_fails_with_the_most_frequent_reason(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, rows: list[str], error: str
) -> None:
    header = "address,city,state,protected"
    body = "\n".join([header, *rows]) + "\n"
    job_id = (await create(client, body.encode(), mapping='{"address": "address"}')).json["jobId"]
    async with harness.worker(settings):
        job = await harness.follow(client, job_id)
        assert (job["status"], job["error"][: len(error)]) == ("failed", error)
        assert (job["processedItems"], job["failedItems"], job["result"]["rows"]) == (len(rows), len(rows), len(rows))
        assert len(await output(client, job)) == 1 + len(rows)
        assert (await call(client, "POST", f"/api/v1/jobs/{job_id}/retry")).status in (200, 202)
        again = await harness.follow(client, job_id)
    assert (again["status"], again["error"]) == ("failed", job["error"])
    assert not nominatim.arrivals


async def test_one_readable_row_completes_the_job(settings: Settings, client: aiohttp.ClientSession) -> None:
    job = await geocoded(client, settings, b"address,city,state\n,,\n1 No Such Road,Nowhereville,CA\n,,\n")
    assert (job["result"]["rows"], job["result"]["failed"], job["result"]["geocoded"]) == (3, 3, 0)


async def test_a_form_with_options_and_named_columns(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn
) -> None:
    one = addresses(1)[0]
    line = f"{one['address1']}, {one['city']}, {one['state']} {one['postal_code']}"
    refused = await create(client, _form(line), status=400)
    assert "mapping=" in refused.json["detail"]
    await create(client, _form(line, mapping="Where"), status=422)
    job = await geocoded(client, settings, _form(line, mapping='{"address": "Where"}', providerId="locationiq"))
    header, row = await output(client, job)
    assert header == ["Where", "latitude", *(f"geocode_{n}" if n == "latitude" else n for n in ADDED)]
    assert row[0] == line and row[6] == "locationiq" and not nominatim.arrivals


def _form(line: str, **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", f'Where,latitude\n"{line}",\n', filename="where.csv", content_type="text/csv")
    return form


async def test_formulas_stay_text(settings: Settings, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    header = ["=cmd|'/C calc'!A0", "address", "telephone", "＠note"]
    text = "\n".join(
        [
            ",".join(f'"{name}"' for name in header),
            '"\n=1+1","1 Main St, Springfield, IL",+1 555 123-4567,\'=2',
            '-77.03,,-,"a;=1"',
        ]
    )
    job = await geocoded(client, settings, text.encode())
    await db_pool.execute(
        """UPDATE geocoded_rows SET matched_address = '=1+1', latitude = 1, longitude = -1.5, error = NULL,
               accuracy = 'rooftop', confidence = 1, provider = 'known'"""
    )
    found_header, first, second = await output(client, job)
    assert found_header[:4] == ["'=cmd|'/C calc'!A0", "address", "telephone", "'＠note"]
    assert first[:4] == ["'\n=1+1", "1 Main St, Springfield, IL", "+1 555 123-4567", "'=2"]
    assert second[:4] == ["-77.03", "", "-", "a;=1"]
    assert first[9] == "'=1+1" and first[5] == "-1.5"


async def test_a_worker_that_is_stopped_loses_and_repeats_no_row(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn
) -> None:
    nominatim.latency = 0.05
    text = table(250)
    job_id = (await create(client, text.encode())).json["jobId"]

    async def job() -> dict[str, Any]:
        found: dict[str, Any] = (await call(client, "GET", f"/api/v1/jobs/{job_id}")).json
        return found

    async def begun() -> bool:
        return bool((await job())["processedItems"])

    async with harness.worker(settings):
        await harness.eventually(begun)
    handed_over = await job()
    assert handed_over["status"] == "pending" and 0 < handed_over["processedItems"] < 250
    assert (await call(client, "GET", f"/api/v1/jobs/{job_id}/output.csv")).status == 409
    nominatim.latency = 0.0
    async with harness.worker(settings):
        done = await harness.follow(client, job_id)
    assert (done["status"], done["processedItems"], done["attempt"]) == ("completed", 250, 1)
    rows = await output(client, done)
    assert [row[0] for row in rows[1:]] == [f"Zoë {number}" for number in range(250)]


async def test_the_same_file_is_one_job_while_that_is_active(
    settings: Settings, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    body = table(3).encode()
    first, again, other = [(await create(client, body)).json for _ in range(2)] + [
        (await create(client, body, minAccuracy="rooftop")).json
    ]
    assert (first["isNew"], again["isNew"], other["isNew"]) == (True, False, True)
    assert first["jobId"] == again["jobId"] != other["jobId"]
    assert (await create(user_client, body)).json["isNew"], "another user's job is another's"
    path = f"/api/v1/jobs/{first['jobId']}/output.csv"
    assert (await call(user_client, "GET", path)).status == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"name,age\nx,1\n", "can hold an address"),
        (b'{"type": "FeatureCollection", "features": []}', "JSON"),
    ],
)
async def test_a_file_that_is_not_a_table_of_addresses_is_refused(
    client: aiohttp.ClientSession, settings: Settings, body: bytes, words: str, tmp_path: Any
) -> None:
    refused = await create(client, body, status=400)
    assert words in refused.json["detail"]
    assert not list(tmp_path.iterdir()), "nothing stays behind"


async def test_too_many_rows_and_unknown_options(client: aiohttp.ClientSession, settings: Settings) -> None:
    body = b"address\n" + b"1 Main St\n" * (settings.max_items + 1)
    assert "at most 100,000 rows" in (await create(client, body, status=400)).json["detail"]
    assert "Unknown option" in (await create(client, b"address\nx\n", status=400, colour="red")).json["detail"]
    await create(client, b"address\nx\n", status=422, providerId="atlantis")


async def test_a_file_without_rows(client: aiohttp.ClientSession) -> None:
    assert "no rows" in (await create(client, "address,city\n", 400)).json["error"]


async def test_run_at(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    run_at = datetime.now(UTC) + timedelta(days=1)
    job_id = (await create(client, table(2), runAt=run_at.isoformat())).json["jobId"]
    form = aiohttp.FormData({"runAt": run_at.isoformat(), "minAccuracy": "place"})
    form.add_field("file", table(2), filename="people.csv", content_type="text/csv")
    second = (await create(client, form)).json["jobId"]
    for created in (job_id, second):
        row = await db_pool.fetchrow("SELECT run_at, data FROM jobs WHERE id = $1", created)
        assert row is not None and row["run_at"] == run_at and "runAt" not in row["data"]
    await create(client, table(2), 422, runAt="2026-01-01")


async def test_a_file_without_a_header_is_geocoded_by_content(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn
) -> None:
    found = addresses(3)
    lines = [f"{n},{one['address1']},{one['city']},{one['state']},{one['postal_code']}" for n, one in enumerate(found)]
    job = await geocoded(client, settings, "\n".join(lines).encode())
    assert job["result"]["rows"] == job["result"]["geocoded"] == 3
    used = {column["column"]: column["fields"] for column in job["result"]["columns"]}
    assert used == {"column 1": [], "column 2": ["address"], "column 3": ["city"], "column 4": ["state"],
                    "column 5": ["zipCode"]}  # fmt: skip
    header, *rows = await output(client, job)
    assert header[:5] == [f"column {n}" for n in range(1, 6)] and [row[0] for row in rows] == ["0", "1", "2"]
