"""Computing heat maps."""
