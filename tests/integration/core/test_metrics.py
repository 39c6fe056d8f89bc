"""Metrics of the API and of workers, health checks of workers, and `arq --check`."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError
from uuid import UUID

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from app.db.core.pool import Pool
from app.db.jobs import ledger
from app.settings import Settings
from tests import harness
from tests.integration.core.test_startup import WORKER, environment, run
from tests.processes import ROOT, Process
from workers.core.health_server import HealthServer

TOKEN = "the-token-of-prometheus"


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels. Fails for what Prometheus could not read."""
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(text: str, name: str, **labels: str) -> float:
    return samples(text).get((name, frozenset(labels.items())), 0.0)


async def scrape(url: str, token: str | None = TOKEN) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics", headers=headers) as response:
        return response.status, await response.text()


async def test_metrics_of_jobs_queues_and_requests(settings: Settings, admin_id: UUID) -> None:
    measured = settings.model_copy(update={"metrics_token": TOKEN})
    async with harness.api(measured) as url, harness.session(url, harness.ADMIN_KEY) as client:
        _, before = await scrape(url)
        created = [await client.post("/api/v1/jobs", json={"type": "noop"}) for _ in range(3)]
        ids = [(await response.json())["jobId"] for response in created]
        async with client.get("/no/such/path/1"), client.get("/no/such/path/2"):
            pass
        async with harness.worker(measured):
            for job_id in ids:
                await harness.follow(client, job_id)

        async def lag_was_measured() -> bool:
            lag = "trigpoint_event_loop_lag_seconds_count"
            return value((await scrape(url))[1], lag) > value(before, lag)

        await harness.eventually(lag_was_measured)
        status, after = await scrape(url)
    assert status == 200

    def growth(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert growth("trigpoint_jobs_ended_total", kind="noop", outcome="completed") == 3
    assert growth("trigpoint_job_runs_started_total", kind="noop") == 3
    assert growth("trigpoint_job_wait_seconds_count", kind="noop") == 3
    assert growth("trigpoint_job_run_seconds_count", kind="noop") == 3
    assert growth("trigpoint_http_requests_total", method="POST", route="/api/v1/jobs", status="202") == 3
    assert growth("trigpoint_http_requests_total", method="GET", route="other", status="404") == 2
    assert growth("trigpoint_http_requests_total", method="GET", route="/api/v1/jobs/{id}", status="200") >= 3
    assert value(after, "trigpoint_queue_jobs", queue="noop", state="ready") == 0
    assert value(after, "trigpoint_postgres_available") == 1
    assert re.search(r'trigpoint_build_info\{component="api",version="[^"]+"\} 1.0', after)
    assert not [label for name, labels in samples(after) for _, label in labels if ids[0] in label or "/1" in label]


async def test_queues_have_depth_and_age(settings: Settings, admin_id: UUID, db_pool: Pool) -> None:
    measured = settings.model_copy(update={"metrics_token": TOKEN})
    async with harness.api(measured) as url, harness.session(url, harness.ADMIN_KEY) as client:
        for _ in range(2):
            async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
                assert response.status == 202
        _, text = await scrape(url)
        assert value(text, "trigpoint_queue_jobs", queue="noop", state="ready") == 2
        assert value(text, "trigpoint_queue_oldest_ready_seconds", queue="noop") > 0
        assert value(text, "trigpoint_queue_workers", queue="noop") == 0


async def test_metrics_need_the_token_or_an_administrator(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, url: str
) -> None:
    async with client.get("/metrics") as admin, user_client.get("/metrics") as user:
        assert (admin.status, user.status) == (200, 403)
    assert (await scrape(url, None))[0] == 401
    assert (await scrape(url, TOKEN))[0] == 401  # none is configured


async def test_expired_leases_are_counted(settings: Settings, client: aiohttp.ClientSession, db_pool: Pool) -> None:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        job_id = UUID((await response.json())["jobId"])
    async with db_pool.acquire() as conn:
        dispatch = UUID(int=1)
        await conn.execute(
            "UPDATE jobs SET dispatch_id = $2, lease_until = now() + interval '1 minute' WHERE id = $1",
            job_id,
            dispatch,
        )
        claimed = await ledger.claim(conn, [job_id], UUID(int=2), 30.0, dispatch_id=dispatch)
        assert claimed[0].waited_seconds is not None and claimed[0].waited_seconds > 0
        await conn.execute("UPDATE jobs SET lease_until = now() - interval '1 minute' WHERE id = $1", job_id)
    async with client.get("/metrics") as response:
        before = value(await response.text(), "trigpoint_leases_expired_total")
    async with harness.worker(settings):
        await harness.follow(client, str(job_id))
    async with client.get("/metrics") as response:
        assert value(await response.text(), "trigpoint_leases_expired_total") == before + 1


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


async def test_a_worker_says_whether_it_lives_and_is_ready(settings: Settings, admin_id: UUID) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with harness.worker(settings.model_copy(update={"worker_health_port": port})) as worker:

        async def ready() -> bool:
            return (await asyncio.to_thread(ask, port, "/readyz"))[0] == 200

        await harness.eventually(ready)
        assert await asyncio.to_thread(ask, port, "/livez") == (200, '{"status":"ok","reason":null}')
        status, text = await asyncio.to_thread(ask, port, "/metrics")
        assert status == 200 and 'component="worker"' in text and samples(text)
        worker.slots.close()
        status, text = await asyncio.to_thread(ask, port, "/readyz")
        assert (status, json.loads(text)["reasons"]) == (503, {"worker": "it is stopping"})
        assert (await asyncio.to_thread(ask, port, "/elsewhere"))[0] == 404


async def test_a_stalled_loop_is_noticed_while_it_is_stalled(settings: Settings, admin_id: UUID) -> None:
    async with harness.worker(settings) as worker:
        health = HealthServer(worker, worker.dispatcher._sender, "127.0.0.1", 0)
        try:
            await harness.eventually(lambda: asyncio.sleep(0, worker.beat_at is not None))
            assert ask(health.port, "/livez")[0] == 200  # it blocks the loop, which a thread of the server survives
            worker.lag.measured_at -= 5.1
            status, text = ask(health.port, "/livez")
            assert status == 503 and json.loads(text)["reason"] == "the event loop has not run for 5 s"
            assert "loop" in json.loads(ask(health.port, "/readyz")[1])["reasons"]
        finally:
            await asyncio.to_thread(health.close)


async def test_a_port_in_use_is_refused_by_name(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, output = await run(
            WORKER,
            DATABASE_URL=settings.database_url,
            REDIS_URL=settings.redis_url,
            TRIGPOINT_WORKER_HEALTH_PORT=port,
        )
    assert status == 1 and "Traceback" not in output
    assert f"TRIGPOINT_WORKER_HEALTH_PORT: cannot listen on 127.0.0.1 port {port}" in output


async def check(variables: dict[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(
        *WORKER, "--check", cwd=ROOT, env=environment(**variables), stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def test_arq_check_tells_a_living_worker_from_a_dead_one(settings: Settings, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    assert await check(variables) == 1
    log = tmp_path / "worker.log"
    worker = await Process("worker", WORKER, environment(**variables), log).start()
    try:

        async def lives() -> bool:
            return await check(variables) == 0

        await harness.eventually(lives, within=120)
    finally:
        await worker.end(signal.SIGTERM)
    assert await check(variables) == 1


async def test_processes_of_one_api_have_their_metrics_together(
    settings: Settings, admin_id: UUID, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRIGPOINT_METRICS_TOKEN": TOKEN,
        "TMPDIR": os.fspath(tmp_path),
    }
    argv = [sys.executable, "-c", "from app.cli import main; main()", "api", "--port", str(port), "--processes", "2"]
    api = await Process("api", argv, environment(**variables), tmp_path / "api.log").start()
    url = f"http://127.0.0.1:{port}"
    try:
        answered = 0

        async def both() -> bool:
            nonlocal answered
            try:
                status, _ = await scrape(url)
            except aiohttp.ClientError:
                return False
            answered += status == 200
            return status == 200 and (tmp_path / "api.log").read_text().count("startup complete") == 2

        async def all_are_counted() -> bool:
            """Whether the metrics of either process have all requests; one is counted a moment after its response."""
            nonlocal answered
            _, metrics = await scrape(url)
            counted = value(metrics, "trigpoint_http_requests_total", method="GET", route="/metrics", status="200")
            before, answered = answered, answered + 1
            return counted == before

        await harness.eventually(both)
        for _ in range(8):
            await harness.eventually(all_are_counted)
    finally:
        await api.end(signal.SIGTERM)
