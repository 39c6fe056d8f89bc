"""Pages of businesses: what their websites say, and the exclusion list."""
