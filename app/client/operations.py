"""The operations of the API. Generated from docs/openapi.json by `make openapi`: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app.client import models
from app.client.downloads import Download
from app.client.files import File, Progress, Upload, json_or_upload
from app.client.pages import Pages
from app.client.transport import Request, Transport, new_key, path_segment


class Operations:
    """A method for each operation."""

    transport: Transport

    async def get_job(self, id: UUID | str, *, wait: int | None = None) -> models.Job:
        """Return a job.

        With `Prefer: wait=N` the response comes once the job has finished or after N seconds, whichever comes
        first. Beyond the limit of open streams and long polls it is returned at once.

        `wait`: seconds to wait for the job to finish before returning it, at most 30.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/jobs/{path_segment(id)}",
            headers={"Prefer": None if wait is None else f"wait={wait}"},
        )
        result: models.Job = await self.transport.model(request, models.Job)
        return result

    async def delete_job(self, id: UUID | str) -> None:
        """Delete a finished job with its item errors and its timeline."""
        request = Request(method="DELETE", path=f"/api/v1/jobs/{path_segment(id)}")
        await self.transport.json(request)

    def list_job_errors(
        self, id: UUID | str, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None
    ) -> Pages[models.ItemErrorPage, models.ItemError]:
        """List the items of a job that failed, oldest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/jobs/{path_segment(id)}/errors",
            query={"limit": limit, "offset": offset, "cursor": cursor},
        )
        return Pages(self.transport, request, models.ItemErrorPage, lambda page: page.errors)

    def list_jobs(
        self,
        *,
        status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None,
        type: str | None = None,
        queue: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        data_contains: Mapping[str, Any] | None = None,
        q: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        archived: bool | None = None,
    ) -> Pages[models.JobPage, models.Job]:
        """List your jobs, newest first. Administrators see the jobs of all users.

        `type`: A kind or one of its aliases.
        `created_after`: Inclusive.
        `created_before`: Exclusive.
        `data_contains`: Members that the job's `data` must have with these values; lists and objects in it may
            hold more.
        `q`: The beginning of the job's id, or text that occurs in its title, type, `data` or error or in its
            owner's name or e-mail address, ignoring case.
        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when new jobs arrive.
        `archived`: List archived jobs instead: those that ended longer ago than `TRIGPOINT_RETENTION__JOBS`
            says, 30 days by default. A search among them reads the newest first, so follow the cursors.
        """
        request = Request(
            method="GET",
            path="/api/v1/jobs",
            query={
                "status": status,
                "type": type,
                "queue": queue,
                "createdAfter": created_after,
                "createdBefore": created_before,
                "dataContains": data_contains,
                "q": q,
                "limit": limit,
                "offset": offset,
                "cursor": cursor,
                "archived": archived,
            },
        )
        return Pages(self.transport, request, models.JobPage, lambda page: page.jobs)

    async def create_jobs(
        self,
        body: models.JobRequest | Mapping[str, Any] | Sequence[models.JobRequest | Mapping[str, Any]],
        *,
        idempotency_key: str | None = None,
    ) -> models.JobCreated | models.JobsCreated:
        """Create a job or many.

        All jobs of a list are created, or none if one of them is invalid. A job that does the same work as an
        active one is not created again: the response names the active one, with `isNew` false.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST", path="/api/v1/jobs", body=body, headers={"Idempotency-Key": idempotency_key or new_key()}
        )
        result: models.JobCreated | models.JobsCreated = await self.transport.model(
            request, models.JobCreated | models.JobsCreated
        )
        return result

    async def change_jobs(self, body: models.BulkRequest | Mapping[str, Any]) -> models.BulkResult:
        """Cancel, retry or delete all your jobs that match the filters.

        Administrators reach the jobs of all users. Each batch commits on its own: a request that is cut off has
        done a part, and does the rest when it is sent again.
        """
        request = Request(method="POST", path="/api/v1/jobs/bulk", body=body)
        result: models.BulkResult = await self.transport.model(request, models.BulkResult)
        return result

    async def release_jobs(self) -> models.Released:
        """Make jobs whose lease has expired pending again, keeping their checkpoints.

        Workers do this by themselves. A worker that still runs such a job can no longer write its outcome. Jobs
        whose lease is valid are not touched, because their worker is alive; cancel and retry those.

        Administrators only.
        """
        request = Request(method="POST", path="/api/v1/jobs/release")
        result: models.Released = await self.transport.model(request, models.Released)
        return result

    def list_job_events(
        self, id: UUID | str, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None
    ) -> Pages[models.TimelinePage, models.TimelineEvent]:
        """List what happened to a job, oldest first, beginning with its creation.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/jobs/{path_segment(id)}/timeline",
            query={"limit": limit, "offset": offset, "cursor": cursor},
        )
        return Pages(self.transport, request, models.TimelinePage, lambda page: page.events)

    async def cancel_job(self, id: UUID | str) -> models.Job:
        """Cancel a job.

        A running job is stopped by its worker within seconds, and keeps what it has committed.
        """
        request = Request(method="POST", path=f"/api/v1/jobs/{path_segment(id)}/cancel")
        result: models.Job = await self.transport.model(request, models.Job)
        return result

    async def retry_job(self, id: UUID | str, *, from_start: bool | None = None) -> models.Job:
        """Run a failed or cancelled job again, from its checkpoint and with new attempts.

        `from_start`: Discard the checkpoint, the counters and the item errors.
        """
        request = Request(method="POST", path=f"/api/v1/jobs/{path_segment(id)}/retry", query={"fromStart": from_start})
        result: models.Job = await self.transport.model(request, models.Job)
        return result

    async def run_job(self, id: UUID | str) -> models.Job:
        """Run a pending job now, even if its queue is paused or the job is deferred.

        Administrators only.
        """
        request = Request(method="POST", path=f"/api/v1/jobs/{path_segment(id)}/run")
        result: models.Job = await self.transport.model(request, models.Job)
        return result

    async def list_kinds(self) -> models.KindList:
        """List the kinds of jobs with the schemas of their data."""
        request = Request(method="GET", path="/api/v1/kinds")
        result: models.KindList = await self.transport.model(request, models.KindList)
        return result

    async def list_queues(self) -> models.QueueList:
        """List all queues."""
        request = Request(method="GET", path="/api/v1/queues")
        result: models.QueueList = await self.transport.model(request, models.QueueList)
        return result

    async def get_queue(self, name: str) -> models.Queue:
        """Return a queue."""
        request = Request(method="GET", path=f"/api/v1/queues/{path_segment(name)}")
        result: models.Queue = await self.transport.model(request, models.Queue)
        return result

    async def update_queue(self, name: str, body: models.QueueChange | Mapping[str, Any]) -> models.Queue:
        """Change the limits of a queue.

        Jobs above a lowered limit continue; no new ones start.

        Administrators only.
        """
        request = Request(method="PATCH", path=f"/api/v1/queues/{path_segment(name)}", body=body)
        result: models.Queue = await self.transport.model(request, models.Queue)
        return result

    async def pause_queue(self, name: str, body: models.PauseRequest | Mapping[str, Any] | None = None) -> models.Queue:
        """Stop starting jobs of a queue until it is resumed, or until a time.

        Running jobs continue. The body may be left out.

        Administrators only.
        """
        request = Request(method="POST", path=f"/api/v1/queues/{path_segment(name)}/pause", body=body)
        result: models.Queue = await self.transport.model(request, models.Queue)
        return result

    async def resume_queue(self, name: str) -> models.Queue:
        """Start jobs of a queue again.

        Administrators only.
        """
        request = Request(method="POST", path=f"/api/v1/queues/{path_segment(name)}/resume")
        result: models.Queue = await self.transport.model(request, models.Queue)
        return result

    async def list_workers(self) -> models.WorkerList:
        """List the registered workers, newest first.

        A worker that stopped sending heartbeats is listed for another hour with `"alive": false`.

        Administrators only.
        """
        request = Request(method="GET", path="/api/v1/workers")
        result: models.WorkerList = await self.transport.model(request, models.WorkerList)
        return result

    def list_schedules(
        self, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None, name: str | None = None
    ) -> Pages[models.SchedulePage, models.Schedule]:
        """List your schedules by name. Administrators see those of all users.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `name`: The whole name.
        """
        request = Request(
            method="GET",
            path="/api/v1/schedules",
            query={"limit": limit, "offset": offset, "cursor": cursor, "name": name},
        )
        return Pages(self.transport, request, models.SchedulePage, lambda page: page.schedules)

    async def create_schedule(self, body: models.NewSchedule | Mapping[str, Any]) -> models.Schedule:
        """Create a schedule."""
        request = Request(method="POST", path="/api/v1/schedules", body=body)
        result: models.Schedule = await self.transport.model(request, models.Schedule)
        return result

    async def get_schedule(self, id: UUID | str) -> models.Schedule:
        """Return a schedule."""
        request = Request(method="GET", path=f"/api/v1/schedules/{path_segment(id)}")
        result: models.Schedule = await self.transport.model(request, models.Schedule)
        return result

    async def update_schedule(self, id: UUID | str, body: models.ScheduleChange | Mapping[str, Any]) -> models.Schedule:
        """Change a schedule.

        With another time, or enabled again, it is due next after now. Runs missed while it was disabled are
        skipped.
        """
        request = Request(method="PATCH", path=f"/api/v1/schedules/{path_segment(id)}", body=body)
        result: models.Schedule = await self.transport.model(request, models.Schedule)
        return result

    async def delete_schedule(self, id: UUID | str) -> None:
        """Delete a schedule. The jobs that it created stay."""
        request = Request(method="DELETE", path=f"/api/v1/schedules/{path_segment(id)}")
        await self.transport.json(request)

    async def run_schedule(self, id: UUID | str, *, idempotency_key: str | None = None) -> models.JobCreated:
        """Create the job of a schedule now, in the name of the schedule's creator.

        If its jobs must not overlap, the id may be that of an earlier job that is still active.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path=f"/api/v1/schedules/{path_segment(id)}/run",
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.JobCreated = await self.transport.model(request, models.JobCreated)
        return result

    async def geocode_households(
        self, body: models.GeocodeHouseholdsRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.GeocodeHouseholdsCreated:
        """Create a job that geocodes the households that match the filters.

        A request that would find nothing to do is refused: filters that match no household with a 422, and
        households that all have coordinates already with a 409, unless `skipGeocoded` is false.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/gis/households/geocode",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.GeocodeHouseholdsCreated = await self.transport.model(request, models.GeocodeHouseholdsCreated)
        return result

    async def geocode_file(
        self,
        body: File | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        provider_id: str | None = None,
        use_fallback: bool | None = None,
        timeout: int | float | None = None,
        min_accuracy: Literal["rooftop", "interpolated", "street", "postcode", "place", "region"] | None = None,
        strict_order: bool | None = None,
        use_cache: bool | None = None,
        cross_check: int | float | None = None,
        country: str | None = None,
        mapping: Mapping[str, Any] | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        run_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> models.GeocodeFileCreated:
        """Create a job that adds coordinates to the addresses in a CSV file.

        The file needs a header. It is the body or the part `file` of a form, and may be compressed (gzip, zip).
        Options may be fields of the form. Download the result as `/api/v1/jobs/{id}/output.csv`.

        `media_type`: of a file; text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `provider_id`: The geocoder to ask first, by its name in `GET /api/v1/geocoders`; the only one without
            `useFallback`.
        `use_fallback`: Ask the other configured geocoders if the first one finds nothing that is accurate
            enough.
        `timeout`: Seconds per request to a geocoder.
        `min_accuracy`: The accuracy that ends the search. Null: a street for an address with a street, any
            place for others.
        `strict_order`: Wait for a geocoder that has reached its rate limit instead of asking the next free one.
        `use_cache`: Use cached answers. Without it every address is looked up again, and the new answers
            replace the cached ones.
        `cross_check`: The share of the addresses found, such as 0.02, for which a second geocoder is asked as
            well. The result says how far they agree; the households whose places lie far apart are put up for
            review.
        `country`: Country of rows that name none, ISO 3166-1 alpha-2; null for the platform's default.
        `mapping`: What holds each field of the address (`address, unit, city, state, zipCode, country, county`,
            and the parts `houseNumber, preDirection, street, streetType, postDirection`), where the usual names
            of columns do not tell: a column, several of which the values are joined by spaces, or a constant,
            such as `{"address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also
            `@name` of a saved mapping.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `run_at`: The job waits until this time; one in the past is now.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/gis/geocode-file",
            body=None if body is None else Upload(body, media_type, "text/csv", on_progress),
            query={
                "providerId": provider_id,
                "useFallback": use_fallback,
                "timeout": timeout,
                "minAccuracy": min_accuracy,
                "strictOrder": strict_order,
                "useCache": use_cache,
                "crossCheck": cross_check,
                "country": country,
                "mapping": mapping,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "runAt": run_at,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.GeocodeFileCreated = await self.transport.model(request, models.GeocodeFileCreated)
        return result

    def download_geocoded_table(
        self,
        id: UUID | str,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
    ) -> Download:
        """Download the file of a `geocode_file` job with columns for coordinates, in the format in which it was
        sent.

        A spreadsheet comes back as .xlsx: the sheet that was read, with the types and number formats of its
        cells. Any other table comes back as CSV. See `/api/v1/jobs/{id}/output.csv` for the columns.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        """
        request = Request(
            method="GET", path=f"/api/v1/jobs/{path_segment(id)}/output", query={"format": format, "bom": bom}
        )
        return Download(self.transport, request)

    def download_geocoded_file(
        self,
        id: UUID | str,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
    ) -> Download:
        """Download the file of a `geocode_file` job with columns for coordinates, as CSV unless `format` is given.

        The added columns are `latitude, longitude, accuracy, confidence, provider, matched_address, error,
        expected_error_metres`; one that the file has already gets the prefix `geocode_`. A row with coordinates
        may have an `error`, too: it says which value of the address could not be right and was left out.

        The file is available once the job has finished. After a job that failed or was cancelled, it has the
        rows that were geocoded until then: its name ends with `-partial`, and the header `Trigpoint-Partial`
        says so.

        In GeoJSON, GeoPackage and KML, a row without coordinates is a feature without a geometry.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        """
        request = Request(
            method="GET", path=f"/api/v1/jobs/{path_segment(id)}/output.csv", query={"format": format, "bom": bom}
        )
        return Download(self.transport, request)

    async def geocode_addresses(
        self,
        body: str
        | models.AddressRequest
        | Mapping[str, Any]
        | models.AddressListRequest
        | Sequence[str | models.AddressFields | Mapping[str, Any]],
    ) -> models.AddressResult | models.AddressResults:
        """Geocode one address or up to 100, within 10 seconds.

        An address is a text or an object. In a list, an address that cannot be found or read has an `error` of
        its own. For more addresses, create a job: `POST /api/v1/gis/geocode-file`.
        """
        request = Request(method="POST", path="/api/v1/geocode", body=body)
        result: models.AddressResult | models.AddressResults = await self.transport.model(
            request, models.AddressResult | models.AddressResults
        )
        return result

    async def suggest_addresses(
        self, *, q: str, limit: int | None = None, country: str | None = None
    ) -> models.AddressSuggestions:
        """Suggest addresses that begin as typed, from the reference data that answer your questions.

        No geocoder is asked: without reference data there are no suggestions.

        `q`: What was typed so far: `12 n mai`, `12 main st dur`, `12 Main St, Durham`.
        `country`: ISO 3166-1 alpha-2; without it, the platform's default applies.
        """
        request = Request(
            method="GET", path="/api/v1/geocode/suggest", query={"q": q, "limit": limit, "country": country}
        )
        result: models.AddressSuggestions = await self.transport.model(request, models.AddressSuggestions)
        return result

    async def suggest(
        self, *, q: str, limit: int | None = None, country: str | None = None
    ) -> models.AddressSuggestions:
        """Suggest addresses, like `GET /api/v1/geocode/suggest`.

        `q`: What was typed so far: `12 n mai`, `12 main st dur`, `12 Main St, Durham`.
        `country`: ISO 3166-1 alpha-2; without it, the platform's default applies.
        """
        request = Request(method="GET", path="/api/v1/suggest", query={"q": q, "limit": limit, "country": country})
        result: models.AddressSuggestions = await self.transport.model(request, models.AddressSuggestions)
        return result

    async def reverse_geocode(self, *, latitude: int | float, longitude: int | float) -> models.NearestAddress:
        """Return the address nearest to a point: from the reference data if they have one there, else from a
        geocoder.

        `latitude`: In degrees (WGS 84); `lat` is the same.
        `longitude`: In degrees (WGS 84); `lng` and `lon` are the same.
        """
        request = Request(method="GET", path="/api/v1/reverse", query={"latitude": latitude, "longitude": longitude})
        result: models.NearestAddress = await self.transport.model(request, models.NearestAddress)
        return result

    async def list_geocoders(self) -> models.GeocoderList:
        """List all geocoders: whether they are in use or why not, limits, today's requests, errors and latencies."""
        request = Request(method="GET", path="/api/v1/geocoders")
        result: models.GeocoderList = await self.transport.model(request, models.GeocoderList)
        return result

    def list_households(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        city: str | None = None,
        state: str | None = None,
        zip_code: str | None = None,
        county: str | None = None,
        precinct_number: str | None = None,
        geocoded: Literal["true", "false"] | None = None,
        external_id: str | None = None,
    ) -> Pages[models.HouseholdPage, models.Household]:
        """List households.

        All filters that are given must match. City, state and county ignore case.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `city`: Its name, in any case.
        `state`: A code such as `CA`, or a name such as `California`.
        `zip_code`: `94520` also matches `94520-1234`.
        `county`: Its name, in any case.
        `precinct_number`: Exactly as it was loaded.
        `geocoded`: Whether they have coordinates.
        `external_id`: The id that your system gave them.
        """
        request = Request(
            method="GET",
            path="/api/v1/households",
            query={
                "limit": limit,
                "offset": offset,
                "cursor": cursor,
                "city": city,
                "state": state,
                "zipCode": zip_code,
                "county": county,
                "precinctNumber": precinct_number,
                "geocoded": geocoded,
                "externalId": external_id,
            },
        )
        return Pages(self.transport, request, models.HouseholdPage, lambda page: page.households)

    async def load_households(
        self,
        body: File
        | Sequence[models.HouseholdInput | Mapping[str, Any]]
        | models.HouseholdListInput
        | Mapping[str, Any]
        | models.LoadOptions
        | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        upload_id: UUID | str | None = None,
        sheet: str | None = None,
        strict: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> models.HouseholdsLoaded:
        """Store up to 10,000 households, from JSON or CSV with a header.

        The table may be an upload (`uploadId`), also of a spreadsheet. Invalid lines are reported, and do not
        affect the others unless `strict` is true. A household with a known `externalId` is replaced; it loses
        its coordinates if its address has changed.

        `media_type`: of a file; text/csv, text/tab-separated-values. By default as its name ends, otherwise the
            first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `upload_id`: An upload (`POST /api/v1/uploads`) with the table, in place of a body. Options may be a
            JSON object then: `{"uploadId": "…", "mapping": {…}}`.
        `sheet`: Name of the sheet of an upload that is a spreadsheet.
        `strict`: Store all lines or none.
        `mapping`: For tables: what holds each field, where the usual names of columns do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"address": ["HOUSE_NUM",
            "STREET"], "state": {"constant": "NC"}}`.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/households",
            body=None if body is None else json_or_upload(body, media_type, "text/csv", on_progress),
            query={"uploadId": upload_id, "sheet": sheet, "strict": strict, "mapping": mapping},
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.HouseholdsLoaded = await self.transport.model(request, models.HouseholdsLoaded)
        return result

    def export_households(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        city: str | None = None,
        state: str | None = None,
        zip_code: str | None = None,
        county: str | None = None,
        precinct_number: str | None = None,
        geocoded: Literal["true", "false"] | None = None,
        external_id: str | None = None,
    ) -> Download:
        """Download the households that match in any format, with the fields of the list as columns.

        In GeoJSON, GeoPackage and KML, a household without coordinates has no geometry.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `city`: Its name, in any case.
        `state`: A code such as `CA`, or a name such as `California`.
        `zip_code`: `94520` also matches `94520-1234`.
        `county`: Its name, in any case.
        `precinct_number`: Exactly as it was loaded.
        `geocoded`: Whether they have coordinates.
        `external_id`: The id that your system gave them.
        """
        request = Request(
            method="GET",
            path="/api/v1/households/export",
            query={
                "format": format,
                "bom": bom,
                "city": city,
                "state": state,
                "zipCode": zip_code,
                "county": county,
                "precinctNumber": precinct_number,
                "geocoded": geocoded,
                "externalId": external_id,
            },
        )
        return Download(self.transport, request)

    def export_households_csv(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        city: str | None = None,
        state: str | None = None,
        zip_code: str | None = None,
        county: str | None = None,
        precinct_number: str | None = None,
        geocoded: Literal["true", "false"] | None = None,
        external_id: str | None = None,
    ) -> Download:
        """Download the households that match as a CSV file, with the fields of the list as columns.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `city`: Its name, in any case.
        `state`: A code such as `CA`, or a name such as `California`.
        `zip_code`: `94520` also matches `94520-1234`.
        `county`: Its name, in any case.
        `precinct_number`: Exactly as it was loaded.
        `geocoded`: Whether they have coordinates.
        `external_id`: The id that your system gave them.
        """
        request = Request(
            method="GET",
            path="/api/v1/households/export.csv",
            query={
                "format": format,
                "bom": bom,
                "city": city,
                "state": state,
                "zipCode": zip_code,
                "county": county,
                "precinctNumber": precinct_number,
                "geocoded": geocoded,
                "externalId": external_id,
            },
        )
        return Download(self.transport, request)

    def export_households_geojson(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        city: str | None = None,
        state: str | None = None,
        zip_code: str | None = None,
        county: str | None = None,
        precinct_number: str | None = None,
        geocoded: Literal["true", "false"] | None = None,
        external_id: str | None = None,
    ) -> Download:
        """Download the households that match as a FeatureCollection (RFC 7946).

        A household without coordinates has no geometry.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `city`: Its name, in any case.
        `state`: A code such as `CA`, or a name such as `California`.
        `zip_code`: `94520` also matches `94520-1234`.
        `county`: Its name, in any case.
        `precinct_number`: Exactly as it was loaded.
        `geocoded`: Whether they have coordinates.
        `external_id`: The id that your system gave them.
        """
        request = Request(
            method="GET",
            path="/api/v1/households/export.geojson",
            query={
                "format": format,
                "bom": bom,
                "city": city,
                "state": state,
                "zipCode": zip_code,
                "county": county,
                "precinctNumber": precinct_number,
                "geocoded": geocoded,
                "externalId": external_id,
            },
        )
        return Download(self.transport, request)

    def list_doubtful_households(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        reason: Literal["ambiguous", "contradictory", "disagreement", "uncertain", "cluster", "outside"] | None = None,
    ) -> Pages[models.ReviewPage, models.DoubtfulHousehold]:
        """List households that a person should look at, because geocoding was not sure where they are.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `reason`: Only households with this doubt.
        """
        request = Request(
            method="GET",
            path="/api/v1/households/review",
            query={"limit": limit, "offset": offset, "cursor": cursor, "reason": reason},
        )
        return Pages(self.transport, request, models.ReviewPage, lambda page: page.households)

    async def review_household(
        self, id: UUID | str, body: models.ReviewDecision | Mapping[str, Any]
    ) -> models.Household:
        """Accept, pin or reject the place of a household, which leaves the list of doubtful ones.

        Any household can be reviewed. What is pinned is kept as reference data: for your questions, or if you
        are an administrator for those of all users.
        """
        request = Request(method="POST", path=f"/api/v1/households/{path_segment(id)}/review", body=body)
        result: models.Household = await self.transport.model(request, models.Household)
        return result

    async def get_household(self, id: UUID | str) -> models.Household:
        """Return a household."""
        request = Request(method="GET", path=f"/api/v1/households/{path_segment(id)}")
        result: models.Household = await self.transport.model(request, models.Household)
        return result

    async def update_household(
        self, id: UUID | str, body: models.HouseholdChangeRequest | Mapping[str, Any]
    ) -> models.Household:
        """Correct the address of a household.

        It loses its coordinates if its address, city, state, postcode or country changes. Imports of the same
        voters keep the correction; loading a household with the same `externalId` again replaces it.
        """
        request = Request(method="PATCH", path=f"/api/v1/households/{path_segment(id)}", body=body)
        result: models.Household = await self.transport.model(request, models.Household)
        return result

    async def place_household(
        self, id: UUID | str, body: models.HouseholdPlacement | Mapping[str, Any]
    ) -> models.Household:
        """Set the coordinates of a household by hand, or choose the answer of a geocoder.

        Coordinates that were set by hand have the provider `by hand`. Jobs replace them only if `householdIds`
        names the household. They are kept as reference data, for your questions, or if you are an administrator
        for those of all.
        """
        request = Request(method="PUT", path=f"/api/v1/households/{path_segment(id)}/location", body=body)
        result: models.Household = await self.transport.model(request, models.Household)
        return result

    def list_uploads(
        self, *, limit: int | None = None, offset: int | None = None, cursor: UUID | str | None = None
    ) -> Pages[models.UploadPage, models.Upload]:
        """List the files that you uploaded and that are still kept, the newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET", path="/api/v1/uploads", query={"limit": limit, "offset": offset, "cursor": cursor}
        )
        return Pages(self.transport, request, models.UploadPage, lambda page: page.uploads)

    async def create_upload(
        self,
        body: File,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        kind: Literal["voters", "parcels", "pois", "businesses", "companies", "households", "geocode-file", "reference"]
        | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        profile: Literal[
            "north_carolina",
            "ohio",
            "florida",
            "california_county",
            "new_york",
            "pennsylvania",
            "united_kingdom",
            "generic",
        ]
        | None = None,
        county: str | None = None,
        country: str | None = None,
    ) -> models.UploadPreview:
        """Upload a file and see what an import would make of it.

        The file is the body or the part `file` of a form, and may be compressed. Options may be fields of the
        form. The file is kept for a day: import it with `uploadId` in place of a file. Nothing is imported by
        this request.

        `media_type`: of a file; application/geo+json, application/x-ndjson, application/geopackage+sqlite3,
            application/vnd.google-earth.kml+xml, application/vnd.google-earth.kmz, application/flatgeobuf,
            application/vnd.apache.parquet, text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `kind`: What the file would be imported as; the most likely kind if it is not given.
        `mapping`: What holds each field, as in the request that imports the file.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given.
        `profile`: Layout of a voter file; recognised from the header if it is not given.
        `county`: Of voter files without a county column.
        `country`: Country of rows of a file to be geocoded that name none, ISO 3166-1 alpha-2.
        """
        request = Request(
            method="POST",
            path="/api/v1/uploads",
            body=Upload(body, media_type, "application/geo+json", on_progress),
            query={
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "kind": kind,
                "mapping": mapping,
                "dateOrder": date_order,
                "profile": profile,
                "county": county,
                "country": country,
            },
        )
        result: models.UploadPreview = await self.transport.model(request, models.UploadPreview)
        return result

    async def get_upload(
        self,
        id: UUID | str,
        *,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        kind: Literal["voters", "parcels", "pois", "businesses", "companies", "households", "geocode-file", "reference"]
        | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        profile: Literal[
            "north_carolina",
            "ohio",
            "florida",
            "california_county",
            "new_york",
            "pennsylvania",
            "united_kingdom",
            "generic",
        ]
        | None = None,
        county: str | None = None,
        country: str | None = None,
    ) -> models.UploadPreview:
        """Return the preview of an upload, with another kind, mapping, sheet, layer or coordinate system if you
        like.

        What the query leaves open stays as it was when the file was sent. A sheet or layer that is chosen is
        read from then on.

        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `kind`: What the file would be imported as; the most likely kind if it is not given.
        `mapping`: What holds each field, as in the request that imports the file.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given.
        `profile`: Layout of a voter file; recognised from the header if it is not given.
        `county`: Of voter files without a county column.
        `country`: Country of rows of a file to be geocoded that name none, ISO 3166-1 alpha-2.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/uploads/{path_segment(id)}",
            query={
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "kind": kind,
                "mapping": mapping,
                "dateOrder": date_order,
                "profile": profile,
                "county": county,
                "country": country,
            },
        )
        result: models.UploadPreview = await self.transport.model(request, models.UploadPreview)
        return result

    async def delete_upload(self, id: UUID | str) -> None:
        """Delete an upload. Jobs that were made from it go on."""
        request = Request(method="DELETE", path=f"/api/v1/uploads/{path_segment(id)}")
        await self.transport.json(request)

    async def import_voters(
        self,
        body: File | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        dry_run: bool | None = None,
        max_errors: int | None = None,
        max_error_rate: int | float | None = None,
        source: str | None = None,
        max_overwrite_rate: int | float | None = None,
        allow_overwrite: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        retire_missing: bool | None = None,
        max_retire_rate: int | float | None = None,
        county: str | None = None,
        geocode_after: bool | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        priority: int | None = None,
        split: bool | None = None,
        run_at: datetime | None = None,
        profile: Literal[
            "north_carolina",
            "ohio",
            "florida",
            "california_county",
            "new_york",
            "pennsylvania",
            "united_kingdom",
            "generic",
        ]
        | None = None,
        idempotency_key: str | None = None,
    ) -> models.ImportCreated:
        """Create a job that imports voters, and the households at their addresses, from a voter file.

        The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be
        fields of the form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.

        `media_type`: of a file; text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `dry_run`: Read, check and count the rows without writing anything.
        `max_errors`: Fail as soon as more rows than this are rejected.
        `max_error_rate`: Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is
            rejected; 0.02 means 2 %.
        `source`: Namespace of the record ids: records of different sources are never merged.
        `max_overwrite_rate`: Stop before anything is changed if a larger share of the records of another file
            would be overwritten.
        `allow_overwrite`: Overwrite records of another file, however many.
        `mapping`: What holds each field, where the usual names of columns and properties do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"id": "Account No",
            "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a
            saved mapping.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given. Dates
            with the year first, or with the month in letters, are read in any case.
        `retire_missing`: Retire the records of earlier versions of the file that this one no longer has, until
            a later one has them.
        `max_retire_rate`: Retire nothing and fail if more than this share of the records would be retired: the
            file may be cut off.
        `county`: For files without a county column; part of the source if ids are unique within a county only.
        `geocode_after`: When the import has finished, create a job that geocodes the households without
            coordinates.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `priority`: 1 runs first.
        `split`: Create as many jobs as needed for a file that is too long for one.
        `run_at`: The job waits until this time; one in the past is now.
        `profile`: Layout of the file; recognised from the header if it is not given.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/voters/import",
            body=None if body is None else Upload(body, media_type, "text/csv", on_progress),
            query={
                "dryRun": dry_run,
                "maxErrors": max_errors,
                "maxErrorRate": max_error_rate,
                "source": source,
                "maxOverwriteRate": max_overwrite_rate,
                "allowOverwrite": allow_overwrite,
                "mapping": mapping,
                "dateOrder": date_order,
                "retireMissing": retire_missing,
                "maxRetireRate": max_retire_rate,
                "county": county,
                "geocodeAfter": geocode_after,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "priority": priority,
                "split": split,
                "runAt": run_at,
                "profile": profile,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ImportCreated = await self.transport.model(request, models.ImportCreated)
        return result

    async def import_parcels(
        self,
        body: File | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        dry_run: bool | None = None,
        max_errors: int | None = None,
        max_error_rate: int | float | None = None,
        source: str | None = None,
        max_overwrite_rate: int | float | None = None,
        allow_overwrite: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        retire_missing: bool | None = None,
        max_retire_rate: int | float | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        priority: int | None = None,
        split: bool | None = None,
        run_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> models.ImportCreated:
        """Create a job that imports land parcels from GeoJSON or CSV.

        The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be
        fields of the form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.

        `media_type`: of a file; application/geo+json, application/x-ndjson, application/geopackage+sqlite3,
            application/vnd.google-earth.kml+xml, application/vnd.google-earth.kmz, application/flatgeobuf,
            application/vnd.apache.parquet, text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `dry_run`: Read, check and count the rows without writing anything.
        `max_errors`: Fail as soon as more rows than this are rejected.
        `max_error_rate`: Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is
            rejected; 0.02 means 2 %.
        `source`: Namespace of the record ids: records of different sources are never merged.
        `max_overwrite_rate`: Stop before anything is changed if a larger share of the records of another file
            would be overwritten.
        `allow_overwrite`: Overwrite records of another file, however many.
        `mapping`: What holds each field, where the usual names of columns and properties do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"id": "Account No",
            "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a
            saved mapping.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given. Dates
            with the year first, or with the month in letters, are read in any case.
        `retire_missing`: Retire the records of earlier versions of the file that this one no longer has, until
            a later one has them.
        `max_retire_rate`: Retire nothing and fail if more than this share of the records would be retired: the
            file may be cut off.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `priority`: 1 runs first.
        `split`: Create as many jobs as needed for a file that is too long for one.
        `run_at`: The job waits until this time; one in the past is now.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/parcels/import",
            body=None if body is None else Upload(body, media_type, "application/geo+json", on_progress),
            query={
                "dryRun": dry_run,
                "maxErrors": max_errors,
                "maxErrorRate": max_error_rate,
                "source": source,
                "maxOverwriteRate": max_overwrite_rate,
                "allowOverwrite": allow_overwrite,
                "mapping": mapping,
                "dateOrder": date_order,
                "retireMissing": retire_missing,
                "maxRetireRate": max_retire_rate,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "priority": priority,
                "split": split,
                "runAt": run_at,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ImportCreated = await self.transport.model(request, models.ImportCreated)
        return result

    def export_parcels(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        source: str | None = None,
        retired: bool | None = None,
    ) -> Download:
        """Download parcels in any format.

        Tables have their outlines as WKT in the column `wkt`, in degrees (WGS 84), so that they can be imported
        again; in the formats for maps these are the geometries. `extra` has the columns of the file that are no
        fields, as JSON.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `source`: Only those of this source, such as `parcel:us-nc-durham`.
        `retired`: Include records that were retired because a later version of their file no longer had them.
        """
        request = Request(
            method="GET",
            path="/api/v1/parcels/export",
            query={"format": format, "bom": bom, "source": source, "retired": retired},
        )
        return Download(self.transport, request)

    def export_pois(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        source: str | None = None,
        retired: bool | None = None,
    ) -> Download:
        """Download points of interest in any format.

        `extra` has the columns of the file that are no fields, as JSON.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `source`: Only those of this source, such as `parcel:us-nc-durham`.
        `retired`: Include records that were retired because a later version of their file no longer had them.
        """
        request = Request(
            method="GET",
            path="/api/v1/pois/export",
            query={"format": format, "bom": bom, "source": source, "retired": retired},
        )
        return Download(self.transport, request)

    async def import_pois(
        self,
        body: File | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        dry_run: bool | None = None,
        max_errors: int | None = None,
        max_error_rate: int | float | None = None,
        source: str | None = None,
        max_overwrite_rate: int | float | None = None,
        allow_overwrite: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        retire_missing: bool | None = None,
        max_retire_rate: int | float | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        priority: int | None = None,
        split: bool | None = None,
        run_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> models.ImportCreated:
        """Create a job that imports points of interest from GeoJSON or CSV.

        The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be
        fields of the form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.

        `media_type`: of a file; application/geo+json, application/x-ndjson, application/geopackage+sqlite3,
            application/vnd.google-earth.kml+xml, application/vnd.google-earth.kmz, application/flatgeobuf,
            application/vnd.apache.parquet, text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `dry_run`: Read, check and count the rows without writing anything.
        `max_errors`: Fail as soon as more rows than this are rejected.
        `max_error_rate`: Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is
            rejected; 0.02 means 2 %.
        `source`: Namespace of the record ids: records of different sources are never merged.
        `max_overwrite_rate`: Stop before anything is changed if a larger share of the records of another file
            would be overwritten.
        `allow_overwrite`: Overwrite records of another file, however many.
        `mapping`: What holds each field, where the usual names of columns and properties do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"id": "Account No",
            "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a
            saved mapping.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given. Dates
            with the year first, or with the month in letters, are read in any case.
        `retire_missing`: Retire the records of earlier versions of the file that this one no longer has, until
            a later one has them.
        `max_retire_rate`: Retire nothing and fail if more than this share of the records would be retired: the
            file may be cut off.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `priority`: 1 runs first.
        `split`: Create as many jobs as needed for a file that is too long for one.
        `run_at`: The job waits until this time; one in the past is now.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/pois/import",
            body=None if body is None else Upload(body, media_type, "application/geo+json", on_progress),
            query={
                "dryRun": dry_run,
                "maxErrors": max_errors,
                "maxErrorRate": max_error_rate,
                "source": source,
                "maxOverwriteRate": max_overwrite_rate,
                "allowOverwrite": allow_overwrite,
                "mapping": mapping,
                "dateOrder": date_order,
                "retireMissing": retire_missing,
                "maxRetireRate": max_retire_rate,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "priority": priority,
                "split": split,
                "runAt": run_at,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ImportCreated = await self.transport.model(request, models.ImportCreated)
        return result

    async def import_reference(
        self,
        body: File,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        dry_run: bool | None = None,
        max_errors: int | None = None,
        max_error_rate: int | float | None = None,
        source: str | None = None,
        max_overwrite_rate: int | float | None = None,
        allow_overwrite: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        shared: bool | None = None,
        country: str | None = None,
        state: str | None = None,
        dated: date | None = None,
        licence: str | None = None,
        attribution: str | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        priority: int | None = None,
        split: bool | None = None,
        run_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> models.ImportCreated:
        """Create a job that imports addresses with coordinates, from which the geocoder `local` answers.

        The file is the body or the part `file` of a form, and may be compressed (gzip, zip): a county's address
        points, parcels with addresses, OpenAddresses, Overture, or the National Address Database, as a table or
        as map data; TIGER's address ranges (ADDRFEAT, with FEATNAMES in the same zip file); or an extract of
        OpenStreetMap (.osm.pbf). Options may be fields of the form. When the job is completed, the new data
        replace earlier data of the same name, all at once.

        `media_type`: of a file; application/geo+json, application/x-ndjson, application/geopackage+sqlite3,
            application/vnd.google-earth.kml+xml, application/vnd.google-earth.kmz, application/flatgeobuf,
            application/vnd.apache.parquet, text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `dry_run`: Read, check and count the rows without writing anything.
        `max_errors`: Fail as soon as more rows than this are rejected.
        `max_error_rate`: Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is
            rejected; 0.02 means 2 %.
        `source`: Name of the reference data, which replaces earlier data of this name; by default the name of
            the file.
        `max_overwrite_rate`: Stop before anything is changed if a larger share of the records of another file
            would be overwritten.
        `allow_overwrite`: Overwrite records of another file, however many.
        `mapping`: What holds each field, where the usual names of columns and properties do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"id": "Account No",
            "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a
            saved mapping.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given. Dates
            with the year first, or with the month in letters, are read in any case.
        `shared`: Whether it answers the questions of all users, which only administrators may say; by default,
            theirs does.
        `country`: ISO 3166-1 alpha-2; null for the platform's default.
        `state`: State of addresses that name none; by default that of the county or city of the file.
        `dated`: The day of the data.
        `attribution`: The text that must be shown with the results.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `priority`: 1 runs first.
        `split`: Create as many jobs as needed for a file that is too long for one.
        `run_at`: The job waits until this time; one in the past is now.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/reference/import",
            body=Upload(body, media_type, "application/geo+json", on_progress),
            query={
                "dryRun": dry_run,
                "maxErrors": max_errors,
                "maxErrorRate": max_error_rate,
                "source": source,
                "maxOverwriteRate": max_overwrite_rate,
                "allowOverwrite": allow_overwrite,
                "mapping": mapping,
                "dateOrder": date_order,
                "shared": shared,
                "country": country,
                "state": state,
                "dated": dated,
                "licence": licence,
                "attribution": attribution,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "priority": priority,
                "split": split,
                "runAt": run_at,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ImportCreated = await self.transport.model(request, models.ImportCreated)
        return result

    async def list_reference(self) -> models.ReferenceSourceList:
        """List the reference data that answer your questions, with area, date and coverage; administrators see
        all.
        """
        request = Request(method="GET", path="/api/v1/reference")
        result: models.ReferenceSourceList = await self.transport.model(request, models.ReferenceSourceList)
        return result

    async def read_reference(self, id: UUID | str) -> models.ReferenceSource:
        """Return one source of reference data."""
        request = Request(method="GET", path=f"/api/v1/reference/{path_segment(id)}")
        result: models.ReferenceSource = await self.transport.model(request, models.ReferenceSource)
        return result

    async def delete_reference(self, id: UUID | str) -> None:
        """Remove reference data of yours; administrators can remove all.

        It answers nothing any more at once; a job deletes its rows.
        """
        request = Request(method="DELETE", path=f"/api/v1/reference/{path_segment(id)}")
        await self.transport.json(request)

    def download_rejected_table(
        self,
        id: UUID | str,
        *,
        format: Literal["csv", "xlsx"] | None = None,
        bom: Literal["true", "false"] | None = None,
    ) -> Download:
        """Download the rows that an import rejected, in the format in which the file was sent: .xlsx or CSV.

        See `/api/v1/jobs/{id}/rejected.csv`.

        `format`: `csv` or `xlsx`; without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        """
        request = Request(
            method="GET", path=f"/api/v1/jobs/{path_segment(id)}/rejected", query={"format": format, "bom": bom}
        )
        return Download(self.transport, request)

    def download_rejected_rows(
        self,
        id: UUID | str,
        *,
        format: Literal["csv", "xlsx"] | None = None,
        bom: Literal["true", "false"] | None = None,
    ) -> Download:
        """Download the rows that an import rejected, to correct and import again, as CSV unless `format` is given.

        They have their original columns, and `error_code` and `error`. While the job runs, and after it failed
        or was cancelled, these are the rows of the part that was read.

        `format`: `csv` or `xlsx`; without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        """
        request = Request(
            method="GET", path=f"/api/v1/jobs/{path_segment(id)}/rejected.csv", query={"format": format, "bom": bom}
        )
        return Download(self.transport, request)

    async def undo_import(self, id: UUID | str) -> models.ImportUndo:
        """Create a job that reverts what an import inserted or changed.

        The import must have ended; it may have failed or have been cancelled. Records that a later import
        changed are kept. Records that it changed can be restored for 30 days. Undoing it again changes nothing.
        """
        request = Request(method="POST", path=f"/api/v1/jobs/{path_segment(id)}/undo")
        result: models.ImportUndo = await self.transport.model(request, models.ImportUndo)
        return result

    def list_businesses(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        website_status: Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ]
        | None = None,
        has_website: Literal["true", "false"] | None = None,
        has_email: Literal["true", "false"] | None = None,
        has_social: Literal["true", "false"] | None = None,
        excluded: Literal["true", "false"] | None = None,
        domain: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        q: str | None = None,
        checked_before: datetime | None = None,
    ) -> Pages[models.BusinessPage, models.ListedBusiness]:
        """List businesses, newest first, each with its number of contacts by kind.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `website_status`: The result of the last validation.
        `has_email`: Whether an e-mail address was found on the website.
        `has_social`: Whether a profile of a social network was found on the website.
        `excluded`: Whether an exclusion applies.
        `domain`: The registered domain of the website, in any case.
        `city`: In any case.
        `state`: As it was given, in any case.
        `source`: `rest`, `csv`, a provider of places, or the name given to an import.
        `q`: Part of the name.
        `checked_before`: Last validated before this time, or never.
        """
        request = Request(
            method="GET",
            path="/api/v1/businesses",
            query={
                "limit": limit,
                "offset": offset,
                "cursor": cursor,
                "websiteStatus": website_status,
                "hasWebsite": has_website,
                "hasEmail": has_email,
                "hasSocial": has_social,
                "excluded": excluded,
                "domain": domain,
                "city": city,
                "state": state,
                "source": source,
                "q": q,
                "checkedBefore": checked_before,
            },
        )
        return Pages(self.transport, request, models.BusinessPage, lambda page: page.businesses)

    async def create_businesses(
        self,
        body: File | models.NewBusiness | Mapping[str, Any] | Sequence[models.NewBusiness | Mapping[str, Any]],
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        priority: int | None = None,
        run_at: datetime | None = None,
        mapping: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> models.StoredBusiness | models.SubmittedList | models.SubmittedFile:
        """Store businesses, and create the jobs that visit their websites.

        Send one business, a list, or a CSV file. Those that are new or changed get jobs. Of JSON, all
        businesses are stored or none. Of a CSV file, the rows with errors are reported and the others stored. A
        business is updated if its place id, else its external id, else its name with its website or address is
        known.

        `media_type`: of a file; text/csv, text/tab-separated-values. By default as its name ends, otherwise the
            first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `priority`: Priority of the jobs, from 1 (first) to 9.
        `run_at`: The job waits until this time; one in the past is now.
        `mapping`: For tables: what holds each field, where the usual names of columns do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"name": "Firm", "state":
            {"constant": "NC"}}`.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/businesses",
            body=json_or_upload(body, media_type, "text/csv", on_progress),
            query={"priority": priority, "runAt": run_at, "mapping": mapping},
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.StoredBusiness | models.SubmittedList | models.SubmittedFile = await self.transport.model(
            request, models.StoredBusiness | models.SubmittedList | models.SubmittedFile
        )
        return result

    def export_businesses(
        self,
        *,
        format: Literal["csv", "xlsx", "geojson", "geojsonl", "gpkg", "kml"] | None = None,
        bom: Literal["true", "false"] | None = None,
        website_status: Literal[
            "ok",
            "redirected_offsite",
            "parked",
            "taken_over",
            "tls_error",
            "dns_error",
            "timeout",
            "blocked",
            "not_html",
            "robots_denied",
            "private_address",
            "gone",
            "server_error",
        ]
        | None = None,
        has_website: Literal["true", "false"] | None = None,
        has_email: Literal["true", "false"] | None = None,
        has_social: Literal["true", "false"] | None = None,
        excluded: Literal["true", "false"] | None = None,
        domain: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        q: str | None = None,
        checked_before: datetime | None = None,
    ) -> Download:
        """Download the businesses that match: as CSV, a spreadsheet, or points for a map.

        The cells of e-mail addresses, profiles and telephone numbers list them, highest confidence first.

        `format`: `csv`, `xlsx`, `geojson`, `geojsonl` (a feature per line), `gpkg` (GeoPackage) or `kml`;
            without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `website_status`: The result of the last validation.
        `has_email`: Whether an e-mail address was found on the website.
        `has_social`: Whether a profile of a social network was found on the website.
        `excluded`: Whether an exclusion applies.
        `domain`: The registered domain of the website, in any case.
        `city`: In any case.
        `state`: As it was given, in any case.
        `source`: `rest`, `csv`, a provider of places, or the name given to an import.
        `q`: Part of the name.
        `checked_before`: Last validated before this time, or never.
        """
        request = Request(
            method="GET",
            path="/api/v1/businesses/export.csv",
            query={
                "format": format,
                "bom": bom,
                "websiteStatus": website_status,
                "hasWebsite": has_website,
                "hasEmail": has_email,
                "hasSocial": has_social,
                "excluded": excluded,
                "domain": domain,
                "city": city,
                "state": state,
                "source": source,
                "q": q,
                "checkedBefore": checked_before,
            },
        )
        return Download(self.transport, request)

    async def import_businesses(
        self,
        body: File | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        dry_run: bool | None = None,
        max_errors: int | None = None,
        max_error_rate: int | float | None = None,
        source: str | None = None,
        max_overwrite_rate: int | float | None = None,
        allow_overwrite: bool | None = None,
        mapping: Mapping[str, Any] | None = None,
        date_order: Literal["mdy", "dmy", "ymd"] | None = None,
        visit: bool | None = None,
        sheet: str | None = None,
        layer: str | None = None,
        header: bool | None = None,
        crs: str | None = None,
        upload_id: UUID | str | None = None,
        priority: int | None = None,
        split: bool | None = None,
        run_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> models.ImportCreated:
        """Create a job that imports businesses from CSV, and the jobs that check their websites.

        The file is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may be
        fields of the form. Rows that are rejected can be downloaded as `/api/v1/jobs/{id}/rejected.csv`.

        `media_type`: of a file; text/csv, text/tab-separated-values, application/vnd.openxmlformats-
            officedocument.spreadsheetml.sheet, application/vnd.ms-excel,
            application/vnd.oasis.opendocument.spreadsheet, application/gzip, application/zip. By default as its
            name ends, otherwise the first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `dry_run`: Read, check and count the rows without writing anything.
        `max_errors`: Fail as soon as more rows than this are rejected.
        `max_error_rate`: Fail as soon as more than this share of at least 1,000 rows (at the end: of all) is
            rejected; 0.02 means 2 %.
        `source`: Namespace of the record ids: records of different sources are never merged.
        `max_overwrite_rate`: Stop before anything is changed if a larger share of the records of another file
            would be overwritten.
        `allow_overwrite`: Overwrite records of another file, however many.
        `mapping`: What holds each field, where the usual names of columns and properties do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"id": "Account No",
            "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`; in requests also `@name` of a
            saved mapping.
        `date_order`: Order of day, month and year in dates; found from the values if it is not given. Dates
            with the year first, or with the month in letters, are read in any case.
        `visit`: Create the jobs that check the websites of new and changed businesses.
        `sheet`: Name of the sheet of a spreadsheet; without it, the first visible one with a table.
        `layer`: Name of the layer of map data that has several; `*` for all.
        `header`: Whether the first row of a table has the names of the columns; found out if it is not given.
            Without a header the columns are `column 1`, `column 2` and so on.
        `crs`: Coordinate system of map data that does not name its own.
        `upload_id`: An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options
            may be JSON then.
        `priority`: 1 runs first.
        `split`: Create as many jobs as needed for a file that is too long for one.
        `run_at`: The job waits until this time; one in the past is now.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/businesses/import",
            body=None if body is None else Upload(body, media_type, "text/csv", on_progress),
            query={
                "dryRun": dry_run,
                "maxErrors": max_errors,
                "maxErrorRate": max_error_rate,
                "source": source,
                "maxOverwriteRate": max_overwrite_rate,
                "allowOverwrite": allow_overwrite,
                "mapping": mapping,
                "dateOrder": date_order,
                "visit": visit,
                "sheet": sheet,
                "layer": layer,
                "header": header,
                "crs": crs,
                "uploadId": upload_id,
                "priority": priority,
                "split": split,
                "runAt": run_at,
            },
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ImportCreated = await self.transport.model(request, models.ImportCreated)
        return result

    async def get_business(self, id: UUID | str) -> models.BusinessDetails:
        """Return a business and all contacts found on its website, each with its evidence."""
        request = Request(method="GET", path=f"/api/v1/businesses/{path_segment(id)}")
        result: models.BusinessDetails = await self.transport.model(request, models.BusinessDetails)
        return result

    def list_business_checks(
        self, id: UUID | str, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None
    ) -> Pages[models.CheckPage, models.WebsiteCheck]:
        """List the validations of a business's website, newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/businesses/{path_segment(id)}/checks",
            query={"limit": limit, "offset": offset, "cursor": cursor},
        )
        return Pages(self.transport, request, models.CheckPage, lambda page: page.checks)

    async def list_mappings(
        self,
        *,
        kind: Literal[
            "voter_import",
            "parcel_import",
            "poi_import",
            "business_import",
            "reference_import",
            "geocode_file",
            "households",
            "companies",
        ]
        | None = None,
    ) -> models.MappingList:
        """List your saved mappings of columns.

        `kind`: Only those for this kind of file.
        """
        request = Request(method="GET", path="/api/v1/mappings", query={"kind": kind})
        result: models.MappingList = await self.transport.model(request, models.MappingList)
        return result

    async def save_mapping(self, body: models.NewMapping | Mapping[str, Any]) -> models.Mapping:
        """Save a mapping of columns under a name.

        Requests with a file use it with `mapping=@name`. The response to a file with the same columns that is
        sent without a mapping suggests it.
        """
        request = Request(method="POST", path="/api/v1/mappings", body=body)
        result: models.Mapping = await self.transport.model(request, models.Mapping)
        return result

    async def delete_mapping(self, id: UUID | str) -> None:
        """Delete a saved mapping of columns."""
        request = Request(method="DELETE", path=f"/api/v1/mappings/{path_segment(id)}")
        await self.transport.json(request)

    def list_exclusions(
        self, *, limit: int | None = None, offset: int | None = None, cursor: UUID | str | None = None
    ) -> Pages[models.ExclusionPage, models.Exclusion]:
        """List the entries of the exclusion list, newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET", path="/api/v1/business-exclusions", query={"limit": limit, "offset": offset, "cursor": cursor}
        )
        return Pages(self.transport, request, models.ExclusionPage, lambda page: page.exclusions)

    async def create_exclusion(self, body: models.ExclusionRequest | Mapping[str, Any]) -> models.Exclusion:
        """Exclude the businesses that match, so that their websites are not visited.

        Those that are added later are excluded, too.
        """
        request = Request(method="POST", path="/api/v1/business-exclusions", body=body)
        result: models.Exclusion = await self.transport.model(request, models.Exclusion)
        return result

    async def delete_exclusion(self, id: UUID | str) -> None:
        """Delete an entry of the exclusion list.

        The businesses that matched are no longer excluded. Only administrators can delete the entries of
        administrators.
        """
        request = Request(method="DELETE", path=f"/api/v1/business-exclusions/{path_segment(id)}")
        await self.transport.json(request)

    async def list_webhooks(self) -> models.WebhookList:
        """List your webhooks."""
        request = Request(method="GET", path="/api/v1/webhooks")
        result: models.WebhookList = await self.transport.model(request, models.WebhookList)
        return result

    async def create_webhook(self, body: models.WebhookRequest | Mapping[str, Any]) -> models.Webhook:
        """Register a webhook.

        The response has the secret for its signatures, which is shown this once.
        """
        request = Request(method="POST", path="/api/v1/webhooks", body=body)
        result: models.Webhook = await self.transport.model(request, models.Webhook)
        return result

    async def delete_webhook(self, id: UUID | str) -> None:
        """Delete a webhook. Deliveries that are already queued fail."""
        request = Request(method="DELETE", path=f"/api/v1/webhooks/{path_segment(id)}")
        await self.transport.json(request)

    async def list_deliveries(self, id: UUID | str, *, limit: int | None = None) -> models.DeliveryList:
        """List the newest deliveries of a webhook."""
        request = Request(method="GET", path=f"/api/v1/webhooks/{path_segment(id)}/deliveries", query={"limit": limit})
        result: models.DeliveryList = await self.transport.model(request, models.DeliveryList)
        return result

    async def enable_webhook(self, id: UUID | str) -> models.Webhook:
        """Enable a webhook, and try its waiting deliveries at once."""
        request = Request(method="POST", path=f"/api/v1/webhooks/{path_segment(id)}/enable")
        result: models.Webhook = await self.transport.model(request, models.Webhook)
        return result

    async def replay_deliveries(
        self, id: UUID | str, body: models.ReplayRequest | Mapping[str, Any] | None = None
    ) -> models.Replayed:
        """Send the failed deliveries of a webhook again, at most 10,000 at a time."""
        request = Request(method="POST", path=f"/api/v1/webhooks/{path_segment(id)}/replay", body=body)
        result: models.Replayed = await self.transport.model(request, models.Replayed)
        return result

    async def create_validations(
        self, body: models.ValidationRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.ValidationsCreated:
        """Create the jobs that visit the websites of some businesses, or of all.

        An id of a business that does not exist, has no website or is excluded is an error, and no job is
        created.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/validations",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.ValidationsCreated = await self.transport.model(request, models.ValidationsCreated)
        return result

    async def search_places(
        self, body: models.SearchRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.PlacesFound:
        """Find businesses with a provider of places, and store them.

        Jobs that visit their websites are created. Only businesses that are new or changed get jobs, unless
        they are excluded.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/places/search",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.PlacesFound = await self.transport.model(request, models.PlacesFound)
        return result

    async def get_score(
        self, *, latitude: int | float, longitude: int | float, explain: Literal["true", "false"] | None = None
    ) -> models.PointScore:
        """Return the score of a point, from 0 to 100.

        It is computed at once from the points of interest within 5 km. If no heat cell covers the point and no
        active job is going to, a job for the 15 km × 15 km around it is created, unless the request came
        without a key that may write.

        Needs no key if the installation allows public reads.

        `latitude`: In degrees (WGS 84); `lat` is the same.
        `longitude`: In degrees (WGS 84); `lng` and `lon` are the same.
        `explain`: Whether the response has `drivers`, `diversity` and `constants`.
        """
        request = Request(
            method="GET", path="/api/v1/score", query={"latitude": latitude, "longitude": longitude, "explain": explain}
        )
        result: models.PointScore = await self.transport.model(request, models.PointScore)
        return result

    async def list_heat_cells(self, *, bbox: str, grid_step: int | float | None = None) -> models.Cells:
        """List the heat cells whose centers lie in a rectangle.

        At most 100,000; for larger areas, use the tiles or a coarser `gridStep`. Caches may keep the response
        if they ask again each time.

        Needs no key if the installation allows public reads.

        `bbox`: `west,south,east,north` in degrees, the order of GeoJSON. If west is greater than east, it
            crosses the antimeridian.
        """
        request = Request(method="GET", path="/api/v1/heatmap", query={"bbox": bbox, "gridStep": grid_step})
        result: models.Cells = await self.transport.model(request, models.Cells)
        return result

    def list_heat_cells_file(
        self, *, bbox: str, grid_step: int | float | None = None, format: Literal["json", "geojson"] | None = None
    ) -> Download:
        """List the heat cells whose centers lie in a rectangle, as a file of another format.

        At most 100,000; for larger areas, use the tiles or a coarser `gridStep`. Caches may keep the response
        if they ask again each time.

        Needs no key if the installation allows public reads.

        `bbox`: `west,south,east,north` in degrees, the order of GeoJSON. If west is greater than east, it
            crosses the antimeridian.
        `format`: `geojson` is a FeatureCollection of squares with their scores.
        """
        request = Request(
            method="GET", path="/api/v1/heatmap", query={"bbox": bbox, "gridStep": grid_step, "format": format}
        )
        return Download(self.transport, request)

    async def schedule_heatmap(
        self, body: models.HeatmapRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.HeatmapScheduled:
        """Create a job that computes the heat map of a region.

        If an active job computes the region, or the region is up to date, the response has that job, with
        `isNew` false; `force` computes the region again. A name that several cities share is a 400 with their
        slugs as `candidates`. A region may have 1,000,000 cells.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/heatmap/schedule",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.HeatmapScheduled = await self.transport.model(request, models.HeatmapScheduled)
        return result

    def list_regions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        grid_step: int | float | None = None,
        stale: Literal["true", "false"] | None = None,
    ) -> Pages[models.RegionPage, models.Region]:
        """List the regions of heat maps, newest first, each with how it was computed.

        A region is stale if points of interest have changed since.

        Needs no key if the installation allows public reads.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `grid_step`: Only regions with cells of this size, in degrees.
        `stale`: Only regions that are stale, or up to date. Applies within the page, which may therefore have
            fewer entries.
        """
        request = Request(
            method="GET",
            path="/api/v1/heatmap/regions",
            query={"limit": limit, "offset": offset, "cursor": cursor, "gridStep": grid_step, "stale": stale},
        )
        return Pages(self.transport, request, models.RegionPage, lambda page: page.regions)

    async def reset_heatmap(self, body: models.ResetRequest | Mapping[str, Any]) -> models.HeatmapReset:
        """Delete the cells of a region.

        Regions that overlap with it become incomplete. It is a 409 while a job computes the region.

        Administrators only.
        """
        request = Request(method="POST", path="/api/v1/heatmap/reset", body=body)
        result: models.HeatmapReset = await self.transport.model(request, models.HeatmapReset)
        return result

    def get_heat_tile(self, z: int, x: int, y: int, *, grid_step: int | float | None = None) -> Download:
        """Return a tile of the heat map for web maps, 256 × 256 pixels.

        It is transparent where there are no cells, or where they are too small to be drawn. The numbers in the
        path are those of all web maps: zoom, column and row.

        Needs no key if the installation allows public reads.

        `grid_step`: Defaults to the smallest step that is computed here and can be drawn at this zoom.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/heatmap/tiles/{path_segment(z)}/{path_segment(x)}/{path_segment(y)}.png",
            query={"gridStep": grid_step},
        )
        return Download(self.transport, request)

    def list_cities(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        search: str | None = None,
        cursor: str | None = None,
    ) -> Pages[models.CityPage, models.City]:
        """List the cities that were loaded or used.

        Needs no key if the installation allows public reads.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `search`: Part of the slug or the name, ignoring case.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when cities are
            added.
        """
        request = Request(
            method="GET",
            path="/api/v1/cities",
            query={"limit": limit, "offset": offset, "search": search, "cursor": cursor},
        )
        return Pages(self.transport, request, models.CityPage, lambda page: page.cities)

    async def load_cities(
        self,
        body: models.CityInput | Mapping[str, Any] | Sequence[models.CityInput | Mapping[str, Any]],
        *,
        idempotency_key: str | None = None,
    ) -> models.City | models.CitiesLoaded:
        """Store a city or up to 10,000, all or none.

        A city with a known slug is replaced.

        Administrators only.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST", path="/api/v1/cities", body=body, headers={"Idempotency-Key": idempotency_key or new_key()}
        )
        result: models.City | models.CitiesLoaded = await self.transport.model(
            request, models.City | models.CitiesLoaded
        )
        return result

    async def get_city(self, slug: str) -> models.City:
        """Return a city, which may also be one of those with at least 15,000 people that come with the platform.

        A name that several cities share, such as `springfield`, is a 400 with their slugs as `candidates`,
        unless one of them is ten times as large as the others.

        Needs no key if the installation allows public reads.
        """
        request = Request(method="GET", path=f"/api/v1/cities/{path_segment(slug)}")
        result: models.City = await self.transport.model(request, models.City)
        return result

    async def delete_city(self, slug: str) -> None:
        """Delete a city.

        Its heat maps stay. A city that comes with the platform is stored again when it is next used.

        Administrators only.
        """
        request = Request(method="DELETE", path=f"/api/v1/cities/{path_segment(slug)}")
        await self.transport.json(request)

    async def get_me(self) -> models.Caller:
        """Return the caller."""
        request = Request(method="GET", path="/api/v1/me")
        result: models.Caller = await self.transport.model(request, models.Caller)
        return result

    def list_users(
        self, *, limit: int | None = None, offset: int | None = None, cursor: UUID | str | None = None
    ) -> Pages[models.UserPage, models.User]:
        """List all users.

        Administrators only.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET", path="/api/v1/users", query={"limit": limit, "offset": offset, "cursor": cursor}
        )
        return Pages(self.transport, request, models.UserPage, lambda page: page.users)

    async def create_user(self, body: models.NewUser | Mapping[str, Any]) -> models.User:
        """Create a user, who needs an API key next.

        Administrators only.
        """
        request = Request(method="POST", path="/api/v1/users", body=body)
        result: models.User = await self.transport.model(request, models.User)
        return result

    async def update_user(self, id: UUID | str, body: models.UserChange | Mapping[str, Any]) -> models.User:
        """Change the name or role of a user, or disable them.

        Administrators only.
        """
        request = Request(method="PATCH", path=f"/api/v1/users/{path_segment(id)}", body=body)
        result: models.User = await self.transport.model(request, models.User)
        return result

    def list_keys(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: UUID | str | None = None,
        user_id: UUID | str | None = None,
    ) -> Pages[models.KeyPage, models.Key]:
        """List your API keys. Administrators see those of all users.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `user_id`: Only the keys of this user.
        """
        request = Request(
            method="GET",
            path="/api/v1/keys",
            query={"limit": limit, "offset": offset, "cursor": cursor, "userId": user_id},
        )
        return Pages(self.transport, request, models.KeyPage, lambda page: page.keys)

    async def create_key(self, body: models.NewKey | Mapping[str, Any]) -> models.KeyCreated:
        """Create an API key.

        This is the only response that contains the key itself. A key cannot create one with more scopes or a
        longer life than its own.
        """
        request = Request(method="POST", path="/api/v1/keys", body=body)
        result: models.KeyCreated = await self.transport.model(request, models.KeyCreated)
        return result

    async def revoke_key(self, id: UUID | str) -> None:
        """Revoke an API key, which ends its sessions too."""
        request = Request(method="DELETE", path=f"/api/v1/keys/{path_segment(id)}")
        await self.transport.json(request)

    def list_teams(
        self, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None
    ) -> Pages[models.TeamPage, models.Team]:
        """List your teams. Administrators see all teams.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET", path="/api/v1/teams", query={"limit": limit, "offset": offset, "cursor": cursor}
        )
        return Pages(self.transport, request, models.TeamPage, lambda page: page.teams)

    async def create_team(self, body: models.NewTeam | Mapping[str, Any]) -> models.Team:
        """Create a team. The response has the secrets of its webhooks, which are shown this once.

        Administrators only.
        """
        request = Request(method="POST", path="/api/v1/teams", body=body)
        result: models.Team = await self.transport.model(request, models.Team)
        return result

    async def get_team(self, id: UUID | str) -> models.Team:
        """Return a team."""
        request = Request(method="GET", path=f"/api/v1/teams/{path_segment(id)}")
        result: models.Team = await self.transport.model(request, models.Team)
        return result

    async def update_team(self, id: UUID | str, body: models.TeamChange | Mapping[str, Any]) -> models.Team:
        """Change a team. The response has the secrets of new webhooks, which are shown this once.

        Administrators only.
        """
        request = Request(method="PATCH", path=f"/api/v1/teams/{path_segment(id)}", body=body)
        result: models.Team = await self.transport.model(request, models.Team)
        return result

    async def delete_team(self, id: UUID | str) -> None:
        """Delete a team and its channels.

        Administrators only.
        """
        request = Request(method="DELETE", path=f"/api/v1/teams/{path_segment(id)}")
        await self.transport.json(request)

    def list_companies(
        self, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None, name: str | None = None
    ) -> Pages[models.CompanyPage, models.Company]:
        """List companies in the order of their names.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `name`: The beginning of the name, in any case.
        """
        request = Request(
            method="GET",
            path="/api/v1/companies",
            query={"limit": limit, "offset": offset, "cursor": cursor, "name": name},
        )
        return Pages(self.transport, request, models.CompanyPage, lambda page: page.companies)

    async def create_companies(
        self,
        body: File
        | models.NewCompany
        | Mapping[str, Any]
        | models.CompanyOfBusiness
        | Sequence[models.NewCompany | Mapping[str, Any]]
        | models.LoadCompaniesQuery
        | None = None,
        *,
        media_type: str | None = None,
        on_progress: Progress | None = None,
        upload_id: UUID | str | None = None,
        sheet: str | None = None,
        mapping: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> models.Company | models.LoadedCompanies | models.Company:
        """Create companies: one, a list of them, that of a business, or a table as CSV or as an upload
        (`uploadId`).

        A company whose external id is known is updated. Of a list, all companies are stored or none; of a
        table, the rows with errors are reported and the others stored. Columns that are no fields become
        attributes.

        `media_type`: of a file; text/csv, text/tab-separated-values. By default as its name ends, otherwise the
            first of these.
        `on_progress`: called with the bytes of the file that were sent, and in total.
        `upload_id`: An upload (`POST /api/v1/uploads`) with the table, in place of a body. Options may be a
            JSON object then: `{"uploadId": "…", "mapping": {…}}`.
        `sheet`: Name of the sheet of an upload that is a spreadsheet.
        `mapping`: For tables: what holds each field, where the usual names of columns do not tell: a column,
            several of which the values are joined by spaces, or a constant, such as `{"name": "Firm",
            "website": "Web page"}`.
        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/companies",
            body=None if body is None else json_or_upload(body, media_type, "text/csv", on_progress),
            query={"uploadId": upload_id, "sheet": sheet, "mapping": mapping},
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.Company | models.LoadedCompanies | models.Company = await self.transport.model(
            request, models.Company | models.LoadedCompanies | models.Company
        )
        return result

    async def get_company(self, id: str) -> models.CompanyDetails:
        """Return a company and what is known of it.

        The fields of all sources, the latest score, the newest signals and the newest report.
        """
        request = Request(method="GET", path=f"/api/v1/companies/{path_segment(id)}")
        result: models.CompanyDetails = await self.transport.model(request, models.CompanyDetails)
        return result

    async def update_company(self, id: str, body: models.CompanyChange | Mapping[str, Any]) -> models.Company:
        """Update a company, and score it again if it has a score."""
        request = Request(method="PATCH", path=f"/api/v1/companies/{path_segment(id)}", body=body)
        result: models.Company = await self.transport.model(request, models.Company)
        return result

    async def delete_company(self, id: str) -> None:
        """Delete a company with its reports, scores and signals.

        A 409 while a job of the company alone is active.

        Administrators only.
        """
        request = Request(method="DELETE", path=f"/api/v1/companies/{path_segment(id)}")
        await self.transport.json(request)

    def list_company_reports(
        self, id: str, *, limit: int | None = None, offset: int | None = None, cursor: UUID | str | None = None
    ) -> Pages[models.ReportPage, models.ReportOverview]:
        """List a company's reports, newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/companies/{path_segment(id)}/reports",
            query={"limit": limit, "offset": offset, "cursor": cursor},
        )
        return Pages(self.transport, request, models.ReportPage, lambda page: page.reports)

    def list_company_signals(
        self, id: str, *, limit: int | None = None, offset: int | None = None, cursor: str | None = None
    ) -> Pages[models.SignalPage, models.Signal]:
        """List the signals of a company, newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        """
        request = Request(
            method="GET",
            path=f"/api/v1/companies/{path_segment(id)}/signals",
            query={"limit": limit, "offset": offset, "cursor": cursor},
        )
        return Pages(self.transport, request, models.SignalPage, lambda page: page.signals)

    async def research_company(
        self, body: models.ResearchRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.ResearchCreated | models.ReportReused:
        """Create the job that writes a report on a company, or return a fresh report.

        A report is fresh for 7 days, unless the installation says otherwise. A company that is named for the
        first time is created.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST", path="/api/v1/research", body=body, headers={"Idempotency-Key": idempotency_key or new_key()}
        )
        result: models.ResearchCreated | models.ReportReused = await self.transport.model(
            request, models.ResearchCreated | models.ReportReused
        )
        return result

    async def get_report(self, id: UUID | str) -> models.Report:
        """Return a report as JSON, Markdown or HTML."""
        request = Request(method="GET", path=f"/api/v1/reports/{path_segment(id)}")
        result: models.Report = await self.transport.model(request, models.Report)
        return result

    def get_report_file(
        self, id: UUID | str, *, format: Literal["json", "markdown", "md", "html"] | None = None
    ) -> Download:
        """Return a report as JSON, Markdown or HTML, as a file of another format.

        `format`: The Accept header decides if it is not given; JSON is the default.
        """
        request = Request(method="GET", path=f"/api/v1/reports/{path_segment(id)}", query={"format": format})
        return Download(self.transport, request)

    def get_report_source(self, id: UUID | str, source: str) -> Download:
        """Return the stored text of a source.

        The report gives its SHA-256, and all quotations stand in it verbatim.
        """
        request = Request(method="GET", path=f"/api/v1/reports/{path_segment(id)}/sources/{path_segment(source)}")
        return Download(self.transport, request)

    def list_register_candidates(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "confirmed", "rejected"] | None = None,
        company_id: str | None = None,
    ) -> Pages[models.CandidatePage, models.Candidate]:
        """List entries of registers that may be a company's, those found last first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `company_id`: The company's id, that of its business, or the client's own id.
        """
        request = Request(
            method="GET",
            path="/api/v1/register-candidates",
            query={"limit": limit, "offset": offset, "cursor": cursor, "status": status, "company_id": company_id},
        )
        return Pages(self.transport, request, models.CandidatePage, lambda page: page.candidates)

    async def confirm_register_candidate(self, id: UUID | str) -> models.Candidate:
        """Say that an entry is the company's: what it states becomes fields of the company.

        The company's other candidates of the same register are rejected. The company is scored again if it has
        a score.
        """
        request = Request(method="POST", path=f"/api/v1/register-candidates/{path_segment(id)}/confirm")
        result: models.Candidate = await self.transport.model(request, models.Candidate)
        return result

    async def reject_register_candidate(self, id: UUID | str) -> models.Candidate:
        """Say that an entry is another company's: it is not proposed again, and what came from it is removed.

        The company is scored again if it has a score.
        """
        request = Request(method="POST", path=f"/api/v1/register-candidates/{path_segment(id)}/reject")
        result: models.Candidate = await self.transport.model(request, models.Candidate)
        return result

    async def enrich_companies(
        self, body: models.EnrichmentRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.CompanyJobsCreated:
        """Create a job for each company that looks up facts about it.

        It asks a register, a directory of places and the company's own website. Companies that are named for
        the first time are created.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/enrichment",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.CompanyJobsCreated = await self.transport.model(request, models.CompanyJobsCreated)
        return result

    async def score_companies(
        self, body: models.ScoringRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.ScoringCreated:
        """Create one job that scores all these companies.

        Companies that are named for the first time are created.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST", path="/api/v1/scoring", body=body, headers={"Idempotency-Key": idempotency_key or new_key()}
        )
        result: models.ScoringCreated = await self.transport.model(request, models.ScoringCreated)
        return result

    def list_scores(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        min_score: int | float | None = None,
        max_score: int | float | None = None,
        company_id: str | None = None,
        computed_after: datetime | None = None,
        computed_before: datetime | None = None,
    ) -> Pages[models.ScorePage, models.CompanyScore]:
        """List the newest score of each company, highest first, with its parts.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `company_id`: The company's id, that of its business, or the client's own id.
        `computed_after`: Computed at this time or later.
        """
        request = Request(
            method="GET",
            path="/api/v1/scores",
            query={
                "limit": limit,
                "offset": offset,
                "cursor": cursor,
                "minScore": min_score,
                "maxScore": max_score,
                "companyId": company_id,
                "computedAfter": computed_after,
                "computedBefore": computed_before,
            },
        )
        return Pages(self.transport, request, models.ScorePage, lambda page: page.scores)

    def export_scores(
        self,
        *,
        format: Literal["csv", "xlsx"] | None = None,
        bom: Literal["true", "false"] | None = None,
        min_score: int | float | None = None,
        max_score: int | float | None = None,
        company_id: str | None = None,
        computed_after: datetime | None = None,
        computed_before: datetime | None = None,
    ) -> Download:
        """Download the newest score of each company as a CSV file or a spreadsheet, highest first.

        Each feature has a column with its points.

        `format`: `csv` or `xlsx`; without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `company_id`: The company's id, that of its business, or the client's own id.
        `computed_after`: Computed at this time or later.
        """
        request = Request(
            method="GET",
            path="/api/v1/scores/export.csv",
            query={
                "format": format,
                "bom": bom,
                "minScore": min_score,
                "maxScore": max_score,
                "companyId": company_id,
                "computedAfter": computed_after,
                "computedBefore": computed_before,
            },
        )
        return Download(self.transport, request)

    async def detect_signals(
        self, body: models.CompaniesRequest | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> models.CompanyJobsCreated:
        """Create a job for each company that looks for signals.

        Companies that are named for the first time are created.

        `idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a
            new key is made for each call and kept for its retries.
        """
        request = Request(
            method="POST",
            path="/api/v1/signal-detection",
            body=body,
            headers={"Idempotency-Key": idempotency_key or new_key()},
        )
        result: models.CompanyJobsCreated = await self.transport.model(request, models.CompanyJobsCreated)
        return result

    def list_signals(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        type: Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"] | None = None,
        company_id: str | None = None,
        detected_after: datetime | None = None,
        detected_before: datetime | None = None,
    ) -> Pages[models.SignalPage, models.Signal]:
        """List signals, newest first.

        `limit`: Entries per page.
        `offset`: Entries to skip. Further than this, follow the cursors.
        `cursor`: The `nextCursor` of the page before: unlike an offset, it does not shift when entries are
            added.
        `company_id`: The company's id, that of its business, or the client's own id.
        `detected_after`: Detected at this time or later.
        """
        request = Request(
            method="GET",
            path="/api/v1/signals",
            query={
                "limit": limit,
                "offset": offset,
                "cursor": cursor,
                "type": type,
                "companyId": company_id,
                "detectedAfter": detected_after,
                "detectedBefore": detected_before,
            },
        )
        return Pages(self.transport, request, models.SignalPage, lambda page: page.signals)

    def export_signals(
        self,
        *,
        format: Literal["csv", "xlsx"] | None = None,
        bom: Literal["true", "false"] | None = None,
        type: Literal["hiring", "funding", "leadership", "expansion", "technology", "site_change"] | None = None,
        company_id: str | None = None,
        detected_after: datetime | None = None,
        detected_before: datetime | None = None,
    ) -> Download:
        """Download the signals that match as a CSV file or a spreadsheet, newest first.

        `format`: `csv` or `xlsx`; without it, the Accept header chooses.
        `bom`: Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.
        `company_id`: The company's id, that of its business, or the client's own id.
        `detected_after`: Detected at this time or later.
        """
        request = Request(
            method="GET",
            path="/api/v1/signals/export.csv",
            query={
                "format": format,
                "bom": bom,
                "type": type,
                "companyId": company_id,
                "detectedAfter": detected_after,
                "detectedBefore": detected_before,
            },
        )
        return Download(self.transport, request)

    async def get_health(self) -> models.Health:
        """Return the state of Redis and of every queue."""
        request = Request(method="GET", path="/api/health")
        result: models.Health = await self.transport.model(request, models.Health)
        return result

    async def get_liveness(self) -> models.Liveness:
        """Say that the process is alive."""
        request = Request(method="GET", path="/healthz")
        result: models.Liveness = await self.transport.model(request, models.Liveness)
        return result

    async def get_readiness(self) -> models.Readiness:
        """Say whether jobs are accepted, and which parts are missing.

        It responds 200 while jobs can be stored, so that a proxy keeps the process in service without Redis or
        workers.
        """
        request = Request(method="GET", path="/readyz", accept=(503,))
        result: models.Readiness = await self.transport.model(request, models.Readiness)
        return result

    def get(self) -> Download:
        """Return the metrics in the text format of Prometheus.

        For administrators, and for whoever sends the TRIGPOINT_METRICS_TOKEN as `Authorization: Bearer`.

        Administrators only.
        """
        request = Request(method="GET", path="/metrics")
        return Download(self.transport, request)
