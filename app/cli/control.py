"""`trigpoint jobs cancel|retry|delete|bulk`: what changes jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import AccessDenied, Client, NotReachable, TrigpointError

JobIds = Annotated[list[str], typer.Argument(help="Ids of the jobs.")]
FromStart = Annotated[bool, typer.Option("--from-start", help="Discard the checkpoint, the counters and the errors.")]


def cancel(job_ids: JobIds, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Cancel jobs: pending jobs immediately, running jobs within seconds. Committed work is kept.

    Exit code 1 if a job had already finished; the others are cancelled nevertheless.
    """

    async def one(client: Client, job_id: str) -> str:
        job = await client.request("POST", f"/api/v1/jobs/{job_id}/cancel")
        return "stopping" if job["status"] == "processing" else str(job["status"])

    _each(job_ids, one, url, key, as_json=as_json)


def retry(
    job_ids: JobIds, from_start: FromStart = False, url: Url = URL, key: Key = None, as_json: AsJson = False
) -> None:
    """Retry failed or cancelled jobs with new attempts, from their checkpoints.

    Exit code 1 if a job could not be retried because of its status or because an equal job is active.
    """
    params = {"fromStart": "true"} if from_start else None

    async def one(client: Client, job_id: str) -> str:
        return str((await client.request("POST", f"/api/v1/jobs/{job_id}/retry", query=params))["status"])

    _each(job_ids, one, url, key, as_json=as_json)


def delete(job_ids: JobIds, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Delete finished jobs with their errors and timelines. Exit code 1 if a job has not finished."""

    async def one(client: Client, job_id: str) -> str:
        await client.request("DELETE", f"/api/v1/jobs/{job_id}")
        return "deleted"

    _each(job_ids, one, url, key, as_json=as_json)


def bulk(
    action: Annotated[str, typer.Argument(help="cancel, retry or delete; applies to all jobs that match the filters.")],
    status: Annotated[str | None, typer.Option(help="pending, processing, completed, failed or cancelled.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Job type, such as geocode_households.")] = None,
    queue: Annotated[str | None, typer.Option(help="Name of the queue.")] = None,
    created_after: Annotated[str | None, typer.Option(help="Time, such as 2026-01-31T12:00:00Z; inclusive.")] = None,
    created_before: Annotated[str | None, typer.Option(help="Time; exclusive.")] = None,
    data: Annotated[str | None, typer.Option(help="JSON object that the jobs' data must contain.")] = None,
    from_start: FromStart = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Cancel, retry or delete many jobs: your own, or all jobs with an administrator's key. Requires a filter.

    Prints how many jobs matched, how many changed, and how many were skipped because of their status.
    """
    filters: dict[str, Any] = {
        "status": status,
        "type": kind,
        "queue": queue,
        "createdAfter": created_after,
        "createdBefore": created_before,
        "dataContains": output.json_object(data, "--data") if data is not None else None,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    if not given:
        raise typer.BadParameter("pass at least one filter")

    async def ask() -> Json:
        async with Client(url, key) as client:
            body = {"action": action, "filters": given, "fromStart": from_start}
            return await client.request("POST", "/api/v1/jobs/bulk", body=body)

    counts = output.run(ask())
    if as_json:
        output.print_json(counts)
    else:
        typer.echo(", ".join(f"{counts[name]} {name}" for name in ("matched", "changed", "skipped")))


def _each(
    job_ids: list[str], one: Callable[[Client, str], Awaitable[str]], url: str, key: str | None, *, as_json: bool
) -> None:
    """Apply an action to each job. A failure does not stop the rest, but the exit code is FAILED."""

    async def ask() -> list[Json]:
        answers: list[Json] = []
        async with Client(url, key) as client:
            for job_id in job_ids:
                try:
                    answers.append({"id": job_id, "outcome": await one(client, job_id), "error": None})
                except (NotReachable, AccessDenied):
                    raise
                except TrigpointError as error:
                    answers.append({"id": job_id, "outcome": None, "error": str(error)})
        return answers

    answers = output.run(ask())
    if as_json:
        output.print_json(answers)
    else:
        for answer in answers:
            refused = answer["error"] is not None
            typer.echo(f"{answer['id']} {answer['error'] if refused else answer['outcome']}", err=refused)
    if any(answer["error"] is not None for answer in answers):
        raise typer.Exit(output.FAILED)
