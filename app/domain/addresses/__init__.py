"""Postal addresses: parse, normalise and compare them. Several areas use this package; it imports none of them."""
