"""Paging by limit and offset, as every list takes it."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Page(BaseModel):
    limit: int = Field(default=50, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, lt=2**63)
