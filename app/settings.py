"""Every setting of the platform, and the only reader of the environment.

Each process reads it once, in its composition root (`app.main`, `workers`, `app.cli`), and passes plain values down.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.jobs.spec import QueueSpec

QUEUE_VARIABLE = re.compile(r"ENABLE_[A-Z0-9_]+_WORKER|[A-Z0-9_]+_WORKER_CONCURRENCY")

CommaList = Annotated[tuple[str, ...], NoDecode]


class ProviderSettings(BaseModel):
    """One provider of the outside world: `TRIGPOINT_PROVIDERS__<NAME>__URL|KEY|RATE|DAILY|PERMANENT`."""

    url: str | None = None
    key: str | None = None
    rate: float | None = Field(default=None, gt=0, description="requests per second; replaces the built-in limits")
    daily: int | None = Field(default=None, gt=0, description="requests per UTC day")
    permanent: bool = Field(default=False, description="whether the plan includes the right to store answers")


class Settings(BaseSettings):
    """Names without an alias are read as `TRIGPOINT_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="TRIGPOINT_", env_nested_delimiter="__", populate_by_name=True)

    database_url: str = Field(validation_alias="DATABASE_URL")
    redis_url: str = Field(validation_alias="REDIS_URL")

    admin_key: str | None = None
    log_level: str = "INFO"
    log_json: bool = False
    extra_kinds: CommaList = ()
    """Modules with further job kinds, each with a SPEC and a run()."""
    max_items: int = Field(default=100_000, gt=0)
    """Most rows or households that one job may carry."""
    uploads_url: str = Field(default_factory=lambda: Path(".trigpoint/uploads").absolute().as_uri())
    """Where files to import are kept until they are: a folder or bucket that every process reaches."""
    max_upload_bytes: int = Field(default=1 << 30, gt=0)
    """Of one uploaded file, as it is sent."""
    max_unpacked_bytes: int = Field(default=5 << 30, gt=0)
    """Of one uploaded file, once it is unpacked."""
    public_reads: bool = False
    cron_secret: str | None = Field(default=None, min_length=1, validation_alias="CRON_SECRET")
    """What a hosted cron authenticates with; without it there is no route for one."""

    session_secret: str | None = Field(default=None, min_length=16)
    """What the dashboard's session cookies are signed with, beside what is stored of the key."""
    map_tiles: str | None = Field(default=None, pattern=r"^https?://[^/\s;,'\"]+/\S*\{z\}\S*$")
    """Address of the map's base tiles with {z}, {x} and {y}; None: outlines of countries and states."""
    map_attribution: str = ""
    """What the tiles' owner wants shown beside them."""

    api_connections: int = Field(default=10, gt=1)
    """Postgres connections of one API process at most, beside its listener's."""

    geocoders: CommaList = ("nominatim", "locationiq", "offline")
    """The chain's order; a provider without its URL or key is left out of it."""
    providers: dict[str, ProviderSettings] = {}
    allow_public_personal_data: bool = False
    """Whether addresses may go to public servers that ask not to be sent personal data."""
    contact: str | None = None
    """E-mail address or page that providers find in our User-Agent."""
    default_country: str = Field(default="us", pattern=r"^[A-Za-z]{2}$")
    process_timeout_ms: int = Field(default=30_000, gt=0)
    """Longest that `POST /api/jobs/process` may run jobs within its request."""

    fetch_allow: CommaList = ()
    """Networks (CIDR) whose addresses may be fetched from although they are not public, on any port."""
    fetch_gap_seconds: float = Field(default=1.0, ge=0)
    """Between the end of a host's answer and the next request to it, over all workers."""
    mx_lookups: bool = True
    """Whether the name server is asked which domains of found addresses take mail."""
    geocode_batch_size: int = Field(default=100, gt=0, validation_alias="GEOCODE_BATCH_SIZE")
    geocode_batch_delay_ms: int = Field(default=0, ge=0, validation_alias="GEOCODE_BATCH_DELAY_MS")
    geocode_concurrency: int = Field(default=20, gt=0)
    """Requests under way at once within one geocoding job."""

    use_queue_processing: bool = Field(default=True, validation_alias="USE_QUEUE_PROCESSING")
    """False: researches run inside their requests."""
    research_quota: int = Field(default=100, ge=0)
    """Researches a user may have in a month (UTC)."""
    research_fresh_days: float = Field(default=7.0, ge=0)
    """How long a report answers for a new one."""
    research_pages: int = Field(default=8, ge=1, le=50)
    """Pages of a company's own site that are read at most."""
    llm_url: str | None = None
    """Base of an OpenAI-compatible API; without it reports are quotations alone."""
    llm_key: str | None = None
    llm_model: str | None = None
    llm_price_prompt: float | None = Field(default=None, ge=0)
    """US dollars per million tokens, for providers that do not say what a call cost."""
    llm_price_completion: float | None = Field(default=None, ge=0)
    llm_fallback_url: str | None = None
    llm_fallback_key: str | None = None
    llm_fallback_model: str | None = None
    llm_timeout_seconds: float = Field(default=60.0, gt=0)
    """Of one call."""
    llm_concurrency: int = Field(default=4, gt=0)
    """Calls at once, over all workers."""
    llm_tokens_per_minute: int | None = Field(default=None, gt=0)
    """Over all workers."""
    llm_context_tokens: int = Field(default=8000, ge=1500)
    """Tokens that a question and its answer may have together."""
    llm_budget_tokens: int = Field(default=200_000, gt=0)
    """Of one job; no call is made that could go beyond it."""
    llm_budget_usd: float | None = Field(default=None, gt=0)
    """The same in dollars; needs the prices."""
    scoring_weights: dict[str, float] = {}
    """Points of single features, in place of the built-in ones."""
    scoring_half_lives: dict[str, float] = {}
    """Days after which a signal counts half, by kind."""
    smtp_url: str | None = None
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…`; without it nobody is sent e-mail."""
    mail_from: str = "trigpoint@localhost"
    worker_chunk_size: int = Field(default=500, gt=0, validation_alias="WORKER_CHUNK_SIZE")
    """Heat cells that are committed at a time."""
    max_concurrent_jobs: int = Field(default=1, gt=0, validation_alias="MAX_CONCURRENT_JOBS")
    """Heat maps computed at once, over all workers."""

    queue_prefix: str = "trigpoint"
    """Prefix of the arq queues' names: installations that share one Redis need different ones."""
    worker_route: str = Field(default="default", validation_alias="WORKER_ROUTE")
    worker_slots: int = Field(default=100, gt=0, validation_alias="WORKER_SLOTS")
    """Jobs that one worker process runs at once, over all queues."""
    worker_connections: int = Field(default=10, gt=1)
    """Postgres connections of one worker process at most."""
    worker_poll_interval: int = Field(default=1000, gt=0, validation_alias="WORKER_POLL_INTERVAL")
    """Milliseconds between two sweeps."""
    lease_seconds: float = Field(default=30.0, gt=1)
    shutdown_grace_seconds: float = Field(default=8.0, ge=0)
    """What running jobs get to end in at SIGTERM; those with steps are handed over at their next one."""
    queues: dict[str, str] = Field(default={}, validation_alias=AliasChoices("queues"))
    """The variables of single queues, as they stand in the environment; `queue()` applies them."""

    @field_validator("geocoders", "extra_kinds", "fetch_allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("fetch_allow", mode="after")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)
        return value

    @model_validator(mode="after")
    def _models(self) -> Self:
        for name in ("llm", "llm_fallback"):
            if bool(getattr(self, f"{name}_url")) != bool(getattr(self, f"{name}_model")):
                raise ValueError(f"TRIGPOINT_{name.upper()}_URL and TRIGPOINT_{name.upper()}_MODEL belong together")
        if self.llm_fallback_url and not self.llm_url:
            raise ValueError("TRIGPOINT_LLM_FALLBACK_URL needs TRIGPOINT_LLM_URL")
        if (self.llm_price_prompt is None) != (self.llm_price_completion is None):
            raise ValueError("TRIGPOINT_LLM_PRICE_PROMPT and TRIGPOINT_LLM_PRICE_COMPLETION belong together")
        if self.llm_budget_usd is not None and self.llm_price_prompt is None:
            raise ValueError("TRIGPOINT_LLM_BUDGET_USD needs TRIGPOINT_LLM_PRICE_PROMPT and …_COMPLETION")
        return self

    @field_validator("providers", mode="after")
    @classmethod
    def _lower(cls, value: dict[str, ProviderSettings]) -> dict[str, ProviderSettings]:
        return {name.lower(): provider for name, provider in value.items()}

    @field_validator("default_country", mode="after")
    @classmethod
    def _country(cls, value: str) -> str:
        return value.lower()

    @property
    def user_agent(self) -> str:
        """How we name ourselves to every outside server."""
        return f"Trigpoint/1.0 ({self.contact})" if self.contact else "Trigpoint/1.0"

    def queue(self, spec: QueueSpec) -> QueueSpec:
        """The queue as the environment wants it.

        `<QUEUE>_WORKER_CONCURRENCY=N` replaces its concurrency; `ENABLE_<QUEUE>_WORKER=false` takes it away from the
        default workers: it is served by those started with WORKER_ROUTE=<queue>. Raises ValueError for other values.
        """
        variable = spec.variable or spec.name.upper().replace("-", "_")
        own = self.max_concurrent_jobs if spec.name == "heatmap" else spec.concurrency
        concurrency = self.queues.get(f"{variable}_WORKER_CONCURRENCY", str(own))
        if not concurrency.isdecimal():
            raise ValueError(f"{variable}_WORKER_CONCURRENCY must be a whole number, not {concurrency!r}")
        enabled = self.queues.get(f"ENABLE_{variable}_WORKER", "true").lower()
        if enabled not in ("true", "false", "1", "0"):
            raise ValueError(f"ENABLE_{variable}_WORKER must be true or false, not {enabled!r}")
        route = spec.route if enabled in ("true", "1") else variable.lower().replace("_", "-")
        return replace(spec, concurrency=int(concurrency), route=route)


def load() -> Settings:
    """Read the environment. Raises pydantic's ValidationError naming each bad or missing variable."""
    queues = {name: value for name, value in os.environ.items() if QUEUE_VARIABLE.fullmatch(name)}
    return Settings.model_validate({"queues": queues})  # the rest comes from the environment by itself
