"""Pages of jobs, queues, schedules and workers."""
