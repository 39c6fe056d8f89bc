"""The only client of arq, beside the worker's root: how dispatches are sent and read.

Postgres owns the jobs; Redis only carries the message that some may run. A dispatch that is lost is sent again.
"""
