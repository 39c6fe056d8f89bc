"""Handlers of the imports, and the run that they share."""
