"""Progress of a job: a bar in a terminal, occasional lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.output import Json
from app.client import Client
from app.client.following import follow as updates

LINE_EVERY = 5.0
"""Seconds between progress lines if stdout is not a terminal."""


class ProgressDisplay(Protocol):
    def show(self, job: Json) -> None: ...


async def follow(client: Client, job_id: UUID | str, console: Console | None) -> Json:
    """Follow the job until it finishes and return it. Prints nothing without a console."""
    job: Json = {}
    with _meter(console) as meter:
        async for job in updates(client.transport, job_id):
            meter.show(job)
    return job


def speed(job: Json) -> float | None:
    """Return the items per second since the job started, or None if unknown."""
    if not job.get("startedAt"):
        return None
    started = datetime.fromisoformat(job["startedAt"])
    ended = datetime.fromisoformat(job["completedAt"]) if job.get("completedAt") else datetime.now(UTC)
    seconds = (ended - started).total_seconds()
    return job["processedItems"] / seconds if seconds > 0 else None


@contextmanager
def _meter(console: Console | None) -> Iterator[ProgressDisplay]:
    if console is None:
        yield SilentMeter()
        return
    if not console.is_terminal:
        yield LineMeter()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console) as progress:
        yield BarMeter(progress)


class SilentMeter:
    def show(self, job: Json) -> None:
        """Print nothing; the caller prints the outcome."""


class BarMeter:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("pending", total=None, speed="")

    def show(self, job: Json) -> None:
        self._progress.update(
            self._task,
            description=job["status"],
            total=job["totalItems"],
            completed=job["processedItems"],
            speed=_per_second(job),
        )


class LineMeter:
    """Prints a line on each change of status and every few seconds while the job runs."""

    def __init__(self) -> None:
        self._status = ""
        self._printed_at = 0.0

    def show(self, job: Json) -> None:
        now = time.monotonic()
        if job["status"] == self._status and now - self._printed_at < LINE_EVERY:
            return
        self._status, self._printed_at = job["status"], now
        total = "?" if job["totalItems"] is None else job["totalItems"]
        left = f", {job['etaSeconds']:.0f} s left" if job.get("etaSeconds") else ""
        typer.echo(f"{job['status']} {job['processedItems']}/{total} {_per_second(job)}{left}".rstrip())


def _per_second(job: Json) -> str:
    rate = speed(job)
    return f"{rate:,.0f}/s" if rate else ""
