"""Postal addresses: parsing, normalising and comparing them. Several areas stand on this package."""
