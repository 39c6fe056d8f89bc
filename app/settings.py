"""All settings of the platform. No other module reads the environment.

Each process loads them once in its composition root (`app.main`, `workers.main`, `app.cli`) and passes values down.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from app import variables
from app.domain.jobs.retention import check_periods
from app.domain.jobs.spec import QueueSpec
from app.secret_files import read_secret_files
from app.setting_types import CommaList, HttpUrl, PostgresAddress, RedisAddress, UploadsPlace
from app.variables import InvalidSettings, UnreadVariable

QUEUE_VARIABLE = re.compile(r"ENABLE_[A-Z0-9_]+_WORKER|[A-Z0-9_]+_WORKER_CONCURRENCY")
LOOKS_LIKE_SETTING = re.compile(rf"{QUEUE_VARIABLE.pattern}|(?:WORKER|GEOCODE)_[A-Z0-9_]+")
"""Names without our prefix that are probably meant for us."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OF_THE_COMMAND_LINE = ("TRIGPOINT_URL", "TRIGPOINT_API_KEY", "TRIGPOINT_DATA_DIR")


class ProviderSettings(BaseModel):
    """Settings of one provider: `TRIGPOINT_PROVIDERS__<NAME>__URL|KEY|RATE|DAILY|PERMANENT`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: HttpUrl | None = Field(default=None, repr=False)
    key: str | None = Field(default=None, repr=False)
    rate: float | None = Field(default=None, gt=0, description="requests per second; replaces the built-in limits")
    daily: int | None = Field(default=None, gt=0, description="requests per UTC day")
    permanent: bool = Field(default=False, description="whether the plan includes the right to store answers")


class RetentionSettings(BaseSettings):
    """How long data are kept: also for commands that need no other setting."""

    model_config = SettingsConfigDict(
        env_prefix=variables.PREFIX, env_nested_delimiter="__", populate_by_name=True, hide_input_in_errors=True
    )

    retention: dict[str, float] = {}
    """Days by the name of a kind of data: see `app.domain.jobs.retention`. 0 keeps it for ever."""

    @field_validator("retention", mode="after")
    @classmethod
    def _periods(cls, value: dict[str, float]) -> dict[str, float]:
        periods = {name.lower(): days for name, days in value.items()}
        check_periods(periods)
        return periods


class Settings(RetentionSettings):
    """Fields without an alias are read from `TRIGPOINT_<NAME>`."""

    database_url: PostgresAddress = Field(validation_alias="DATABASE_URL", repr=False)
    statement_cache: bool = True
    """Whether statements are prepared once per connection. False is for a pooler in transaction mode."""
    listen_url: PostgresAddress | None = Field(default=None, repr=False)
    """Where to listen for notifications, if DATABASE_URL is a pooler in transaction mode, which passes none on."""
    redis_url: RedisAddress = Field(validation_alias="REDIS_URL", repr=False)

    admin_key: str | None = Field(default=None, repr=False)
    log_level: str = "INFO"
    log_json: bool = False
    access_log: bool = False
    """Whether every request is logged."""
    extra_kinds: CommaList = ()
    """Modules with additional job kinds, each with a SPEC and a run()."""
    max_items: int = Field(default=100_000, gt=0)
    """Maximum number of rows or households per job."""
    uploads_url: UploadsPlace = Field(default_factory=lambda: Path(".trigpoint/uploads").absolute().as_uri())
    """Folder or bucket for uploaded files. Every process must be able to reach it."""
    max_upload_bytes: int = Field(default=1 << 30, gt=0)
    """Maximum bytes of an uploaded file as sent."""
    max_unpacked_bytes: int = Field(default=5 << 30, gt=0)
    """Maximum bytes of an uploaded file after unpacking."""
    max_keys: int = Field(default=200, ge=0)
    """API keys of a user that are not revoked, unless an administrator creates them. 0: no limit."""
    max_schedules: int = Field(default=200, ge=0)
    """Schedules of a user who is no administrator. 0: no limit."""
    max_webhooks: int = Field(default=20, ge=0)
    """Webhooks of a user for all jobs. 0: no limit."""
    max_webhooks_per_job: int = Field(default=10, ge=0)
    """Webhooks of a user for a single job. 0: no limit."""
    max_pending_jobs: int = Field(default=500_000, ge=0)
    """Unfinished jobs of a user who is no administrator, when they create or retry more. 0: no limit."""
    max_exclusions: int = Field(default=10_000, ge=0)
    """Exclusions of businesses by a user who is no administrator. 0: no limit."""
    max_open_requests: int = Field(default=500, ge=0)
    """Streams of events and long polls of a user that an API process holds open. 0: no limit."""
    max_open_requests_per_process: int = Field(default=5_000, ge=0)
    """Streams of events and long polls that an API process holds open. 0: no limit."""
    max_downloads: int = Field(default=10, ge=0)
    """Downloads of tables by a user that are in progress in an API process. 0: no limit."""
    max_idempotency_keys: int = Field(default=500_000, ge=0)
    """Idempotency-Keys of a user who is no administrator, within a day. 0: no limit."""
    max_stored_bytes: int = Field(default=20 << 30, ge=0)
    """Bytes of the uploads of a user who is no administrator, unpacked, until they are removed. 0: no limit."""
    rate_limit_per_minute: int = Field(default=0, ge=0)
    """Requests per minute and API key, over all API processes. 0: no limit."""
    metrics_token: str | None = Field(default=None, min_length=16, repr=False)
    """Bearer token for reading /metrics, besides the keys of administrators."""
    worker_health_host: str = "127.0.0.1"
    """Address on which a worker answers health checks and serves its metrics."""
    worker_health_port: int | None = Field(default=None, ge=1, le=65535)
    """None: the worker listens nowhere."""
    public_reads: bool = False
    cron_secret: str | None = Field(default=None, min_length=1, validation_alias="CRON_SECRET", repr=False)
    """Secret for a hosted cron. Without it, the cron route is disabled."""

    session_secret: str | None = Field(default=None, min_length=16, repr=False)
    """Secret for signing the dashboard's session cookies, together with the stored hash of the key."""
    map_tiles: str | None = Field(default=None, pattern=r"^https?://[^/\s;,'\"]+/\S*\{z\}\S*$")
    """URL of the map's base tiles with {z}, {x} and {y}. None shows outlines of countries and states."""
    map_attribution: str = ""
    """Attribution that must be shown with the tiles."""

    api_connections: int = Field(default=10, gt=1)
    """Maximum Postgres connections of an API process, without its listener."""

    geocoders: CommaList = ("local", "nominatim", "locationiq", "census", "offline")
    """Geocoders in the order in which they are asked. Those without a required URL or key are skipped."""
    providers: dict[str, ProviderSettings] = {}
    allow_public_personal_data: bool = False
    """Whether addresses may be sent to public servers whose policy forbids personal data."""
    contact: str | None = Field(default=None, pattern=r"^[^\x00-\x1f\x7f]*$")
    """E-mail address or URL in our User-Agent, for the operators of providers."""
    default_country: str = Field(default="us", pattern=r"^[A-Za-z]{2}$")
    process_timeout_ms: int = Field(default=30_000, gt=0)
    """Maximum milliseconds for which `POST /api/jobs/process` runs jobs."""

    fetch_allow: CommaList = ()
    """Private networks (CIDR) that may be fetched from, on any port."""
    fetch_gap_seconds: float = Field(default=1.0, ge=0)
    """Seconds between a host's response and the next request to it, over all workers."""
    mx_lookups: bool = True
    """Whether DNS is queried for the mail servers of e-mail addresses found."""
    geocode_batch_size: int = Field(default=100, gt=0, validation_alias="GEOCODE_BATCH_SIZE")
    geocode_batch_delay_ms: int = Field(default=0, ge=0, validation_alias="GEOCODE_BATCH_DELAY_MS")
    geocode_concurrency: int = Field(default=20, gt=0)
    """Concurrent requests within a geocoding job."""

    use_queue_processing: bool = Field(default=True, validation_alias="USE_QUEUE_PROCESSING")
    """If false, research runs inside the request."""
    research_quota: int = Field(default=100, ge=0)
    """Research jobs per user and month (UTC)."""
    research_fresh_days: float = Field(default=7.0, ge=0)
    """Days for which an existing report is returned instead of a new one."""
    research_pages: int = Field(default=8, ge=1, le=50)
    """Maximum number of pages read from a company's own site."""
    llm_url: HttpUrl | None = Field(default=None, repr=False)
    """Base URL of an OpenAI-compatible API. Without it, reports consist of quotations."""
    llm_key: str | None = Field(default=None, repr=False)
    llm_model: str | None = None
    llm_price_prompt: float | None = Field(default=None, ge=0)
    """US dollars per million tokens, for providers that do not report the cost of a call."""
    llm_price_completion: float | None = Field(default=None, ge=0)
    llm_fallback_url: HttpUrl | None = Field(default=None, repr=False)
    llm_fallback_key: str | None = Field(default=None, repr=False)
    llm_fallback_model: str | None = None
    llm_timeout_seconds: float = Field(default=60.0, gt=0)
    """Timeout of a call."""
    llm_concurrency: int = Field(default=4, gt=0)
    """Concurrent calls over all workers."""
    llm_tokens_per_minute: int | None = Field(default=None, gt=0)
    """Tokens per minute over all workers."""
    llm_context_tokens: int = Field(default=8000, ge=1500)
    """Maximum tokens of prompt and completion together."""
    llm_budget_tokens: int = Field(default=200_000, gt=0)
    """Token budget of a job. No call is made that could exceed it."""
    llm_budget_usd: float | None = Field(default=None, gt=0)
    """Budget of a job in US dollars. Requires the prices."""
    llm_user_budget_tokens: int | None = Field(default=None, gt=0)
    """Token budget of a user per month (UTC), over all jobs."""
    llm_user_budget_usd: float | None = Field(default=None, gt=0)
    """Budget of a user per month (UTC) in US dollars. Requires the prices."""
    scoring_weights: dict[str, float] = {}
    """Weights of features that replace the built-in ones."""
    scoring_half_lives: dict[str, float] = {}
    """Half-life of signals in days, by kind."""
    smtp_url: str | None = Field(default=None, repr=False)
    """`smtp://user:password@host:587` (STARTTLS if offered) or `smtps://…`. Without it, no e-mail is sent."""
    mail_from: str = "trigpoint@localhost"
    worker_chunk_size: int = Field(default=500, gt=0, validation_alias="WORKER_CHUNK_SIZE")
    """Heat cells per transaction."""
    max_concurrent_jobs: int = Field(default=1, gt=0, validation_alias="MAX_CONCURRENT_JOBS")
    """Heat maps computed concurrently over all workers."""

    queue_prefix: str = Field(default="trigpoint", min_length=1)
    """Prefix of the arq queue names. Installations that share a Redis need different prefixes."""
    worker_route: str = Field(default="default", min_length=1, validation_alias="WORKER_ROUTE")
    worker_slots: int = Field(default=100, gt=0, validation_alias="WORKER_SLOTS")
    """Concurrent jobs of a worker process, over all queues."""
    worker_connections: int = Field(default=10, gt=1)
    """Maximum Postgres connections of a worker process."""
    worker_poll_interval: int = Field(default=1000, gt=0, validation_alias="WORKER_POLL_INTERVAL")
    """Milliseconds between sweeps."""
    lease_seconds: float = Field(default=30.0, gt=1)
    shutdown_grace_seconds: float = Field(default=8.0, ge=0)
    """Seconds that running jobs get to finish after SIGTERM. Jobs with steps are handed over at their next step."""
    queues: dict[str, str] = Field(default={}, validation_alias=AliasChoices("queues"))
    """Environment variables of single queues, applied by `queue()`."""

    @field_validator("geocoders", "extra_kinds", "fetch_allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("log_level", mode="after")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in LOG_LEVELS:
            raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
        return value.upper()

    @field_validator("fetch_allow", mode="after")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise ValueError("must be networks such as 10.0.0.0/8, separated by commas") from None
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
        for name in ("llm_budget_usd", "llm_user_budget_usd"):
            if getattr(self, name) is not None and self.llm_price_prompt is None:
                variable = f"TRIGPOINT_{name.upper()}"
                raise ValueError(f"{variable} needs TRIGPOINT_LLM_PRICE_PROMPT and …_COMPLETION")
        return self

    @field_validator("providers", mode="after")
    @classmethod
    def _lower(cls, value: dict[str, ProviderSettings]) -> dict[str, ProviderSettings]:
        return {name.lower(): provider for name, provider in value.items()}

    @field_validator("default_country", mode="after")
    @classmethod
    def _country(cls, value: str) -> str:
        return "gb" if value.lower() == "uk" else value.lower()

    @property
    def user_agent(self) -> str:
        """The User-Agent sent to all outside servers."""
        return f"Trigpoint/1.0 ({self.contact})" if self.contact else "Trigpoint/1.0"

    def queue(self, spec: QueueSpec) -> QueueSpec:
        """Return the queue with the overrides from the environment.

        `<QUEUE>_WORKER_CONCURRENCY=N` replaces its concurrency. With `ENABLE_<QUEUE>_WORKER=false`, it is served only
        by workers started with WORKER_ROUTE=<queue>. Raises ValueError for other values.
        """
        concurrency_variable, enabled_variable = queue_variables(spec)
        own = self.max_concurrent_jobs if spec.name == "heatmap" else spec.concurrency
        concurrency = self.queues.get(concurrency_variable, str(own))
        if not concurrency.isdecimal():
            raise ValueError(f"{concurrency_variable} must be a whole number, not {concurrency!r}")
        enabled = self.queues.get(enabled_variable, "true").lower()
        if enabled not in ("true", "false", "1", "0"):
            raise ValueError(f"{enabled_variable} must be true or false, not {enabled!r}")
        route = spec.route if enabled in ("true", "1") else own_route(spec)
        return replace(spec, concurrency=int(concurrency), route=route)


def queue_variables(spec: QueueSpec) -> tuple[str, str]:
    """Return the variables of a queue: for its concurrency, and whether common workers serve it."""
    name = _variable_part(spec)
    return f"{name}_WORKER_CONCURRENCY", f"ENABLE_{name}_WORKER"


def own_route(spec: QueueSpec) -> str:
    """Return the route of a queue that common workers do not serve."""
    return _variable_part(spec).lower().replace("_", "-")


def _variable_part(spec: QueueSpec) -> str:
    return spec.variable or spec.name.upper().replace("-", "_")


ADVICE = {
    "DATABASE_URL": "set postgresql://user:password@host:5432/database",
    "REDIS_URL": "set redis://host:6379/0, or rediss:// for TLS",
    "TRIGPOINT_MAP_TILES": "set https://…/{z}/{x}/{y}.png",
    "TRIGPOINT_DEFAULT_COUNTRY": "set two letters of ISO 3166-1, such as us",
    "TRIGPOINT_CONTACT": "set an e-mail address or a URL without line breaks",
}


def load() -> Settings:
    """Read the environment. Raises InvalidSettings with a line for each invalid or missing variable."""
    read_secret_files(os.environ)
    queues = {name: value for name, value in os.environ.items() if QUEUE_VARIABLE.fullmatch(name)}
    try:
        return Settings.model_validate({"queues": queues})  # pydantic reads the rest from the environment
    except ValidationError as error:
        raise InvalidSettings(variables.describe_invalid(error, ADVICE)) from None
    except SettingsError as error:
        raise InvalidSettings([variables.describe_unreadable(error)]) from None


def load_retention() -> dict[str, float]:
    """Read only the periods from the environment. Raises InvalidSettings."""
    read_secret_files(os.environ)
    try:
        return RetentionSettings().retention
    except ValidationError as error:
        raise InvalidSettings(variables.describe_invalid(error, ADVICE)) from None
    except SettingsError as error:
        raise InvalidSettings([variables.describe_unreadable(error)]) from None


def known_variables() -> set[str]:
    """Return the names of all variables but those of single queues and providers."""
    fields = Settings.model_fields.items()
    names = {str(field.validation_alias or variables.variable_of([name])) for name, field in fields if name != "queues"}
    return names | set(OF_THE_COMMAND_LINE)


def find_unread_variables(queues: Iterable[QueueSpec]) -> list[UnreadVariable]:
    """Return the variables of the environment that are probably meant as settings and are none."""
    of_queues = {name for queue in queues for name in queue_variables(queue)}
    nested = [
        f"{variables.variable_of([name])}__"
        for name in ("providers", "retention", "scoring_weights", "scoring_half_lives")
    ]
    return variables.find_unread(os.environ, known_variables() | of_queues, nested, LOOKS_LIKE_SETTING.fullmatch)
