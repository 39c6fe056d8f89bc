"""Checks of the settings, Redis, the uploads and the API."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from importlib import import_module
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.cli.diagnosis.findings import Finding, note, ok, problem
from app.cli.health import readiness
from app.client import Client, NotReachable, TrigpointError
from app.domain.text.server_urls import mask_url
from app.queue.redis_overrides import open_connections
from app.queue.sender import Sender
from app.settings import Settings, find_unread_variables
from app.storage.uploads_fault import find_uploads_fault
from app.variables import InvalidSettings


def of_settings(settings: Settings) -> list[Finding]:
    """Return settings that do not fit together, variables that nothing reads, and what should be set."""
    found = []
    try:  # by name: the command line knows no providers, which the checks of the settings do
        kinds = import_module("workers.configuration").load_kinds(settings, for_worker=False)
    except InvalidSettings as error:
        return [problem("settings", line) for line in error.problems]
    for unread in find_unread_variables(kind.spec.queue for kind in kinds.values()):
        nearest = f"; did you mean {unread.nearest}?" if unread.nearest else ""
        found.append(note("settings", f"{unread.name} is not a setting{nearest}"))
    if settings.contact is None:
        found.append(note("settings", "TRIGPOINT_CONTACT is not set: providers and websites ask for an address"))
    if settings.session_secret is None:
        found.append(note("settings", "TRIGPOINT_SESSION_SECRET is not set: set one, kept apart from the database"))
    return found or [ok("settings", f"{len(kinds)} kinds of jobs, and nothing is wrong")]


async def of_redis(settings: Settings) -> list[Finding]:
    """Return whether Redis can be used, and how it treats keys when its memory is full."""
    shown = mask_url(settings.redis_url)
    sender = Sender(settings.redis_url, settings.queue_prefix)
    try:
        if (fault := await sender.find_fault()) is not None:
            return [problem("redis", f"{shown}: {fault}")]
    finally:
        await sender.close()
    redis: Redis = Redis.from_pool(open_connections(settings.redis_url, retries=0))
    try:
        info: Mapping[str, object] = await redis.info("memory")
    except (RedisError, OSError):  # the user may not ask
        return [ok("redis", f"usable at {shown}")]
    finally:
        await redis.aclose()
    return [ok("redis", f"usable at {shown}"), *of_memory(str(info.get("maxmemory_policy", "noeviction")))]


def of_memory(policy: str) -> list[Finding]:
    """Return what is wrong with the policy for a full memory."""
    if policy == "noeviction":
        return []
    return [note("redis", f"maxmemory-policy is {policy}: set noeviction, or jobs are late when it is full")]


async def of_uploads(url: str) -> list[Finding]:
    """Return whether uploads can be stored from this machine."""
    if (fault := await asyncio.to_thread(find_uploads_fault, url)) is not None:
        return [problem("uploads", f"{fault} (TRIGPOINT_UPLOADS_URL)")]
    if urlsplit(url).scheme == "memory":
        return [problem("uploads", "they are in the memory of each process: set a folder or a bucket")]
    return [ok("uploads", f"can be stored ({urlsplit(url).scheme})")]


async def of_api(url: str) -> list[Finding]:
    """Return whether the API answers, and what it says of its parts."""
    try:
        async with Client(url, timeout=10) as client:
            is_ready, said = await readiness(client)
    except NotReachable as error:
        return [problem("api", f"{error}: start it with `trigpoint api`, or set TRIGPOINT_URL")]
    except TrigpointError as error:
        return [problem("api", f"{url} is no Trigpoint: {error}")]
    if is_ready:
        return [ok("api", f"ready at {url}")]
    reasons = "; ".join(reason for reason in said.get("reasons", {}).values() if reason)
    return [problem("api", f"{url} is {said.get('status', 'no Trigpoint')}: {reasons or 'no reason given'}")]


def of_machine() -> list[Finding]:
    """Return limits of this machine that are too low for a process of the platform."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1024:
        return [note("machine", f"a process may open {soft} files: raise it to 1024 or more (ulimit -n)")]
    if hasattr(os, "getuid") and os.getuid() == 0:
        return [note("machine", "you are root: run the API and the workers as a user of their own")]
    return []
