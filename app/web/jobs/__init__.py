"""Jobs, queues, schedules, workers and webhooks."""
