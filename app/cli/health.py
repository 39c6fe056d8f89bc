"""`trigpoint health`: whether the platform is ready for work."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client
from app.client.transport import Request

MAX_STUCK_QUEUES = 3


def health(
    url: Url = URL,
    key: Key = None,
    queues: Annotated[bool, typer.Option("--queues", help="Show the numbers of every queue (needs a key).")] = False,
    as_json: AsJson = False,
) -> None:
    """Show which parts of the platform are up, and what is wrong with the others. With an API key, also the queues.

    Exit code 0: ready for work, 1: not ready or degraded, 3: not reachable, 4: key refused.
    """

    async def ask() -> tuple[bool, Json, Json | None]:
        async with Client(url, key, timeout=10) as client:
            ready, said = await readiness(client)
            known = key is not None and said.get("checks", {}).get("postgres")
            return ready, said, await client.request("GET", "/api/health") if known else None

    ready, said, more = output.run(ask())
    if as_json:
        output.print_json(said | (more or {}))
    else:
        if more is not None and queues:
            typer.echo(page(more))
        for line in summary(said, more):
            typer.echo(line)
    if not ready:
        raise typer.Exit(output.FAILED)


async def readiness(client: Client) -> tuple[bool, Json]:
    """Return whether the platform is ready, and the state of its parts; {} if something else responds."""
    request = Request("GET", "/readyz", accept=range(400, 600))
    said = await client.transport.json(request, retries=False)
    return said.get("status") == "ready", said


def summary(said: Json, more: Json | None) -> list[str]:
    """Return a line for each part, with what is wrong with it; then the queues, if known, and the status."""
    reasons = said.get("reasons", {})
    lines = [
        f"{part:<9} up" if good else f"{part:<9} DOWN  {reasons.get(part) or ''}".rstrip()
        for part, good in said.get("checks", {}).items()
    ]
    if more is not None:
        queues = more["queues"]["queues"]
        total = {name: sum(queue[name] for queue in queues) for name in ("waiting", "active", "failed")}
        numbers = ", ".join(f"{count:,} {name}" for name, count in total.items())
        lines.append(f"{'queues':<9} {numbers} (in {len(queues)} queues)")
        stuck = [queue for queue in queues if queue["name"] in more["queues"]["without_workers"]]
        for queue in sorted(stuck, key=lambda queue: -queue["waiting"])[:MAX_STUCK_QUEUES]:
            lines.append(f"{'':<9} {queue['name']}: {queue['waiting']:,} waiting, and no worker serves it")
        if len(stuck) > MAX_STUCK_QUEUES:
            lines.append(f"{'':<9} and {len(stuck) - MAX_STUCK_QUEUES} more queues without a worker")
        lines += [f"{'snapshot':<9} {text}: end it" for text in more.get("oldSnapshots", ())]
    return [*lines, said.get("status", "not ready")]


def page(said: Json) -> str:
    """Format Redis and the queues like the health check of the company document."""
    redis, stats = said["redis"], said["queues"]
    lines = [
        "Worker Health Check",
        "=" * 60,
        "",
        "Redis Connection:",
        f"   Status: {redis['status'].capitalize()}",
        f"   URL: {redis['url']}",
        f"   Connected: {'Yes' if redis['connected'] else 'No'}",
        f"   State: {redis['state']}",
        "",
        "Queue Statistics:",
        f"   Overall Status: {stats['status'].capitalize()}",
        "",
    ]
    for queue in stats["queues"]:
        failed = f"{queue['failed']:,} ({queue['failed_percent']:.1f}%)"
        lines += [
            f"   {queue['name']}:",
            f"     - Waiting: {queue['waiting']:,}",
            f"     - Active: {queue['active']:,}",
            f"     - Completed: {queue['completed']:,}",
            f"     - Failed: {failed}",
            f"     - Total: {queue['total']:,}",
            "",
        ]
    return "\n".join(lines)
