"""Businesses, the jobs on their websites and the pages that were read."""
