"""Households: records, filters, locations and points on the map."""
