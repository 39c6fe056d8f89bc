"""Metrics of requests by route. Paths are never labels: there are as many as clients like to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.types import Scope

from app import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The route of what no route has, and the method of what no route takes."""


class RequestMetrics:
    """Counts requests; `routes` has the path of each endpoint, with the names of its parameters."""

    def __init__(self, routes: Mapping[Any, str]) -> None:
        self._routes = routes
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """By method, route and status. All three have few values."""

    def __call__(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request that has ended; `status` is 0 if no response had begun."""
        route = self._routes.get(scope.get("endpoint"), OTHER)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        key = method, route, status
        if key not in self._children:
            counter = metrics.HTTP_REQUESTS.labels(method, route, str(status))
            self._children[key] = counter, metrics.HTTP_SECONDS.labels(method, route)
        counter, histogram = self._children[key]
        counter.inc()
        histogram.observe(seconds)
