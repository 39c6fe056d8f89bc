"""Pages of imported records: voters, parcels and points of interest."""
