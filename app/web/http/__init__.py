"""Parsing requests, building responses, problems, paging and idempotency."""
