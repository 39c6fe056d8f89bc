"""The URL map of the pages. Every change is a POST from one of our own forms."""

from __future__ import annotations

from starlette.routing import Route

from app.web.dashboard.accounts import audit, keys, login, teams, users
from app.web.dashboard.companies import company, report, signal
from app.web.dashboard.companies import tables as company_tables
from app.web.dashboard.core import assets, reference
from app.web.dashboard.core.data_actions import action_handler
from app.web.dashboard.core.data_export import export_handler
from app.web.dashboard.core.data_page import DataPage
from app.web.dashboard.core.data_record import record_handler
from app.web.dashboard.core.data_table import table_handler
from app.web.dashboard.core.guard import Handler, require_session, with_error_pages
from app.web.dashboard.geocoding import providers
from app.web.dashboard.households import household, map, review
from app.web.dashboard.households import table as household_table
from app.web.dashboard.imports import reference_data
from app.web.dashboard.imports import tables as import_tables
from app.web.dashboard.jobs import (
    detail,
    errors,
    file_preview,
    goals,
    home,
    item_errors,
    listing,
    new_job,
    queue_charts,
    queues,
    schedules,
    streams,
    webhooks,
    workers,
)
from app.web.dashboard.websites import business
from app.web.dashboard.websites import table as business_table


def get(path: str, handler: Handler, *, admin: bool = False) -> Route:
    return Route(path, require_session(handler, admin=admin), methods=["GET"])


def post(path: str, handler: Handler, *, admin: bool = False) -> Route:
    return Route(path, require_session(handler, admin=admin), methods=["POST"])


RECORD_PAGES = (import_tables.VOTER_PAGE, import_tables.PARCEL_PAGE, import_tables.POI_PAGE)
"""Data pages whose rows are shown by `data_record`."""
DATA_PAGES = (
    household_table.PAGE,
    *RECORD_PAGES,
    business_table.PAGE,
    business_table.EXCLUSION_PAGE,
    company_tables.COMPANY_PAGE,
    company_tables.SIGNAL_PAGE,
    company_tables.REPORT_PAGE,
)


def data_routes(page: DataPage) -> list[Route]:
    """Return the routes of a data page: the table, its download, and the actions on its rows."""
    actions = [post(page.path, action_handler(page))] if page.actions else []
    return [get(page.path, table_handler(page)), get(f"{page.path}/export", export_handler(page)), *actions]


PAGES = [
    Route("/static/{version}/{path:path}", assets.serve, methods=["GET"]),
    Route("/favicon.ico", assets.favicon, methods=["GET"]),
    Route("/docs", with_error_pages(reference.show), methods=["GET"]),
    Route("/login", with_error_pages(login.show), methods=["GET"]),
    Route("/login", with_error_pages(login.sign_in), methods=["POST"]),
    post("/logout", login.sign_out),
    get("/", home.show),
    get("/jobs", listing.index),
    post("/jobs", listing.bulk_action),
    get("/errors", errors.show),
    post("/errors", errors.retry),
    get("/live/jobs", streams.stream_list),
    get("/live/jobs/{id}", streams.stream_job),
    get("/live/panels/{names}", streams.stream_panels, admin=True),
    get("/jobs/{id}", detail.show),
    get("/jobs/{id}/errors.csv", item_errors.errors_csv),
    post("/jobs/{id}/errors/geocode", item_errors.geocode),
    post("/jobs/{id}/cancel", detail.cancel),
    post("/jobs/{id}/retry", detail.retry),
    post("/jobs/{id}/delete", detail.delete),
    post("/jobs/{id}/undo", detail.undo),
    post("/jobs/{id}/run", detail.run, admin=True),
    get("/new", new_job.index),
    get("/new/{kind}", new_job.form),
    post("/new/{kind}", new_job.create),
    get("/start/{goal}", goals.show),
    get("/import", file_preview.start_page),
    post("/import", file_preview.upload),
    get("/import/{id}", file_preview.preview),
    post("/import/{id}", file_preview.start),
    post("/import/{id}/delete", file_preview.delete),
    get("/map", map.show),
    get("/map/places", map.map_data),
    *(route for page in DATA_PAGES for route in data_routes(page)),
    *(get(f"{page.path}/record", record_handler(page)) for page in RECORD_PAGES),
    get("/review", review.index),
    get("/review/{id}", review.show),
    post("/review/{id}", review.decide),
    get("/reference", reference_data.index),
    get("/reference/{id}", reference_data.show),
    post("/reference/{id}/remove", reference_data.remove),
    get("/households/{id}", household.show),
    post("/households/{id}/address", household.edit_address),
    post("/households/{id}/location", household.place),
    get("/businesses/{id}", business.show),
    get("/companies/{id}", company.show),
    get("/signals/{id}", signal.show),
    get("/reports/{id}", report.show),
    get("/reports/{id}/sources/{number}", report.show_source),
    get("/queues", queues.index, admin=True),
    get("/queues/series", queue_charts.series, admin=True),
    post("/queues/{name}/pause", queues.pause, admin=True),
    post("/queues/{name}/resume", queues.resume, admin=True),
    post("/queues/{name}/limits", queues.set_limits, admin=True),
    get("/admin/queues", queues.redirect_old_path, admin=True),
    get("/api/admin/bull-board", queues.redirect_old_path, admin=True),
    get("/workers", workers.index, admin=True),
    get("/providers", providers.index, admin=True),
    get("/schedules", schedules.index, admin=True),
    get("/schedules/new", schedules.new, admin=True),
    post("/schedules/new", schedules.create, admin=True),
    get("/schedules/{id}", schedules.edit, admin=True),
    post("/schedules/{id}", schedules.update, admin=True),
    post("/schedules/{id}/act", schedules.run_action, admin=True),
    get("/webhooks", webhooks.index),
    get("/webhooks/{id}", webhooks.show),
    post("/webhooks/{id}/enable", webhooks.enable),
    post("/webhooks/{id}/replay", webhooks.replay),
    post("/webhooks/{id}/deliveries/{delivery}/resend", webhooks.resend),
    get("/audit", audit.index, admin=True),
    get("/keys", keys.show),
    post("/keys", keys.create),
    post("/keys/{id}/revoke", keys.revoke),
    get("/users", users.show, admin=True),
    post("/users", users.create, admin=True),
    post("/users/{id}", users.update, admin=True),
    get("/teams", teams.show),
]
