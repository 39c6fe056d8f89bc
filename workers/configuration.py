"""Checks of the settings beyond their form: whether what they name exists and fits together.

Both composition roots make them before they open anything, so that a process says everything that is wrong at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

import structlog

from app.domain.companies.lead_scores import check_weights
from app.domain.jobs.spec import QueueSpec
from app.domain.text.postgres_url import parse_postgres_url
from app.queue.redis_overrides import open_connections
from app.settings import Settings, find_unread_variables, own_route
from app.variables import PREFIX, InvalidSettings
from providers.geocoding import registry as geocoders
from providers.notify.mail import Mailer
from providers.places import registry as places
from providers.pois.overpass import Overpass
from workers import registry
from workers.core.kinds import Kind
from workers.geocoding.chain import OTHER_PROVIDERS

log = structlog.get_logger(__name__)


def load_kinds(settings: Settings, *, for_worker: bool) -> dict[str, Kind]:
    """Check the settings and return all job kinds by name. Logs variables that nothing reads.

    Raises InvalidSettings with one line for each problem, which names the variable.
    """
    problems: list[str] = []
    kinds: dict[str, Kind] = {}
    try:
        kinds = registry.load(settings.extra_kinds)
    except Exception as error:  # importing runs the modules' own code
        problems.append(f"TRIGPOINT_EXTRA_KINDS names a module that cannot be used: {type(error).__name__}: {error}")
        kinds = registry.load()
    problems += check_settings(settings)
    queues = {kind.spec.queue.name: kind.spec.queue for kind in kinds.values()}
    problems += _check_queues(settings, queues.values(), for_worker=for_worker)
    if problems:
        raise InvalidSettings(problems)
    for unread in find_unread_variables(queues.values()):
        log.warning("variable_ignored", variable=unread.name, nearest=unread.nearest)
    return kinds


def check_settings(settings: Settings) -> list[str]:
    """Return a line for each setting that names something that does not exist or cannot be used."""
    return [
        *_check_files(settings),
        *_message("REDIS_URL ", lambda: open_connections(settings.redis_url, retries=0)),
        *_check_providers(settings),
        *_message(
            "TRIGPOINT_SCORING_WEIGHTS or TRIGPOINT_SCORING_HALF_LIVES: ",
            lambda: check_weights(settings.scoring_weights, settings.scoring_half_lives),
        ),
        *_message("", lambda: settings.smtp_url and Mailer(settings.smtp_url, settings.mail_from)),
    ]


def _message(prefix: str, check: Callable[[], object]) -> list[str]:
    """Return what the check raises, as a list of one line or none."""
    try:
        check()
    except ValueError as error:
        return [f"{prefix}{error}"]
    return []


def _check_files(settings: Settings) -> Iterator[str]:
    """Yield a line for each file in DATABASE_URL that cannot be read."""
    for option, name in parse_postgres_url(settings.database_url).files.items():
        if not os.access(name, os.R_OK):
            yield f"DATABASE_URL has {option}={name}, a file that does not exist or cannot be read"


def _check_providers(settings: Settings) -> Iterator[str]:
    known = geocoders.discover().keys()
    for name in settings.geocoders:
        if name not in known:
            yield f"TRIGPOINT_GEOCODERS names {name!r}, which is no geocoder{_nearest(name, known)}"
    configurable = known | OTHER_PROVIDERS | places.discover().keys() | {Overpass.name}
    for name in settings.providers:
        if name not in configurable:
            nearest = _nearest(name, configurable)
            yield f"{PREFIX}PROVIDERS__{name.upper()}__… is for {name!r}, which is no provider{nearest}"


def _nearest(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {found[0]}?" if found else f"; expected one of {', '.join(sorted(known))}"


def _check_queues(settings: Settings, queues: Iterable[QueueSpec], *, for_worker: bool) -> Iterator[str]:
    routes: set[str] = set()
    for queue in queues:
        try:
            routes.add(settings.queue(queue).route)
        except ValueError as error:
            yield str(error)
    if for_worker and settings.worker_route not in routes:
        line = f"WORKER_ROUTE is {settings.worker_route!r}, which no queue uses, so this worker would never run a job"
        own = next((queue for queue in queues if own_route(queue) == settings.worker_route), None)
        if own is not None:
            yield f"{line}: set ENABLE_{own_route(own).upper().replace('-', '_')}_WORKER=false as well"
        else:
            yield f"{line}; expected one of {', '.join(sorted(routes))}"
