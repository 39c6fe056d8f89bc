"""Language models behind any OpenAI-compatible API."""
