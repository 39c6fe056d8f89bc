"""Previews: what a file is and what an import would make of it, before it is imported."""
