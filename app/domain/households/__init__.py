"""Households as clients send them."""
