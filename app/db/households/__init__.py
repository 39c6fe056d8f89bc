"""Households and their places on the map."""
