"""Signing in, users, API keys and the audit log."""
