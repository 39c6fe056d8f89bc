"""Notifications by webhook and e-mail."""
