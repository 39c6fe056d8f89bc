"""Heat maps: the grid of cells, their scores, the bounds of cities, and map tiles."""
