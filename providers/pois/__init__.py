"""Providers of points of interest."""
