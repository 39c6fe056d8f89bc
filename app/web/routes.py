"""The whole URL map on one screen."""

from __future__ import annotations

from starlette.routing import Route

from app.web import geocoding, health, households, jobs, keys, users

V1 = "/api/v1"

ROUTES = [
    # polled: first, since routes are tried in order
    Route(f"{V1}/jobs/{{id}}", jobs.show, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/errors", jobs.errors, methods=["GET"]),
    Route(f"{V1}/jobs", jobs.index, methods=["GET"]),
    Route(f"{V1}/jobs", jobs.create, methods=["POST"]),
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
