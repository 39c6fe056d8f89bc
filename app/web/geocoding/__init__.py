"""Geocoding households, files and single addresses."""
