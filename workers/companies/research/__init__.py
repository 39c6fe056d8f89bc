"""Researching a company: gathering sources, writing sections, counting what it costs."""
