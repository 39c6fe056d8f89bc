"""The life cycle of a job: specs, outcomes, schedules and polling."""
