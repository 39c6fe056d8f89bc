"""Geocoding jobs: the plan of geocoders, the cache and claims, the pipeline from items to committed results."""
