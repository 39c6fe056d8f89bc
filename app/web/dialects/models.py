"""The base of responses in the words of the source documents that use snake_case."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SnakeCaseModel(BaseModel):
    """A response, or a part of one, in snake_case."""

    model_config = ConfigDict(extra="forbid")
