"""Reports that can be trusted: code, never a model, decides which claims a source supports."""
