"""The pages' URL map. What changes anything is a post from a form of ours."""

from __future__ import annotations

from starlette.routing import Route

from app.web.dashboard import (
    assets,
    audit,
    job,
    jobs,
    live,
    login,
    map,
    new,
    people,
    providers,
    queues,
    schedules,
    workers,
)
from app.web.dashboard.guard import Handler, page, safely


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
    get("/", jobs.index),
    get("/jobs", jobs.index),
    post("/jobs", jobs.act),
    get("/live/jobs", live.of_list),
    get("/live/jobs/{id}", live.of_job),
    get("/live/boards/{names}", live.of_boards, admin=True),
    get("/jobs/{id}", job.show),
    get("/jobs/{id}/errors.csv", job.errors_csv),
    post("/jobs/{id}/cancel", job.cancel),
    post("/jobs/{id}/retry", job.retry),
    post("/jobs/{id}/delete", job.delete),
    post("/jobs/{id}/run", job.run, admin=True),
    get("/new", new.index),
    get("/new/{kind}", new.form),
    post("/new/{kind}", new.create),
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
    get("/keys", people.show_keys),
    post("/keys", people.create_key),
    post("/keys/{id}/revoke", people.revoke_key),
    get("/users", people.show_users, admin=True),
    post("/users", people.create_user, admin=True),
    post("/users/{id}", people.change_user, admin=True),
]
