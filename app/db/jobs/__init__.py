"""Jobs: records, the ledger, admission, queues, workers, schedules and webhooks."""
