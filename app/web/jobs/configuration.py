"""Whether the installation has what the arguments of a job name: providers and language models."""

from __future__ import annotations

from typing import Any

from app.domain.jobs.kind_code import guard_kind_code
from app.domain.jobs.spec import JobSpec
from app.errors import NotConfigured
from app.settings import Settings


def require_configured(settings: Settings, spec: JobSpec, args: Any) -> None:
    """Raises NotConfigured, with the settings that are missing, for arguments that need them.

    Raises KindFailed where the kind's own code fails.
    """
    lacking: dict[str, list[str]] = {}
    with guard_kind_code(spec.kind):
        needed = list(spec.needs(args))
    for name in needed:
        if missing := _missing_settings(settings, name):
            lacking[name] = missing
    if lacking:
        names = [setting for missing in lacking.values() for setting in missing]
        raise NotConfigured(
            f"{' and '.join(lacking)}: not configured here. An administrator must set {' and '.join(names)}.",
            settings=names,
        )


def _missing_settings(settings: Settings, name: str) -> list[str]:
    if name == "llm":
        return [] if settings.llm_url else ["TRIGPOINT_LLM_URL", "TRIGPOINT_LLM_MODEL"]
    config = settings.providers.get(name)
    return [] if config and config.key else [f"TRIGPOINT_PROVIDERS__{name.upper()}__KEY"]
