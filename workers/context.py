"""Deprecated: import from `workers.core.context`. Kept for the modules of additional kinds written for version 0.1."""

from workers.core.context import JobContext, Step

__all__ = ["JobContext", "Step"]
