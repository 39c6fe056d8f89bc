"""Kill anything at any moment: real processes under a seeded driver of faults, and what must hold afterwards.

`make faults` plays `FAULT_ROUNDS` rounds; `FAULT_SEED=N make faults` repeats the round of one seed.
"""
