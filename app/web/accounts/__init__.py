"""Authentication, users, API keys and teams."""
