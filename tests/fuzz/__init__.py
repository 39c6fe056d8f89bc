"""Requests of every sort, made by schemathesis from the OpenAPI document, against a real platform."""
