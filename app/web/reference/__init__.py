"""Reference data: the sources from which the geocoder `local` answers."""
