"""Extraction of contacts from the HTML of pages: pure functions that are safe on any input."""
