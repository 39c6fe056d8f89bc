"""Searching for businesses at providers of places."""
