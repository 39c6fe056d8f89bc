"""Reference data: its sources, what imports write, and the look-ups of the geocoder `local`."""
