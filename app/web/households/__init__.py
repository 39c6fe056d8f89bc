"""Households: loading, reading and exporting them."""
