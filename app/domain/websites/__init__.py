"""Businesses, their websites and what is extracted from them."""
