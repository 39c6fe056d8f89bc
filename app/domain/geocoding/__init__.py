"""Geocoding: options, job kinds, and places as results."""
