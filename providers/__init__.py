"""Clients of the outside world: each gets plain arguments, knows nothing of jobs, and does nothing at import."""
