"""Companies, research, reports and the jobs on companies."""
