"""Heat maps: regions, cells, tiles, scores of points, and cities."""
