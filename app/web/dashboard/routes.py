"""The pages' URL map. What changes anything is a post from a form of ours."""

from __future__ import annotations

from starlette.routing import Route

from app.web.dashboard.accounts import audit, login, users_and_keys
from app.web.dashboard.core import assets
from app.web.dashboard.core.guard import Handler, page, safely
from app.web.dashboard.geocoding import providers
from app.web.dashboard.households import map
from app.web.dashboard.jobs import detail, listing, new_job, queues, schedules, streams, workers


def get(path: str, handler: Handler, *, admin: bool = False) -> Route:
    return Route(path, page(handler, admin=admin), methods=["GET"])


def post(path: str, handler: Handler, *, admin: bool = False) -> Route:
    return Route(path, page(handler, admin=admin), methods=["POST"])


PAGES = [
    Route("/static/{version}/{path:path}", assets.serve, methods=["GET"]),
    Route("/favicon.ico", assets.favicon, methods=["GET"]),
    Route("/login", safely(login.form), methods=["GET"]),
    Route("/login", safely(login.sign_in), methods=["POST"]),
    post("/logout", login.sign_out),
    get("/", listing.index),
    get("/jobs", listing.index),
    post("/jobs", listing.bulk_action),
    get("/live/jobs", streams.stream_list),
    get("/live/jobs/{id}", streams.stream_job),
    get("/live/panels/{names}", streams.stream_panels, admin=True),
    get("/jobs/{id}", detail.show),
    get("/jobs/{id}/errors.csv", detail.errors_csv),
    post("/jobs/{id}/cancel", detail.cancel),
    post("/jobs/{id}/retry", detail.retry),
    post("/jobs/{id}/delete", detail.delete),
    post("/jobs/{id}/run", detail.run, admin=True),
    get("/new", new_job.index),
    get("/new/{kind}", new_job.form),
    post("/new/{kind}", new_job.create),
    get("/map", map.show),
    get("/map/places", map.places),
    get("/queues", queues.index, admin=True),
    get("/queues/series", queues.series, admin=True),
    post("/queues/{name}/pause", queues.pause, admin=True),
    post("/queues/{name}/resume", queues.resume, admin=True),
    post("/queues/{name}/limits", queues.limits, admin=True),
    get("/admin/queues", queues.old_address, admin=True),
    get("/api/admin/bull-board", queues.old_address, admin=True),
    get("/workers", workers.index, admin=True),
    get("/providers", providers.index, admin=True),
    get("/schedules", schedules.index, admin=True),
    get("/schedules/new", schedules.new, admin=True),
    post("/schedules/new", schedules.create, admin=True),
    get("/schedules/{id}", schedules.edit, admin=True),
    post("/schedules/{id}", schedules.update, admin=True),
    post("/schedules/{id}/act", schedules.act, admin=True),
    get("/audit", audit.index, admin=True),
    get("/keys", users_and_keys.show_keys),
    post("/keys", users_and_keys.create_key),
    post("/keys/{id}/revoke", users_and_keys.revoke_key),
    get("/users", users_and_keys.show_users, admin=True),
    post("/users", users_and_keys.create_user, admin=True),
    post("/users/{id}", users_and_keys.change_user, admin=True),
]
