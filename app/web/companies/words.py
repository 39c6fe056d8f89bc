"""The vocabulary of a route of companies: the platform's own, or that of the companies' source document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.web.http.models import ResponseModel
from app.web.http.responses import JSON
from app.web.http.snake_case import in_snake_case


@dataclass(frozen=True)
class Words:
    """How responses name their fields, and the paths to which they refer."""

    base_path: str
    in_snake_case: bool
    """The operations declare `in_snake_case` of their models then."""

    def json(self, content: ResponseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> JSON:
        """Return a JSON response with the fields in these words."""
        if self.in_snake_case:
            content = in_snake_case(type(content)).model_validate(content.model_dump(by_alias=False))
        return JSON(content, status, headers)


OWN = Words("/api/v1", in_snake_case=False)
DOCUMENT = Words("/api", in_snake_case=True)
