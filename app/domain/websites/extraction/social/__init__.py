"""Profiles on social platforms: their addresses in one form, and which of a page's are the business' own."""
