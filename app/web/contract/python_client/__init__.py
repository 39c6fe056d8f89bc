"""Writes the modules of the client that follow from the OpenAPI document: models and methods."""
