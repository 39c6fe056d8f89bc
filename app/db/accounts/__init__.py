"""Users, API keys and teams."""
