"""Addresses to coordinates: one file a provider, found by `registry`, asked in order by `fallback`."""
