"""Heat cells, regions, points of interest and cities."""
