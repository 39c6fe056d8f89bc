"""Writes spreadsheets and GeoPackages in a process of its own, from rows that arrive as lines of JSON.

Both take seconds of a processor for a large table, and a GeoPackage is written by a native library.
"""
