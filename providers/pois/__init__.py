"""Points of interest from the outside world."""
