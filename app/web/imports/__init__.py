"""Uploading and importing files, and downloading rejected rows."""
