"""Cached answers, claims on addresses, rows of geocoded files, and the observed state of the providers."""
