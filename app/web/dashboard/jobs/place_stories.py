"""The stories of geocoding, of heat maps and of checked websites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.domain.geocoding.results import GeocodeFileResult, GeocodeHouseholdsResult, GeocodingResult
from app.domain.heatmaps.results import HeatmapComputeResult
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.results import (
    EmailScrapingResult,
    SocialScrapingResult,
    WebsiteRevalidationResult,
    WebsiteValidationResult,
)
from app.web.dashboard.core.formatting import count_of, duration, humanize, number
from app.web.dashboard.jobs.quality import describe_quality
from app.web.dashboard.jobs.story import Step, Story, sentences, share_of

ACCURACIES = {
    Accuracy.ROOFTOP: "Building",
    Accuracy.INTERPOLATED: "House number, estimated",
    Accuracy.STREET: "Street",
    Accuracy.POSTCODE: "Only the ZIP code",
    Accuracy.PLACE: "Only the city",
    Accuracy.REGION: "Only the region",
}
HOUSE = (Accuracy.ROOFTOP, Accuracy.INTERPOLATED)
AREA = (Accuracy.POSTCODE, Accuracy.PLACE, Accuracy.REGION)
WEBSITES = {
    WebsiteStatus.OK: "The website works.",
    WebsiteStatus.REDIRECTED_OFFSITE: "The address leads to another website.",
    WebsiteStatus.PARKED: "The domain is parked: nobody uses it for a website.",
    WebsiteStatus.TAKEN_OVER: "Somebody else uses the domain now.",
    WebsiteStatus.TLS_ERROR: "The website's certificate is invalid.",
    WebsiteStatus.DNS_ERROR: "The domain does not exist.",
    WebsiteStatus.TIMEOUT: "The website did not answer in time.",
    WebsiteStatus.BLOCKED: "The website refuses our visits.",
    WebsiteStatus.NOT_HTML: "The address is not a web page.",
    WebsiteStatus.ROBOTS_DENIED: "The website's robots.txt forbids visits.",
    WebsiteStatus.PRIVATE_ADDRESS: "The website has a private address, which is not visited.",
    WebsiteStatus.GONE: "The page does not exist any more.",
    WebsiteStatus.SERVER_ERROR: "The website's server has an error.",
}


def _quality(result: GeocodingResult, total: int, noun: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the sentences and figures that geocoding jobs have in common."""
    by_accuracy = {Accuracy(name): count for name, count in result.by_accuracy.items()}
    house = sum(by_accuracy.get(accuracy, 0) for accuracy in HOUSE)
    area = sum(by_accuracy.get(accuracy, 0) for accuracy in AREA)
    street = by_accuracy.get(Accuracy.STREET, 0)
    agreement = result.agreement
    exactness = [
        f"{number(house)} to the house" if house else "",
        f"{number(street)} to the street" if street else "",
        f"{number(area)} only to the ZIP code, city or region" if area else "",
    ]
    found = ", ".join(part for part in exactness if part)
    told = sentences(
        f"{number(result.geocoded)} of {count_of(total, noun)} {'has' if result.geocoded == 1 else 'have'} coordinates"
        f" ({share_of(result.geocoded, total)}){f': {found}' if found else ''}.",
        f"{number(result.failed)} {'was' if result.failed == 1 else 'were'} not found; the errors below say why."
        if result.failed
        else None,
        f"Of {count_of(agreement.compared, 'address', 'addresses')} that several geocoders found,"
        f" {number(agreement.within_100m)} agree within 100 m, and {number(agreement.ambiguous)} lie far apart."
        if agreement.compared
        else None,
        *describe_quality(result.model_dump(mode="json", by_alias=True)),
        f"{share_of(result.cache.hits + result.cache.duplicates, total)} needed no request to a geocoder."
        if result.cache.hits + result.cache.duplicates
        else None,
    )
    figures = {
        "By exactness": {ACCURACIES[accuracy]: count for accuracy, count in by_accuracy.items()},
        "By provider": dict(result.by_provider),
        "Confidence": list(result.confidence),
    }
    if result.distance is not None:
        figures["By distance from earlier coordinates"] = {
            f"within {number(int(metres))} m": count for metres, count in result.distance.within_metres.items()
        }
    return told, figures


def geocode_households(job_id: UUID, result: GeocodeHouseholdsResult) -> Story:
    told, figures = _quality(result, result.households, "household")
    if doubtful := sum(result.doubts.values()):
        told += (f"A person should look at {count_of(doubtful, 'household')}.",)
        figures["Reasons for doubt"] = {humanize(reason): count for reason, count in result.doubts.items()}
    area = sum(result.by_accuracy.get(accuracy, 0) for accuracy in AREA)
    steps = []
    if doubtful:
        steps.append(Step(f"Review what is doubtful ({number(doubtful)})", "/review", is_primary=True))
    if result.failed:
        steps.append(Step(f"See why {number(result.failed)} failed", f"/jobs/{job_id}#errors"))
    if area:
        steps.append(Step(f"Show the {number(area)} inexact ones", f"/households?job={job_id}&location=area"))
    return Story(told, (*steps, Step("Show on the map", f"/jobs/{job_id}#map-title")), figures)


def geocode_file(job_id: UUID, result: GeocodeFileResult) -> Story:
    told, figures = _quality(result, result.rows, "row")
    steps = [Step(f"See why {number(result.failed)} failed", f"/jobs/{job_id}#errors")] if result.failed else []
    return Story((*told, *result.warnings), tuple(steps), figures)


def heatmap(job_id: UUID, result: HeatmapComputeResult) -> Story:
    if result.up_to_date:
        first = "The heat map was up to date, so nothing had to be computed."
    else:
        first = f"{count_of(result.cells, 'cell')} were scored from {count_of(result.pois, 'point')} of interest."
    size = f"Each cell is {result.grid_step:g}° wide: about {result.grid_step * 111_000:,.0f} m from north to south."
    return Story(
        sentences(first, size, *(result.warnings or ()), result.attribution),
        (Step("Show on the map", f"/jobs/{job_id}#map-title", is_primary=True),),
    )


def website(job_id: UUID, result: WebsiteValidationResult) -> Story:
    answered = ""
    if result.final_url:
        answered = f"It is at {result.final_url}"
        answered += f", and answered within {duration(result.response_ms / 1000)}." if result.response_ms else "."
    hops = count_of(len(result.redirects), "redirect")
    certificate = result.certificate_expires_at
    return Story(
        sentences(
            WEBSITES[result.website_status],
            result.detail if result.website_status is not WebsiteStatus.OK else None,
            answered,
            f"The way there has {hops}." if result.redirects else None,
            f"Its certificate is valid until {certificate:%d %B %Y}." if certificate else None,
            "It shows little without its scripts, which are not run." if result.needs_scripts else None,
        ),
        figures={"Title": result.title, "Language": result.language, "HTTP status": result.http_status},
    )


def emails(job_id: UUID, result: EmailScrapingResult) -> Story:
    addresses = count_of(result.emails, "e-mail address", "e-mail addresses")
    return _contacts(f"{addresses} and {count_of(result.phones, 'phone number')}", result.pages, result.pages_read)


def profiles(job_id: UUID, result: SocialScrapingResult) -> Story:
    return _contacts(count_of(result.socials, "profile"), result.pages, result.pages_read)


def _contacts(found: str, pages: int, read: list[str]) -> Story:
    text = f"Found {found} on {count_of(pages, 'page')}. The business shows each with the words around it."
    return Story((text,), figures={"Pages read": read})


def revalidation(job_id: UUID, result: WebsiteRevalidationResult) -> Story:
    if not result.businesses:
        return Story(("All websites were checked recently, so none is checked again.",))
    text = f"The last check of {count_of(result.businesses, 'website')} was too old: {count_of(result.jobs, 'job')}"
    return Story((f"{text} check them again.",), (Step("Show these jobs", "/jobs?type=website_validation"),))


STORIES: Mapping[type[BaseModel], Callable[[UUID, Any], Story]] = {
    GeocodeHouseholdsResult: geocode_households,
    GeocodeFileResult: geocode_file,
    HeatmapComputeResult: heatmap,
    WebsiteValidationResult: website,
    EmailScrapingResult: emails,
    SocialScrapingResult: profiles,
    WebsiteRevalidationResult: revalidation,
}
