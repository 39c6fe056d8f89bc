"""Clients of outside services. They take plain arguments, know nothing about jobs and do nothing at import."""
