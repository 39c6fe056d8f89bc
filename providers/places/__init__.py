"""Providers that search for businesses."""
