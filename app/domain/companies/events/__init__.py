"""Events in the life of a company, as sentences state them: what happened, to whom, and when."""
