"""Files of voters, parcels, points of interest and businesses: recognised, read a chunk at a time, checked row by row.

No I/O of its own: every reader is handed an open binary file.
"""
