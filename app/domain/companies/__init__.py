"""Companies: facts, scores, signals and research."""
