"""Questions to geocoders and their answers."""
