"""Geocoders: one file per provider, discovered by `registry` and asked in order by `fallback`."""
