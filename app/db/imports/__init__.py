"""Uploads, and writing imported voters, parcels, points of interest and households chunk by chunk."""
