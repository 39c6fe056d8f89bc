"""The options of import requests: those of the job, and how the job is made."""

from __future__ import annotations

from pydantic import Field

from app.domain.imports.kinds import BusinessOptions, ImportOptions, VoterOptions
from app.domain.imports.voter_profiles import ProfileName
from app.domain.jobs.spec import DEFAULT_PRIORITY


class ImportRequest(ImportOptions):
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=9)
    split: bool = False
    """Create as many jobs as needed for a file that is too long for one."""


class VoterImportRequest(ImportRequest, VoterOptions):
    profile: ProfileName | None = None
    """The layout of the file; recognised from the header if not given."""


class BusinessImportRequest(ImportRequest, BusinessOptions):
    pass
