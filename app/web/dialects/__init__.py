"""Routes and words of the source documents, kept exactly."""
