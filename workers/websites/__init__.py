"""Visiting the websites of businesses."""
