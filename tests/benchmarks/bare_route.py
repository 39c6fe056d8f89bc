"""The yardsticks: a Starlette route that only fetches the row of a job, and one that stores nothing at all."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def show(request: Request) -> Response:
    async with request.app.state.pool.acquire() as conn:
        row = await conn.fetchrow("SELECT * FROM jobs WHERE id = $1", request.path_params["id"])
    return Response(orjson.dumps(dict(row), default=str), media_type="application/json")


async def accept(request: Request) -> Response:
    """Read a new job and answer as if it had been created."""
    job = orjson.loads(await request.body())
    answer = {"success": True, "jobId": str(uuid4()), "isNew": True, "status": "pending", "type": job["type"]}
    return Response(orjson.dumps(answer), 202, media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=0, max_size=10)
    yield
    await app.state.pool.close()


async def main() -> None:
    app = Starlette(
        routes=[Route("/jobs/{id}", show), Route("/api/v1/jobs", accept, methods=["POST"])], lifespan=lifespan
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    serving: Any = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await serving


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
