"""Cached answers, claims on addresses, rows of geocoded files and the state of the providers."""
