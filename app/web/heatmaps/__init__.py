"""Heat maps, tiles, scores and cities."""
