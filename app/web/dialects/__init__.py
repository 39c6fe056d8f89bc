"""Routes and status names of the source documents, kept exactly as the documents have them."""
