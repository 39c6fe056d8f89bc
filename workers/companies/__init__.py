"""Jobs on companies: research, enrichment, scoring and signals."""
