"""The counting kinds, one a queue; what they differ in is how their queue is run."""

MODULES = tuple(f"tests.faults.kinds.{name}" for name in ("urgent", "bulk", "single", "each_worker"))
