"""Businesses, exclusions, searches for places and jobs on websites."""
