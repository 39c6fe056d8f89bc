"""The counting kinds, each in a queue of its own. They differ only in how their queue is run."""

MODULES = tuple(f"tests.faults.kinds.{name}" for name in ("urgent", "bulk", "single", "each_worker"))
