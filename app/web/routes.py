"""The whole URL map on one screen."""

from __future__ import annotations

from starlette.routing import Route

from app.web import (
    bulk,
    control,
    geocoding,
    health,
    households,
    jobs,
    keys,
    live,
    queues,
    schedules,
    users,
    workers,
)

V1 = "/api/v1"

ROUTES = [
    # polled: first, since routes are tried in order
    Route(f"{V1}/jobs/{{id}}", jobs.show, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/errors", jobs.errors, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/events", live.events, methods=["GET"]),
    Route(f"{V1}/jobs", jobs.index, methods=["GET"]),
    Route(f"{V1}/jobs", jobs.create, methods=["POST"]),
    Route(f"{V1}/jobs/bulk", bulk.bulk_action, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}", control.delete, methods=["DELETE"]),
    Route(f"{V1}/jobs/{{id}}/timeline", jobs.timeline, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/cancel", control.cancel, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/retry", control.retry, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/run", control.run, methods=["POST"]),
    Route(f"{V1}/queues", queues.index, methods=["GET"]),
    Route(f"{V1}/queues/{{name}}", queues.read, methods=["GET"]),
    Route(f"{V1}/queues/{{name}}", queues.update, methods=["PATCH"]),
    Route(f"{V1}/queues/{{name}}/pause", queues.pause, methods=["POST"]),
    Route(f"{V1}/queues/{{name}}/resume", queues.resume, methods=["POST"]),
    Route(f"{V1}/workers", workers.index, methods=["GET"]),
    Route(f"{V1}/schedules", schedules.index, methods=["GET"]),
    Route(f"{V1}/schedules", schedules.create, methods=["POST"]),
    Route(f"{V1}/schedules/{{id}}", schedules.read, methods=["GET"]),
    Route(f"{V1}/schedules/{{id}}", schedules.update, methods=["PATCH"]),
    Route(f"{V1}/schedules/{{id}}", schedules.delete, methods=["DELETE"]),
    Route(f"{V1}/schedules/{{id}}/run", schedules.run, methods=["POST"]),
    Route(f"{V1}/gis/households/geocode", geocoding.create, methods=["POST"]),
    Route(f"{V1}/households", households.index, methods=["GET"]),
    Route(f"{V1}/households", households.load, methods=["POST"]),
    Route(f"{V1}/households/{{id}}", households.read, methods=["GET"]),
    Route(f"{V1}/me", users.me, methods=["GET"]),
    Route(f"{V1}/users", users.index, methods=["GET"]),
    Route(f"{V1}/users", users.create, methods=["POST"]),
    Route(f"{V1}/users/{{id}}", users.update, methods=["PATCH"]),
    Route(f"{V1}/keys", keys.index, methods=["GET"]),
    Route(f"{V1}/keys", keys.create, methods=["POST"]),
    Route(f"{V1}/keys/{{id}}", keys.revoke, methods=["DELETE"]),
    Route("/healthz", health.live, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
]
