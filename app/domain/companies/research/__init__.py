"""Reports one may believe: what of a text counts as said by a source, decided by code and never by a model."""
