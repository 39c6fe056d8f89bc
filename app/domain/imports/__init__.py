"""Files of voters, parcels, points of interest and businesses: recognised, read in chunks, checked row by row.

Readers are handed an open binary file and do no other I/O.
"""
