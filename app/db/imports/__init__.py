"""Uploads, and writing imported voters, parcels and households in chunks."""
