"""Companies: sourced fields, reports, scores, signals and model calls."""
