"""The page of geocoding providers."""
