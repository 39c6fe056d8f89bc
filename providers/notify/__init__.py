"""Telling people: by webhook and by e-mail."""
