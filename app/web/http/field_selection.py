"""`fields=`: only some fields of the entries of a list."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request

from app.errors import BadRequest
from app.web.http.known_fields import wire_names
from app.web.http.models import PageModel, ResponseModel


def select_fields(request: Request, page: PageModel) -> Any:
    """Return the page with the fields that the request asks for: all of them without `fields`.

    Raises BadRequest for names that no entry has.
    """
    asked = request.query_params.get("fields")
    if asked is None:
        return page
    names = [name.strip() for name in asked.split(",")]
    for name, field in type(page).model_fields.items():
        entries = [entry for entry in get_args(field.annotation) if _is_model(entry)]
        if entries:
            known = wire_names(entries[0])
            if unknown := [name for name in names if name not in known]:
                raise BadRequest(
                    f"Unknown field {unknown[0][:100]!r} in the parameter fields. Known are {', '.join(known)}.",
                    supportedFields=known,
                )
            content = page.model_dump(by_alias=True)
            listed = field.alias or name
            content[listed] = [{name: entry[name] for name in names if name in entry} for entry in content[listed]]
            return content
    return page


def _is_model(entry: Any) -> bool:
    return isinstance(entry, type) and issubclass(entry, ResponseModel)
