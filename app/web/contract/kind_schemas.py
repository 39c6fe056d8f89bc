"""The schemas of the kinds of jobs: `GET /api/v1/kinds`, and the requests that create a job of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from app.domain.jobs.spec import JobSpec
from app.web.accounts import auth
from app.web.http.documented_schema import DocumentedSchema
from app.web.http.models import RawObject, ResponseModel
from app.web.http.operation import operation
from app.web.http.responses import JSON
from app.web.platform import get_platform

Schema = dict[str, Any]

RESULTS = "JobResults"


class KindModel(ResponseModel):
    """A kind of jobs."""

    type: str
    aliases: list[str]
    """Other names of it, which requests may use."""
    description: str
    queue: str
    is_internal: bool
    """Whether only the platform itself creates such jobs."""
    timeout_seconds: float
    """How long one attempt may run."""
    max_attempts: int
    data: RawObject
    """The JSON schema of the jobs' `data`."""
    result: RawObject | None
    """The JSON schema of the `result` of completed jobs; null if the kind publishes none."""


class KindList(ResponseModel):
    kinds: list[KindModel]
    total: int


@operation("listKinds", tag="Jobs", returns={200: KindList})
async def index(request: Request) -> Response:
    """List the kinds of jobs with the schemas of their data."""
    await auth.require(request)
    specs = {spec.kind: spec for spec in get_platform(request).specs.values()}
    kinds = [
        KindModel(
            type=spec.kind,
            aliases=list(spec.aliases),
            description=describe(spec),
            queue=spec.queue.name,
            is_internal=spec.is_internal,
            timeout_seconds=spec.timeout.total_seconds(),
            max_attempts=spec.max_attempts,
            data=spec.args.model_json_schema(by_alias=True, schema_generator=DocumentedSchema),
            result=spec.result and spec.result.model_json_schema(by_alias=True, schema_generator=DocumentedSchema),
        )
        for _, spec in sorted(specs.items())
    ]
    return JSON(KindList(kinds=kinds, total=len(kinds)))


def describe(spec: JobSpec) -> str:
    """Return what jobs of the kind do: the docstring of their arguments."""
    return " ".join((spec.args.__doc__ or "").split())


def job_request_schemas(request: Schema, specs: Mapping[str, JobSpec], ref_template: str) -> Schema:
    """Return the schemas of requests that create a job, by name: one per kind, and `JobRequest` for any of them.

    `request` is the schema of a request of any kind.
    """
    creatable = sorted({spec.kind: spec for spec in specs.values() if not spec.is_internal}.items())
    by_model, definitions = models_json_schema(
        [(spec.args, "validation") for _, spec in creatable],
        by_alias=True,
        ref_template=ref_template,
        schema_generator=DocumentedSchema,
    )
    schemas: Schema = dict(definitions.get("$defs", {}))
    mapping: dict[str, str] = {}
    for kind, spec in creatable:
        name = "".join(word.capitalize() for word in kind.split("_")) + "Job"
        names = [kind, *spec.aliases]
        own = {"type": {"enum": names}, "data": by_model[spec.args, "validation"]}
        described = {"title": name, "description": describe(spec), "properties": request["properties"] | own}
        schemas[name] = request | described | {"examples": _examples(kind, spec)}
        mapping |= dict.fromkeys(names, ref_template.format(model=name))
    variants = [{"$ref": reference} for reference in dict.fromkeys(mapping.values())]
    schemas["JobRequest"] = {
        "oneOf": variants,
        "discriminator": {"propertyName": "type", "mapping": mapping},
        "examples": [example for _, spec in creatable for example in _examples(spec.kind, spec)],
    }
    return schemas


def job_result_schemas(specs: Mapping[str, JobSpec], ref_template: str) -> Schema:
    """Return the schemas of the kinds' results by name, and `JobResults`, which has the kinds as properties."""
    by_kind = {spec.kind: spec.result for spec in specs.values() if spec.result is not None}
    by_model, definitions = models_json_schema(
        [(model, "validation") for model in by_kind.values()],
        by_alias=True,
        ref_template=ref_template,
        schema_generator=DocumentedSchema,
    )
    return {
        **definitions.get("$defs", {}),
        RESULTS: {
            "title": RESULTS,
            "description": "The results of completed jobs, by the jobs' type.",
            "type": "object",
            "properties": {kind: by_model[model, "validation"] for kind, model in sorted(by_kind.items())},
            "additionalProperties": {"type": "object", "additionalProperties": True},
        },
    }


def _examples(kind: str, spec: JobSpec) -> list[Schema]:
    """Return requests with the example data of the kind, or one without data if none is required."""
    schema = spec.args.model_json_schema(by_alias=True, schema_generator=DocumentedSchema)
    data = schema.get("examples", [] if schema.get("required") else [{}])
    return [{"type": kind, "data": example} if example else {"type": kind} for example in data]
