"""Converts spreadsheets and map data to CSV, or to one GeoJSON feature per line, in a process of its own.

These formats are parsed by native libraries, and hostile files may crash them or make them take any amount of memory
and time. The process has limits, and neither the platform's settings nor its environment.
"""
