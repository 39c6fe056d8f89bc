"""The statuses of heat map jobs as document 002 names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from app.domain.jobs.status import Status

HeatmapStatus = Literal["pending", "running", "completed", "failed", "cancelled"]
HEATMAP_STATUS_NAMES: Mapping[str, HeatmapStatus] = {
    Status.PENDING: "pending",
    Status.PROCESSING: "running",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}
"""Cancelled jobs, which the document does not mention, keep their canonical name."""
