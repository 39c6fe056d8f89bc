"""Pages of companies: facts, reports, signals and scores."""
