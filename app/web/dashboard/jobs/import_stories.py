"""The stories of imports and of what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.domain.imports.results import (
    BusinessImportResult,
    ImportResult,
    ImportUndoResult,
    ParcelImportResult,
    ParcelReferenceResult,
    PoiImportResult,
    ReferenceCleanupResult,
    ReferenceImportResult,
    RowProblemCount,
    VoterImportResult,
)
from app.domain.jobs.results import WebhookDeliveryResult
from app.web.dashboard.core.formatting import count_of, humanize, number
from app.web.dashboard.jobs.story import Step, Story, sentences


def imported(job_id: UUID, result: ImportResult) -> Story:
    """Tell what an import did; also the part that imports of all kinds have in common."""
    changes = [
        f"{number(result.inserted)} new",
        f"{number(result.updated)} changed",
        f"{number(result.unchanged)} unchanged",
        f"{number(result.duplicate_in_file)} twice in the file" if result.duplicate_in_file else "",
    ]
    would = "would be" if result.dry_run else "was" if result.rejected == 1 else "were"
    overwrite = result.overwrite
    told = sentences(
        "This was a trial: nothing was stored." if result.dry_run else None,
        f"{count_of(result.read, 'row')} read: {', '.join(part for part in changes if part)}.",
        f"{count_of(result.rejected, 'row')} {would} left out; the reasons are below." if result.rejected else None,
        f"{count_of(result.disappeared, 'record')} of earlier files {'is' if result.disappeared == 1 else 'are'} not in"
        f" this one{f'; {number(result.retired)} of them are retired' if result.retired else ''}."
        if result.disappeared
        else None,
        f"It overwrites {count_of(overwrite.records, 'record')} of another file"
        f"{f' ({overwrite.file_name})' if overwrite.file_name else ''}."
        if overwrite
        else None,
        overwrite.stops if overwrite else None,
        *result.warnings,
    )
    figures = {
        "Reasons why rows were left out": _reasons(result.summary, rejected=True),
        "Reasons why values were left out of rows that were kept": _reasons(result.summary, rejected=False),
    }
    steps: tuple[Step, ...] = ()
    if result.rejected and not result.dry_run:
        steps = (Step("Import the corrected rows", "/import"),)
    return Story(told, steps, figures)


def _reasons(summary: Mapping[str, RowProblemCount], *, rejected: bool) -> dict[str, int]:
    return {_reason(code, entry): entry.count for code, entry in summary.items() if entry.rejected is rejected}


def _reason(code: str, entry: RowProblemCount) -> str:
    """Return the problem in words: its first example, as the rows differ only in their values."""
    if not entry.samples:
        return humanize(code)
    sample = entry.samples[0]
    subject = f"{sample.column} " if sample.column else "The row "
    return f"{subject}{sample.message}"


def _with(story: Story, *more: str | None, steps: tuple[Step, ...] = ()) -> Story:
    first, *rest = story.sentences
    return Story((first, *sentences(*more), *rest), (*steps, *story.steps), story.figures)


def voters(job_id: UUID, result: VoterImportResult) -> Story:
    new = result.households_created
    steps: tuple[Step, ...] = ()
    if new and not result.dry_run:
        steps = (Step("Put the new households on the map", "/new/geocode_households", is_primary=True),)
    return _with(
        imported(job_id, result),
        f"They live in {count_of(new, 'new household')}." if new else None,
        f"{count_of(result.protected, 'voter')} with a confidential address: only the county is stored."
        if result.protected
        else None,
        steps=steps,
    )


def parcels(job_id: UUID, result: ParcelImportResult) -> Story:
    hidden = f"The owners of {count_of(result.protected, 'parcel')} are confidential and were not stored."
    return _with(imported(job_id, result), hidden if result.protected else None)


def businesses(job_id: UUID, result: BusinessImportResult) -> Story:
    steps: tuple[Step, ...] = ()
    if result.jobs_created:
        steps = (Step("Show the checks of their websites", "/jobs?type=website_validation", is_primary=True),)
    return _with(
        imported(job_id, result),
        f"{count_of(result.jobs_created, 'job')} check their websites." if result.jobs_created else None,
        f"{count_of(result.excluded, 'business', 'businesses')} on the list of exclusions are not visited."
        if result.excluded
        else None,
        steps=steps,
    )


def reference(job_id: UUID, result: ReferenceImportResult) -> Story:
    streets = f"The addresses lie on {count_of(result.streets, 'street')}, which the local geocoder knows now."
    return _with(imported(job_id, result), None if result.dry_run else streets)


def reference_cleanup(job_id: UUID, result: ReferenceCleanupResult) -> Story:
    return Story((f"{count_of(result.streets, 'street')} of reference data that nothing uses any more were deleted.",))


def parcel_reference(job_id: UUID, result: ParcelReferenceResult) -> Story:
    text = f"{number(result.houses)} of {count_of(result.parcels, 'parcel')} have a house number"
    return Story((f"{text}, by which the local geocoder finds them.",))


def undo(job_id: UUID, result: ImportUndoResult) -> Story:
    houses = result.households_removed + result.households_restored
    return Story(
        sentences(
            f"{count_of(result.removed, 'record')} removed, and {number(result.restored)} restored to what they were.",
            f"{count_of(result.kept, 'record')} kept, because a later import changed them." if result.kept else None,
            f"{count_of(result.households_removed, 'household')} removed and"
            f" {number(result.households_restored)} restored."
            if houses
            else None,
        )
    )


def delivery(job_id: UUID, result: WebhookDeliveryResult) -> Story:
    return Story((f"The endpoint accepted the message: it answered with HTTP status {result.status}.",))


STORIES: Mapping[type[BaseModel], Callable[[UUID, Any], Story]] = {
    VoterImportResult: voters,
    ParcelImportResult: parcels,
    PoiImportResult: imported,
    BusinessImportResult: businesses,
    ReferenceImportResult: reference,
    ReferenceCleanupResult: reference_cleanup,
    ParcelReferenceResult: parcel_reference,
    ImportUndoResult: undo,
    WebhookDeliveryResult: delivery,
}
