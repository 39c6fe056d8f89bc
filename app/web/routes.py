"""All routes of the REST API; those of the dashboard's pages are in `app.web.dashboard.routes`."""

from __future__ import annotations

from starlette.routing import Route

from app.web import health
from app.web.accounts import keys, teams, users
from app.web.companies import jobs as company_jobs
from app.web.companies import records as companies
from app.web.companies import reports, research, signals
from app.web.dialects import cron, website_jobs
from app.web.dialects import jobs as dialects
from app.web.geocoding import file_output, geocode_file, geocode_households, geocoders, lookup
from app.web.heatmaps import cells, cities, regions, score, tile_images
from app.web.households import exports
from app.web.households import records as households
from app.web.imports import create as imports
from app.web.imports import rejected_rows
from app.web.jobs import (
    actions,
    bulk,
    create,
    events,
    history,
    listing,
    queues,
    read,
    rescue,
    schedules,
    webhooks,
    workers,
)
from app.web.websites import business_intake, businesses, exclusions, place_search, validations

V1 = "/api/v1"

ROUTES = [
    # polled, and therefore first: routes are tried in order
    Route(f"{V1}/jobs/{{id}}", read.read, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/errors", history.errors, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/events", events.events, methods=["GET"]),
    Route(f"{V1}/jobs", listing.index, methods=["GET"]),
    Route(f"{V1}/jobs", create.create, methods=["POST"]),
    Route(f"{V1}/jobs/bulk", bulk.bulk_action, methods=["POST"]),
    Route(f"{V1}/jobs/release", rescue.release, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}", actions.delete, methods=["DELETE"]),
    Route(f"{V1}/jobs/{{id}}/timeline", history.timeline, methods=["GET"]),
    Route(f"{V1}/jobs/{{id}}/cancel", actions.cancel, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/retry", actions.retry, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/run", actions.run, methods=["POST"]),
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
    Route(f"{V1}/gis/households/geocode", geocode_households.create, methods=["POST"]),
    Route(f"{V1}/gis/geocode-file", geocode_file.create, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/output.csv", file_output.download, methods=["GET"]),
    Route(f"{V1}/geocode", lookup.locate, methods=["POST"]),
    Route(f"{V1}/reverse", lookup.reverse, methods=["GET"]),
    Route(f"{V1}/geocoders", geocoders.index, methods=["GET"]),
    Route(f"{V1}/households", households.index, methods=["GET"]),
    Route(f"{V1}/households", households.load, methods=["POST"]),
    Route(f"{V1}/households/export.csv", exports.households_csv, methods=["GET"]),
    Route(f"{V1}/households/export.geojson", exports.households_geojson, methods=["GET"]),
    Route(f"{V1}/households/{{id}}", households.read, methods=["GET"]),
    Route(f"{V1}/voters/import", imports.create_voters, methods=["POST"]),
    Route(f"{V1}/parcels/import", imports.create_parcels, methods=["POST"]),
    Route(f"{V1}/pois/import", imports.create_pois, methods=["POST"]),
    Route(f"{V1}/jobs/{{id}}/rejected.csv", rejected_rows.download, methods=["GET"]),
    Route(f"{V1}/businesses", businesses.index, methods=["GET"]),
    Route(f"{V1}/businesses", business_intake.create, methods=["POST"]),
    Route(f"{V1}/businesses/export.csv", businesses.export_csv, methods=["GET"]),
    Route(f"{V1}/businesses/import", imports.create_businesses, methods=["POST"]),
    Route(f"{V1}/businesses/{{id}}", businesses.read, methods=["GET"]),
    Route(f"{V1}/businesses/{{id}}/checks", businesses.validations, methods=["GET"]),
    Route(f"{V1}/business-exclusions", exclusions.index, methods=["GET"]),
    Route(f"{V1}/business-exclusions", exclusions.create, methods=["POST"]),
    Route(f"{V1}/business-exclusions/{{id}}", exclusions.delete, methods=["DELETE"]),
    Route(f"{V1}/webhooks", webhooks.index, methods=["GET"]),
    Route(f"{V1}/webhooks", webhooks.create, methods=["POST"]),
    Route(f"{V1}/webhooks/{{id}}", webhooks.delete, methods=["DELETE"]),
    Route(f"{V1}/validations", validations.create, methods=["POST"]),
    Route("/api/places/search", place_search.search, methods=["POST"]),
    Route(f"{V1}/places/search", place_search.search, methods=["POST"]),
    Route("/api/businesses", businesses.index, methods=["GET"]),
    Route("/api/businesses", business_intake.create, methods=["POST"]),
    Route("/api/businesses/export.csv", businesses.export_csv, methods=["GET"]),
    Route("/api/businesses/{id}", businesses.read, methods=["GET"]),
    Route("/api/jobs/process", website_jobs.process, methods=["POST"]),
    Route("/api/jobs/process", website_jobs.process_by_cron, methods=["GET"]),
    Route("/api/jobs/status", website_jobs.status, methods=["GET"]),
    Route("/api/jobs/retry", website_jobs.retry, methods=["POST"]),
    Route("/api/jobs/{id}", dialects.read, methods=["GET"]),
    Route("/api/cron/process-jobs", cron.process_jobs, methods=["GET"]),
    Route("/api/score", score.score, methods=["GET"]),
    Route("/api/heatmap", cells.index, methods=["GET"]),
    Route("/api/heatmap/schedule", regions.schedule, methods=["POST"]),
    Route("/api/heatmap/regions", regions.index, methods=["GET"]),
    Route("/api/heatmap/reset", regions.reset, methods=["POST"]),
    Route("/api/heatmap/tiles/{z:int}/{x:int}/{y:int}.png", tile_images.tile, methods=["GET"]),
    Route(f"{V1}/cities", cities.index, methods=["GET"]),
    Route(f"{V1}/cities", cities.load, methods=["POST"]),
    Route(f"{V1}/cities/{{slug}}", cities.read, methods=["GET"]),
    Route(f"{V1}/cities/{{slug}}", cities.delete, methods=["DELETE"]),
    Route(f"{V1}/me", users.me, methods=["GET"]),
    Route(f"{V1}/users", users.index, methods=["GET"]),
    Route(f"{V1}/users", users.create, methods=["POST"]),
    Route(f"{V1}/users/{{id}}", users.update, methods=["PATCH"]),
    Route(f"{V1}/keys", keys.index, methods=["GET"]),
    Route(f"{V1}/keys", keys.create, methods=["POST"]),
    Route(f"{V1}/keys/{{id}}", keys.revoke, methods=["DELETE"]),
    Route(f"{V1}/teams", teams.index, methods=["GET"]),
    Route(f"{V1}/teams", teams.create, methods=["POST"]),
    Route(f"{V1}/teams/{{id}}", teams.read, methods=["GET"]),
    Route(f"{V1}/teams/{{id}}", teams.update, methods=["PATCH"]),
    Route(f"{V1}/teams/{{id}}", teams.delete, methods=["DELETE"]),
    # companies, in the paths and words of their document
    Route("/api/companies", companies.index, methods=["GET"]),
    Route("/api/companies", companies.create, methods=["POST"]),
    Route("/api/companies/{id}", companies.read, methods=["GET"]),
    Route("/api/companies/{id}", companies.update, methods=["PATCH"]),
    Route("/api/companies/{id}", companies.delete, methods=["DELETE"]),
    Route("/api/companies/{id}/reports", reports.index_of_company, methods=["GET"]),
    Route("/api/companies/{id}/signals", signals.index_of_company, methods=["GET"]),
    Route("/api/research/{company}", research.create, methods=["POST"]),
    Route("/api/reports/{id}", reports.read, methods=["GET"]),
    Route("/api/reports/{id}/sources/{source}", reports.source, methods=["GET"]),
    Route("/api/enrichment", company_jobs.enrich, methods=["POST"]),
    Route("/api/scoring", company_jobs.score, methods=["POST"]),
    Route("/api/signals", company_jobs.detect, methods=["POST"]),
    Route("/api/signals", signals.index, methods=["GET"]),
    Route("/api/health", health.detailed, methods=["GET"]),
    Route("/healthz", health.live, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
]
